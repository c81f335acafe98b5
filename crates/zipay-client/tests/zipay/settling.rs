//! Settling reads the invoice and holds it against the merchant's record before anything is confirmed.

use paylink_core::{Checked, Field};
use zipay_client::{Currency, Effect, ErrorKind, Money, Settlement, Status};

use crate::provider::Provider;
use crate::samples::{TRACKID, expected, invoice_in, invoice_verify};

#[tokio::test]
async fn a_pending_invoice_is_read_then_verified() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("pending"));
    provider.answer("invoice-verify", invoice_verify());
    let settlement = provider.client().settle(&expected()).await.unwrap();
    let Settlement::Settled(proof) = settlement else {
        panic!("{settlement:?}")
    };
    assert_eq!(provider.asked(), ["invoice-status", "invoice-verify"]);

    assert_eq!(proof.provider(), "zipay");
    assert_eq!(proof.order(), "1000");
    assert_eq!(proof.reference(), TRACKID);
    let paid = Money::new("100.99", Currency::Usd).unwrap();
    assert_eq!(proof.amount(), &paid);
    for field in Field::ALL {
        let checks = proof.checks().iter();
        let of_field: Vec<_> = checks.filter(|check| check.field() == field).collect();
        assert_eq!(of_field.len(), 1, "{field:?}");
        assert_eq!(of_field[0].checked(), Checked::Equal, "{field:?}");
    }
}

#[tokio::test]
async fn a_completed_invoice_is_settled_already_and_not_verified_again() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("completed"));
    let settlement = provider.client().settle(&expected()).await.unwrap();
    assert!(
        matches!(settlement, Settlement::AlreadySettled(_)),
        "{settlement:?}"
    );
    assert_eq!(provider.asked(), ["invoice-status"]);
}

#[tokio::test]
async fn an_invoice_without_money_is_not_paid_and_not_verified() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for status in [
        Status::Generated,
        Status::Waiting,
        Status::Rejected,
        Status::Refunded,
    ] {
        provider.answer("invoice-status", invoice_in(status.as_str()));
        let settlement = zipay.settle(&expected()).await.unwrap();
        match settlement {
            Settlement::NotPaid(invoice) => assert_eq!(invoice.status, status),
            other => panic!("{status}: {other:?}"),
        }
        assert_eq!(provider.take_asked(), ["invoice-status"]);
    }
}

#[tokio::test]
async fn an_unknown_status_is_neither_paid_nor_unpaid() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for status in [
        "paid",
        "Completed",
        "COMPLETED",
        "complete",
        "completed ",
        " pending",
        "pending\u{200c}",
        "confirmed",
        "",
        "null",
        "تکمیل",
    ] {
        provider.answer("invoice-status", invoice_in(status));
        let error = zipay.settle(&expected()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Indeterminate, "{status:?}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{status:?}");
        let shown = paylink_core::text::excerpt(status.trim(), 40);
        assert!(error.to_string().contains(&shown), "{error}");
        assert_eq!(provider.take_asked(), ["invoice-status"], "{status:?}");
    }
}

#[tokio::test]
async fn a_record_without_a_terminal_needs_a_client_with_one() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("completed"));
    let zipay = provider.client_builder().build().unwrap();

    let error = zipay.settle(&expected()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(provider.asked(), Vec::<String>::new(), "nothing was sent");

    let record = expected().terminal(1003).unwrap();
    let settlement = zipay.settle(&record).await.unwrap();
    assert!(settlement.proof().is_some(), "{settlement:?}");
}
