//! What an answer to a create proves: that it was carried out, that it was not, or nothing at all.

mod refusals;
mod successes;

use zipay_client::{CreatedInvoice, Currency, Effect, Error, Money, NewInvoice, ZiPay};

use crate::provider::{Answer, Provider};

type Outcome = Result<CreatedInvoice, Error>;

/// Creates an invoice that is answered like this. Whatever comes, it is sent once.
async fn created_with(provider: &Provider, zipay: &ZiPay, answer: impl Into<Answer>) -> Outcome {
    provider.answer("create-invoice", answer);
    let price = Money::new("100.99", Currency::Usd).unwrap();
    let invoice = NewInvoice::new("1000", price, "https://shop.example/back").unwrap();
    let outcome = zipay.create_invoice(invoice).await;
    assert_eq!(provider.take_asked(), ["create-invoice"]);
    if let Err(error) = &outcome {
        assert_eq!(error.attempts(), 1);
        assert_eq!(error.provider(), Some("zipay"));
        assert_eq!(error.operation(), Some("create-invoice"));
    }
    outcome
}

/// An unknown outcome comes with what finds the invoice again.
fn assert_unknown(error: &Error, told: &str) {
    assert_eq!(error.effect(), Effect::Unknown, "{told}: {error}");
    let handle = error.handle().unwrap_or_else(|| panic!("{told}: {error}"));
    assert_eq!(handle.operation(), "create-invoice", "{told}");
    assert_eq!(handle.own_reference(), Some("1000"), "{told}");
    assert_eq!(handle.own_merchant(), Some("1003"), "{told}");
    let price = Money::new("100.99", Currency::Usd).unwrap();
    assert_eq!(handle.own_amount(), Some(&price), "{told}");
}
