//! A shop at the sandbox's ZiPay.

use std::sync::Arc;

use paylink_core::{Currency, Error, Invalid, Money, Runtime};
use paylink_sandbox::Sandbox;
use zipay_client::{Expected, NewInvoice, TrackId, ZiPay};

use crate::impatience;

/// What the shop sells, in its own record.
pub const PRICE: &str = "100.99";

/// A client of the sandbox's ZiPay.
///
/// # Errors
///
/// If the sandbox's own keys are not accepted by the client.
pub fn zipay(sandbox: &Sandbox, runtime: Arc<dyn Runtime>) -> Result<ZiPay, Error> {
    let there = sandbox.zipay();
    ZiPay::builder(there.api_key(), there.secret_key())
        .terminal(there.terminal())
        .base_url(there.base_url())
        .transport(impatience::transport().runtime(runtime).build()?)
        .build()
}

/// The shop's price.
///
/// # Errors
///
/// Never, as long as the constant is an amount.
pub fn price() -> Result<Money, Invalid> {
    Money::new(PRICE, Currency::Usd)
}

/// An order, ready to be created.
///
/// # Errors
///
/// If the number cannot be an invoice number.
pub fn order(number: &str) -> Result<NewInvoice, Invalid> {
    NewInvoice::new(number, price()?, "http://127.0.0.1:9/back")
}

/// What the shop's record says about an order.
///
/// # Errors
///
/// If the number cannot be an invoice number.
pub fn expected(track_id: &TrackId, number: &str) -> Result<Expected, Invalid> {
    Expected::new(track_id.clone(), number, price()?)
}
