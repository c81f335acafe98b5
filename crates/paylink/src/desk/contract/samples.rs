//! Orders, ledgers and deliveries as a desk writes them.

use crate::FieldKey;
use std::time::{Duration, SystemTime};

use paylink_core::provider::{
    Created, NewPayment, PayToCard, PaymentRecord, PaymentState, Transfer,
};
use paylink_core::{Comparison, Currency, Field, Handle, Money, Settlement, WebUrl};

use crate::desk::ledger::Attempt;
use crate::desk::{Delivery, Ledger, StoredOrder};

/// The account that every sample order names.
const ACCOUNT: &str = "main";
const PROVIDER: &str = "example";

/// How long the claims of the cases hold.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// A moment so many seconds after the cases begin.
pub(super) fn at(seconds: u64) -> SystemTime {
    let since = Duration::from_secs(1_800_000_000_u64.saturating_add(seconds));
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// An order that nobody has opened.
pub(super) fn order(name: &str) -> Result<StoredOrder, String> {
    let payment = NewPayment::new(name, price()?).map_err(told)?;
    Ok(StoredOrder::new(ACCOUNT, payment))
}

/// The same ledger with one attempt more, which holds everything that an attempt can hold.
pub(super) fn one_more(order: &str, ledger: &Ledger) -> Result<Ledger, String> {
    let mut ledger = ledger.clone();
    let number = ledger.attempts().len();
    let reference = format!("{order}-{number}").parse().map_err(told)?;
    let handle = Handle::new(PROVIDER, "create", at(0))
        .reference(order)
        .merchant("shop")
        .amount(price()?)
        .id("session", "5");
    let mut attempt = Attempt::new(ACCOUNT, Some(reference), handle);
    // The newest question is open, every other one is answered.
    if let Some(before) = number.checked_sub(1).and_then(|it| ledger.attempt_mut(it)) {
        before.made(created(order)?);
    }
    if number % 2 == 1 {
        attempt.give_up();
    }
    ledger.begin(order, attempt);
    let watch = ledger.watch_mut(at(0));
    watch.hint();
    watch.look(at(1), Some(PaymentState::Unclear("odd".into())));
    watch.look_again(Some(at(100)));
    Ok(ledger)
}

/// The ledger of an order that was asked for, and is to be looked at again then; at no time if it is over.
pub(super) fn looked_again(order: &str, at: Option<SystemTime>) -> Result<Ledger, String> {
    let mut ledger = one_more(order, &Ledger::default())?;
    ledger.watch_mut(self::at(0)).look_again(at);
    Ok(ledger)
}

/// The same ledger, whose newest attempt has a payment now.
pub(super) fn made(order: &str, ledger: &Ledger) -> Result<Ledger, String> {
    let mut ledger = ledger.clone();
    let newest = ledger
        .newest()
        .and_then(|newest| ledger.attempt_mut(newest));
    newest
        .ok_or("The sample has no attempt.")?
        .made(created(order)?);
    Ok(ledger)
}

/// The same ledger, handed out, and the delivery that it tells of.
pub(super) fn handed_out(order: &str, ledger: &Ledger) -> Result<(Ledger, Delivery), String> {
    let price = price()?;
    let agreement = Comparison::new(PROVIDER)
        .money(&price, &price)
        .equal(Field::Order, order, order)
        .never_reported(Field::Merchant, "shop")
        .equal(Field::Reference, "7", "7")
        .finish()
        .map_err(told)?;
    let settlement: Settlement<()> = agreement.receipt("880012345678").settled();
    let proof = settlement.proof().ok_or("The sample has no proof.")?;
    let reference = order.parse().map_err(told)?;
    let delivery = Delivery::proved(order, ACCOUNT, &reference, proof, at(1));
    let mut ledger = ledger.clone();
    ledger.hand_out(delivery.clone());
    Ok((ledger, delivery))
}

fn created(order: &str) -> Result<Created, String> {
    let reference = order.parse().map_err(told)?;
    let record = PaymentRecord::new(PROVIDER, reference, price()?, at(0))
        .merchant("shop")
        .id("id", "7")
        .detail(r#"{"quoted":"\"پرداخت\""}"#);
    let link =
        WebUrl::parse(FieldKey::unkeyed("link"), "https://pay.example/7?a=b&c=d").map_err(told)?;
    let card = PayToCard::new(
        "6037991234567893",
        Some("فروشگاه".to_owned()),
        Some("ملی".to_owned()),
    );
    Ok(Created::new(record)
        .link(Some(link))
        .transfer(Transfer::new(price()?, vec![card]))
        .expires(Some(at(3_600))))
}

fn price() -> Result<Money, String> {
    Money::new("150000", Currency::Irr).map_err(told)
}

fn told(error: impl std::fmt::Display) -> String {
    format!("A sample could not be made: {error}.")
}
