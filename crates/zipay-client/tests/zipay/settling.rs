//! Settling reads the invoice and holds it against the merchant's record before anything is confirmed.

use paylink_core::{CheckResult, ComparedField, Difference};
use serde_json::{Value, json};
use zipay_client::{Currency, Effect, Error, ErrorKind, Expected, Money, Settlement, Status};

use crate::provider::Provider;
use crate::samples::{
    OTHER_TRACKID, TRACKID, expected, invoice_in, invoice_verify, track_id, with,
};
use paylink_testkit::Answer;

#[tokio::test]
async fn a_pending_invoice_is_read_then_verified() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("pending"));
    account.answer("invoice-verify", invoice_verify());
    let settlement = account.client().settle(&expected()).await.unwrap();
    let Settlement::Settled(proof) = settlement else {
        panic!("{settlement:?}")
    };
    assert_eq!(account.called(), ["invoice-status", "invoice-verify"]);

    assert_eq!(proof.provider(), "zipay");
    assert_eq!(proof.order(), "1000");
    assert_eq!(proof.reference(), TRACKID);
    let paid = Money::new("100.99", Currency::Usd).unwrap();
    assert_eq!(proof.amount(), &paid);
    for field in ComparedField::ALL {
        let checks = proof.checks().iter();
        let of_field: Vec<_> = checks.filter(|check| check.field() == field).collect();
        assert_eq!(of_field.len(), 1, "{field:?}");
        assert_eq!(of_field[0].result(), CheckResult::Equal, "{field:?}");
    }
}

#[tokio::test]
async fn a_completed_invoice_is_settled_already_and_not_verified_again() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    let settlement = account.client().settle(&expected()).await.unwrap();
    assert!(
        matches!(settlement, Settlement::AlreadySettled(_)),
        "{settlement:?}"
    );
    assert_eq!(account.called(), ["invoice-status"]);
}

#[tokio::test]
async fn an_invoice_without_money_is_not_paid_and_not_verified() {
    let account = Provider::start().await;
    let zipay = account.client();
    for status in [
        Status::Generated,
        Status::Waiting,
        Status::Rejected,
        Status::Refunded,
    ] {
        account.answer("invoice-status", invoice_in(status.as_str()));
        let settlement = zipay.settle(&expected()).await.unwrap();
        match settlement {
            Settlement::NotPaid(invoice) => assert_eq!(invoice.status, status),
            other => panic!("{status}: {other:?}"),
        }
        assert_eq!(account.take_called(), ["invoice-status"]);
    }
}

#[tokio::test]
async fn an_unknown_status_is_neither_paid_nor_unpaid() {
    let account = Provider::start().await;
    let zipay = account.client();
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
        account.answer("invoice-status", invoice_in(status));
        let error = zipay.settle(&expected()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Indeterminate, "{status:?}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{status:?}");
        let shown = paylink_core::text::excerpt(status.trim(), 40);
        assert!(error.to_string().contains(&shown), "{error}");
        assert_eq!(account.take_called(), ["invoice-status"], "{status:?}");
    }
}

#[tokio::test]
async fn a_record_without_a_terminal_needs_a_client_with_one() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    let zipay = account.client_builder().build().unwrap();

    let error = zipay.settle(&expected()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(account.called(), Vec::<String>::new(), "nothing was sent");

    let record = expected().with_terminal(1003).unwrap();
    let settlement = zipay.settle(&record).await.unwrap();
    assert!(settlement.proof().is_some(), "{settlement:?}");
}

// An invoice that is not the one of the merchant's record is a mismatch, whatever its status, and is never verified.

/// Each row: a place in a good answer, what stands there instead, and the one field that then differs.
fn differences() -> Vec<(&'static str, Value, ComparedField)> {
    vec![
        ("/result/amount", json!("100.98"), ComparedField::Amount),
        ("/result/amount", json!("1"), ComparedField::Amount),
        ("/result/amount", json!("101"), ComparedField::Amount),
        ("/result/amount", json!("10099"), ComparedField::Amount),
        ("/result/amount", json!("0"), ComparedField::Amount),
        (
            "/result/amount",
            json!("100.99000000000000000001"),
            ComparedField::Amount,
        ),
        (
            "/result/coin/currency",
            json!("USDT"),
            ComparedField::Currency,
        ),
        (
            "/result/coin/currency",
            json!("IRT"),
            ComparedField::Currency,
        ),
        (
            "/result/coin/currency",
            json!("IRR"),
            ComparedField::Currency,
        ),
        (
            "/result/merchant_terminal_number",
            json!(1004),
            ComparedField::Merchant,
        ),
        (
            "/result/merchant_terminal_number",
            json!(0),
            ComparedField::Merchant,
        ),
        (
            "/result/invoice_number",
            json!("1001"),
            ComparedField::Order,
        ),
        (
            "/result/invoice_number",
            json!("01000"),
            ComparedField::Order,
        ),
        (
            "/result/invoice_number",
            json!("1000 "),
            ComparedField::Order,
        ),
        (
            "/result/invoice_number",
            json!("۱۰۰۰"),
            ComparedField::Order,
        ),
        ("/result/invoice_number", json!(""), ComparedField::Order),
        (
            "/result/trackid",
            json!(OTHER_TRACKID),
            ComparedField::Reference,
        ),
        (
            "/result/trackid",
            json!(TRACKID.to_uppercase()),
            ComparedField::Reference,
        ),
    ]
}

