//! A shop at the sandbox's POD.

use std::sync::Arc;

use paylink_core::{Error, Invalid, Money, Rial, Runtime};
use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::Account;
use pod_invoice_client::{
    BusinessToken, Expected, InvoiceId, NewInvoice, NewItem, Pod, Settlement, State,
};

use crate::impatience;

/// What the shop sells, in its own record.
pub const PRICE: Rial = Rial::new(150_000);

/// A client of the sandbox's POD, for the business that the sandbox's shortcuts speak of.
///
/// # Errors
///
/// If the sandbox's own token and key are not accepted by the client.
pub fn pod(sandbox: &Sandbox, runtime: Arc<dyn Runtime>) -> Result<Pod, Error> {
    pod_of(sandbox, sandbox.pod().business(), runtime)
}

/// A client for one of the sandbox's businesses, which wants every invoice it settles to name it.
///
/// # Errors
///
/// As [`pod`].
pub fn pod_of(
    sandbox: &Sandbox,
    account: &Account,
    runtime: Arc<dyn Runtime>,
) -> Result<Pod, Error> {
    let there = sandbox.pod();
    let builder = Pod::builder(BusinessToken::new(account.token()))
        .key(there.api_key())
        .base_url(there.base_url())
        .pay_url(there.pay_url());
    let builder = match account.business_id() {
        Some(id) => builder.business(id),
        None => builder,
    };
    builder
        .transport(impatience::transport().runtime(runtime).build()?)
        .build()
}

/// An order of one item without tax, ready to be issued.
///
/// # Errors
///
/// If the number cannot be a bill number.
pub fn order(number: &str) -> Result<NewInvoice, Invalid> {
    let item = NewItem::new("a pair of shoes", PRICE)?;
    NewInvoice::new(number, "CLOTHING_GUILD", item)?.with_tax_rate("0")
}

/// What the shop's record says about an order.
///
/// # Errors
///
/// If the number cannot be a bill number.
pub fn expected(id: InvoiceId, number: &str) -> Result<Expected, Invalid> {
    Expected::new(id, number, Money::from(PRICE))
}

/// What settling came to, in a word.
#[must_use]
pub fn told(settlement: &Settlement) -> &'static str {
    match settlement {
        Settlement::Settled(_) => "settled",
        Settlement::AlreadySettled(_) => "already settled",
        Settlement::NotPaid(invoice) => match invoice.state() {
            State::Unverified => "not paid, unverified",
            State::Unpaid => "not paid, unpaid",
            State::Cancelled => "not paid, cancelled",
            _ => "not paid",
        },
        Settlement::Mismatch(_) => "mismatch",
    }
}
