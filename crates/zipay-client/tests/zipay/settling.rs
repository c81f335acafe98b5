//! Settling reads the invoice and holds it against the merchant's record before anything is confirmed.

use paylink_core::{CheckResult, ComparedField, Difference, Mismatch};
use paylink_testkit::Answer;
use serde_json::{Value, json};
use zipay_client::{
    Currency, Effect, Error, ErrorKind, Expected, Money, Settlement, Status, ZiPay,
};

use crate::provider::Provider;
use crate::samples::{
    OTHER_TRACKID, TRACKID, expected, invoice_in, invoice_verify, of_every_kind, track_id, with,
    without,
};
use crate::strictness::DECIDING;

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
    let settled_before = matches!(settlement, Settlement::AlreadySettled(_));
    assert!(settled_before, "{settlement:?}");
    assert_eq!(account.called(), ["invoice-status"]);
}

#[tokio::test]
async fn an_invoice_without_money_is_not_paid_and_not_verified() {
    let (account, zipay) = Provider::with_client().await;
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
    let (account, zipay) = Provider::with_client().await;
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

/// Each row: a place in the result of a good answer, the one field that differs if another value stands there, and such
/// values.
fn differences() -> [(&'static str, ComparedField, Value); 5] {
    let amounts = json!([
        "100.98",
        "1",
        "101",
        "10099",
        "0",
        "100.99000000000000000001"
    ]);
    let orders = json!(["1001", "01000", "1000 ", "۱۰۰۰", ""]);
    let track_ids = json!([OTHER_TRACKID, TRACKID.to_uppercase()]);
    [
        ("amount", ComparedField::Amount, amounts),
        (
            "coin/currency",
            ComparedField::Currency,
            json!(["USDT", "IRT", "IRR"]),
        ),
        (
            "merchant_terminal_number",
            ComparedField::Merchant,
            json!([1004, 0]),
        ),
        ("invoice_number", ComparedField::Order, orders),
        ("trackid", ComparedField::Reference, track_ids),
    ]
}

/// Settles against this answer, which has to be about another payment.
async fn mismatch(account: &Provider, answer: Value, told: &str) -> Mismatch {
    account.answer("invoice-status", answer);
    match account.client().settle(&expected()).await.unwrap() {
        Settlement::Mismatch(mismatch) => mismatch,
        other => panic!("{told}: {other:?}"),
    }
}

#[tokio::test]
async fn an_invoice_that_differs_in_one_field_is_a_mismatch_in_that_field() {
    let account = Provider::start().await;
    for (place, field, values) in differences() {
        for value in values.as_array().unwrap() {
            // Whatever its status says: the money may be there, but it is not this order's.
            for status in ["pending", "completed", "generated", "paid"] {
                let told = format!("{place} {value} {status}");
                let pointer = format!("/result/{place}");
                let answer = with(&invoice_in(status), &pointer, value.clone());
                let mismatch = mismatch(&account, answer, &told).await;
                let fields = mismatch.differences().iter().map(Difference::field);
                assert_eq!(fields.collect::<Vec<_>>(), [field], "{told}");
                let asked = account.take_called();
                assert!(asked.iter().all(|it| it == "invoice-status"), "{asked:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_mismatch_says_what_was_expected_and_what_was_found() {
    let account = Provider::start().await;
    let answer = with(&invoice_in("pending"), "/result/amount", json!("7"));
    let answer = with(&answer, "/result/invoice_number", json!("line\nbreak"));
    let mismatch = mismatch(&account, answer, "two fields").await;
    let told = |it: &Difference| {
        let field = it.field().as_str();
        format!("{field}: {}, {}", it.expected(), it.found())
    };
    let mut found: Vec<_> = mismatch.differences().iter().map(told).collect();
    found.sort_unstable();
    assert_eq!(found, ["amount: 100.99, 7", "order: 1000, line\\nbreak"]);
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
    let elsewhere = at("1000", usd("100.99")).with_terminal(7).unwrap();
    for (record, field) in [
        (at("1000", usd("5000")), ComparedField::Amount),
        (at("1000", irt), ComparedField::Currency),
        (at("2000", usd("100.99")), ComparedField::Order),
        (elsewhere, ComparedField::Merchant),
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
    let (account, zipay) = Provider::with_client().await;
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
        let mismatch = error.mismatch().unwrap();
        assert!(mismatch.has(ComparedField::Reference), "{error}");
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
    let (account, zipay) = Provider::with_client().await;
    for status in all_but("refunded").chain(["Refunded", ""]) {
        account.answer("invoice-refund", invoice_in(status));
        let error = zipay.refund_invoice(&track_id()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_eq!(error.effect(), Effect::Unknown, "{status}");
        let handle = error.handle().unwrap();
        assert_eq!(handle.operation(), "refund");
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

/// Every documented status but this one.
fn all_but(status: &str) -> impl Iterator<Item = &str> {
    let others = Status::DOCUMENTED.iter().map(Status::as_str);
    others.filter(move |it| *it != status)
}

type Outcome = Result<Settlement, Error>;

/// Settles a pending invoice whose verify is answered like this; it must be sent once.
async fn verified_with(account: &Provider, zipay: &ZiPay, answer: impl Into<Answer>) -> Outcome {
    account.answer("invoice-status", invoice_in("pending"));
    account.answer("invoice-verify", answer);
    let outcome = zipay.settle(&expected()).await;
    let asked = account.take_called();
    let verifies = asked.iter().filter(|it| *it == "invoice-verify");
    assert_eq!(verifies.count(), 1, "{asked:?}");
    outcome
}

/// The error of an outcome that leaves open whether the verify was carried out.
fn unknown(outcome: Outcome, told: &str) -> Error {
    let error = match outcome {
        Ok(settlement) => panic!("{told}: {settlement:?}"),
        Err(error) => error,
    };
    assert_eq!(error.effect(), Effect::Unknown, "{told}: {error}");
    let handle = error.handle().unwrap_or_else(|| panic!("{told}: {error}"));
    assert_eq!(handle.operation(), "verify", "{told}");
    assert_eq!(handle.id("trackid"), Some(TRACKID), "{told}");
    error
}

#[tokio::test]
async fn an_answer_that_differs_from_the_record_is_no_proof() {
    let (account, zipay) = Provider::with_client().await;
    for (pointer, value, field) in [
        ("/result/amount", json!("1"), "amount"),
        ("/result/coin/currency", json!("IRT"), "currency"),
        ("/result/merchant_terminal_number", json!(1004), "merchant"),
        ("/result/invoice_number", json!("1001"), "order"),
        ("/result/trackid", json!(OTHER_TRACKID), "reference"),
    ] {
        let answer = with(&invoice_verify(), pointer, value);
        let outcome = verified_with(&account, &zipay, answer).await;
        let error = unknown(outcome, field);
        let found = error.mismatch().expect(field);
        let fields = found.differences().iter().map(|it| it.field().as_str());
        assert_eq!(fields.collect::<Vec<_>>(), [field]);
    }
}

#[tokio::test]
async fn success_with_another_status_than_completed_is_no_proof() {
    let (account, zipay) = Provider::with_client().await;
    for status in all_but("completed").chain(["Completed", "verified", ""]) {
        let outcome = verified_with(&account, &zipay, invoice_in(status)).await;
        let error = unknown(outcome, status);
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
    }
}

#[tokio::test]
async fn an_answer_that_lacks_what_decides_is_no_proof() {
    let (account, zipay) = Provider::with_client().await;
    for (pointer, _) in DECIDING {
        let absent = without(&invoice_verify(), pointer);
        let outcome = verified_with(&account, &zipay, absent).await;
        let error = unknown(outcome, pointer);
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{pointer}");

        let given = invoice_verify().pointer(pointer).unwrap().clone();
        let same = |value: &Value| std::mem::discriminant(value) == std::mem::discriminant(&given);
        for value in of_every_kind().into_iter().filter(|value| !same(value)) {
            let told = format!("{pointer} {value}");
            let answer = with(&invoice_verify(), pointer, value);
            let error = unknown(verified_with(&account, &zipay, answer).await, &told);
            // An amount or a number of an invoice is read from a number too; then it differs.
            let kinds = [ErrorKind::Untrusted, ErrorKind::Mismatch];
            assert!(kinds.contains(&error.kind()), "{told}: {error}");
        }
    }
}

#[tokio::test]
async fn a_page_or_a_failure_in_place_of_the_answer_leaves_it_open() {
    let (account, zipay) = Provider::with_client().await;
    let failed = json!({"success": false, "status": 500, "message": "try later"});
    let good = Answer::from(invoice_verify());
    let as_page = good.clone().header("content-type", "text/html");
    for (answer, kind) in [
        (Answer::json(""), ErrorKind::Untrusted),
        (Answer::json("<html>"), ErrorKind::Untrusted),
        (as_page, ErrorKind::Untrusted),
        (Answer::from(failed), ErrorKind::ProviderFailure),
        (Answer::json("<html>").status(502), ErrorKind::Status),
        (good.status(500), ErrorKind::Untrusted),
        (Answer::json("").status(404), ErrorKind::Status),
    ] {
        let told = format!("{kind}");
        let error = unknown(verified_with(&account, &zipay, answer.clone()).await, &told);
        assert_eq!(error.kind(), kind);

        // Only a refusal is explained by reading again: what is unknown stays so, whatever a read would say.
        let states = [invoice_in("pending"), invoice_in("completed")];
        account.answers("invoice-status", states.map(Answer::from));
        account.answer("invoice-verify", answer);
        let error = unknown(zipay.settle(&expected()).await, &told);
        assert_eq!(error.kind(), kind);
        assert_eq!(account.take_called(), ["invoice-status", "invoice-verify"]);
    }
}

/// What ZiPay answers to a second verify, or after the half hour, is not documented: the state tells.
#[tokio::test]
async fn a_refused_verify_is_decided_by_reading_again() {
    let refusal = || json!({"success": false, "status": 422, "message": "not pending"});
    for (status, proof) in [
        ("completed", true),
        ("rejected", false),
        ("refunded", false),
    ] {
        let account = Provider::start().await;
        let states = [invoice_in("pending"), invoice_in(status)];
        account.answers("invoice-status", states.map(Answer::from));
        account.answer("invoice-verify", refusal());
        let settlement = account.client().settle(&expected()).await.unwrap();
        match settlement {
            Settlement::AlreadySettled(_) => assert!(proof, "{status}"),
            Settlement::NotPaid(invoice) => {
                assert!(!proof, "{status}");
                assert_eq!(invoice.status.as_str(), status);
            }
            other => panic!("{status}: {other:?}"),
        }
        let asked = ["invoice-status", "invoice-verify", "invoice-status"];
        assert_eq!(account.called(), asked);
    }
}

#[tokio::test]
async fn a_refused_verify_that_reading_does_not_explain_stays_refused() {
    let refusal = || json!({"success": false, "status": 422, "message": "not now"});
    for again in [
        Answer::from(invoice_in("pending")),
        Answer::from(invoice_in("odd")),
        Answer::json("<html>"),
    ] {
        let account = Provider::start().await;
        account.answers("invoice-status", [invoice_in("pending").into(), again]);
        account.answer("invoice-verify", refusal());
        let error = account.client().settle(&expected()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.refusal().unwrap().message(), Some("not now"));
    }
}

#[tokio::test]
async fn an_invoice_that_turns_into_another_one_meanwhile_is_a_mismatch() {
    let account = Provider::start().await;
    let pricier = with(&invoice_in("completed"), "/result/amount", json!("5"));
    let states = [invoice_in("pending"), pricier];
    account.answers("invoice-status", states.map(Answer::from));
    account.answer("invoice-verify", json!({"success": false, "status": 422}));
    let outcome = account.client().settle(&expected()).await;
    let differs = matches!(outcome, Ok(Settlement::Mismatch(_)));
    assert!(differs, "{outcome:?}");
}

#[tokio::test]
async fn settling_again_after_a_lost_answer_finds_it_settled() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("pending"));
    account.answer("invoice-verify", Answer::json("").status(504));
    let zipay = account.client();
    unknown(zipay.settle(&expected()).await, "the first time");

    account.take_called();
    account.answer("invoice-status", invoice_in("completed"));
    let settlement = zipay.settle(&expected()).await.unwrap();
    let settled_before = matches!(settlement, Settlement::AlreadySettled(_));
    assert!(settled_before, "{settlement:?}");
    assert_eq!(account.called(), ["invoice-status"]);
}
