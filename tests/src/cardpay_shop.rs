//! A shop at the sandbox's CardPay.

use std::sync::Arc;

use cardpay_client::{CardPay, NewPayment};
use paylink_core::{Error, Invalid, Rial, Runtime};
use paylink_sandbox::Sandbox;

use crate::impatience;

/// What the shop sells, in its own record.
pub const PRICE: Rial = Rial::new(150_000);

/// A client of the sandbox's CardPay.
///
/// # Errors
///
/// If the sandbox's own token is not accepted by the client.
pub fn cardpay(sandbox: &Sandbox, runtime: Arc<dyn Runtime>) -> Result<CardPay, Error> {
    let there = sandbox.cardpay();
    CardPay::builder(there.base_url(), there.token())
        .transport(impatience::transport().runtime(runtime).build()?)
        .build()
}

/// An order, ready to be created.
///
/// # Errors
///
/// If the number cannot be an invoice number.
pub fn order(number: u64) -> Result<NewPayment, Invalid> {
    NewPayment::new(number, PRICE)
}