#[tokio::test]
async fn an_invoice_that_differs_in_one_field_is_a_mismatch_in_that_field() {
    let account = Provider::start().await;
    let zipay = account.client();
    for (pointer, value, field) in differences() {
        // Whatever its status says: the money may be there, but it is not this order's.
        for status in ["pending", "completed", "generated", "paid"] {
            let told = format!("{pointer} {value} {status}");
            let answer = with(&invoice_in(status), pointer, value.clone());
            account.answer("invoice-status", answer);
            let settlement = zipay.settle(&expected()).await.unwrap();
            let Settlement::Mismatch(mismatch) = settlement else {
                panic!("{told}: {settlement:?}")
            };
            let fields = mismatch.differences().iter().map(Difference::field);
            assert_eq!(fields.collect::<Vec<_>>(), [field], "{told}");
            let asked = account.take_called();
            assert!(asked.iter().all(|it| it == "invoice-status"), "{asked:?}");
        }
    }
}

#[tokio::test]
async fn a_mismatch_says_what_was_expected_and_what_was_found() {
    let account = Provider::start().await;
    let answer = with(&invoice_in("pending"), "/result/amount", json!("7"));
    let answer = with(&answer, "/result/invoice_number", json!("line\nbreak"));
    account.answer("invoice-status", answer);
    let settlement = account.client().settle(&expected()).await.unwrap();
    let Settlement::Mismatch(mismatch) = settlement else {
        panic!("{settlement:?}")
    };
    let mut found: Vec<_> = mismatch
        .differences()
        .iter()
        .map(|it| (it.field().as_str(), it.expected(), it.found()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [("amount", "100.99", "7"), ("order", "1000", "line\\nbreak")]
    );
}

/// Another terminal, amount or number in the merchant's own record is a mismatch just as well.
#[tokio::test]
async fn the_record_decides_what_is_expected() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    let zipay = account.client();
    let usd = |amount| Money::new(amount, Currency::Usd).unwrap();
    let at = |number: &str, amount| Expected::new(track_id(), number, amount).unwrap();
    let irt = Money::new("100.99", Currency::Irt).unwrap();
    for (record, field) in [
        (at("1000", usd("5000")), ComparedField::Amount),
        (at("1000", irt), ComparedField::Currency),
        (at("2000", usd("100.99")), ComparedField::Order),
        (
            at("1000", usd("100.99")).with_terminal(7).unwrap(),
            ComparedField::Merchant,
        ),
    ] {
        let settlement = zipay.settle(&record).await.unwrap();
        let Settlement::Mismatch(mismatch) = settlement else {
            panic!("{field:?}: {settlement:?}")
        };
        assert!(mismatch.has(field) && mismatch.differences().len() == 1);
    }
}

#[tokio::test]
async fn equal_amounts_may_be_written_differently() {
    let account = Provider::start().await;
    let zipay = account.client();
    for amount in ["100.99", "100.990", "100.99000000000000000000"] {
        let answer = with(&invoice_in("completed"), "/result/amount", json!(amount));
        account.answer("invoice-status", answer);
        let settlement = zipay.settle(&expected()).await.unwrap();
        assert!(settlement.proof().is_some(), "{amount}: {settlement:?}");
    }
}

/// Each operation binds the answer to what it asked, also where nobody compares afterwards.
#[tokio::test]
async fn an_answer_about_another_invoice_is_an_error_of_every_operation() {
    let about_another = |status| with(&invoice_in(status), "/result/trackid", json!(OTHER_TRACKID));
    let account = Provider::start().await;
    account.answer("invoice-status", about_another("pending"));
    account.answer("invoice-verify", about_another("completed"));
    account.answer("invoice-refund", about_another("refunded"));
    let zipay = account.client();
    let differs = |error: &Error, effect| {
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert_eq!(error.effect(), effect, "{error}");
        assert!(
            error.mismatch().unwrap().has(ComparedField::Reference),
            "{error}"
        );
    };

    let error = zipay.invoice_status(&track_id()).await.unwrap_err();
    differs(&error, Effect::NotExecuted);
    // A read is tried once more, in case it was another's answer.
    assert_eq!(account.take_called(), ["invoice-status", "invoice-status"]);

    let error = zipay.verify_invoice(&track_id()).await.unwrap_err();
    differs(&error, Effect::Unknown);
    let error = zipay.refund_invoice(&track_id()).await.unwrap_err();
    differs(&error, Effect::Unknown);
    assert_eq!(account.called(), ["invoice-verify", "invoice-refund"]);
}

// A refund has happened when the answer is about this invoice and says `refunded`.

#[tokio::test]
async fn success_with_another_status_than_refunded_proves_nothing() {
    let account = Provider::start().await;
    let zipay = account.client();
    for status in [
        "generated",
        "waiting",
        "pending",
        "completed",
        "rejected",
        "Refunded",
        "",
    ] {
        account.answer("invoice-refund", invoice_in(status));
        let error = zipay.refund_invoice(&track_id()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_eq!(error.effect(), Effect::Unknown, "{status}");
        let handle = error.handle().unwrap();
        assert_eq!(handle.operation(), "invoice-refund");
        assert_eq!(handle.id("trackid"), Some(TRACKID));
        assert_eq!(account.take_called(), ["invoice-refund"], "{status}");
    }
}

#[tokio::test]
async fn a_refused_refund_was_not_carried_out() {
    let account = Provider::start().await;
    let refusal = json!({"success": false, "status": 422, "message": "not completed"});
    for http in [200, 422] {
        let answer = Answer::from(refusal.clone()).status(http);
        account.answer("invoice-refund", answer);
        let call = account.client().refund_invoice(&track_id()).await;
        let error = call.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.refusal().unwrap().message(), Some("not completed"));
        assert_eq!(account.take_called(), ["invoice-refund"]);
    }
}
