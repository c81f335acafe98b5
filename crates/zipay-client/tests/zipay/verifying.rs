//! Verify's answer is held against the record as well, and whatever is doubtful about it is no proof.

use serde_json::{Value, json};
use zipay_client::{Effect, Error, ErrorKind, Settlement, ZiPay};

use crate::provider::Provider;
use crate::samples::{
    OTHER_TRACKID, TRACKID, expected, invoice_in, invoice_verify, of_every_kind, with, without,
};
use paylink_testkit::Answer;

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
    assert_eq!(handle.operation(), "invoice-verify", "{told}");
    assert_eq!(handle.id("trackid"), Some(TRACKID), "{told}");
    error
}

#[tokio::test]
async fn an_answer_that_differs_from_the_record_is_no_proof() {
    let account = Provider::start().await;
    let zipay = account.client();
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
        let found = error
            .mismatch()
            .unwrap_or_else(|| panic!("{field}: {error}"));
        let fields = found.differences().iter().map(|it| it.field().as_str());
        assert_eq!(fields.collect::<Vec<_>>(), [field]);
    }
}

#[tokio::test]
async fn success_with_another_status_than_completed_is_no_proof() {
    let account = Provider::start().await;
    let zipay = account.client();
    for status in [
        "generated",
        "waiting",
        "pending",
        "rejected",
        "refunded",
        "Completed",
        "verified",
        "",
    ] {
        let outcome = verified_with(&account, &zipay, invoice_in(status)).await;
        let error = unknown(outcome, status);
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
    }
}

#[tokio::test]
async fn an_answer_that_lacks_what_decides_is_no_proof() {
    let account = Provider::start().await;
    let zipay = account.client();
    for pointer in [
        "/success",
        "/status",
        "/result",
        "/result/trackid",
        "/result/status",
        "/result/amount",
        "/result/coin",
        "/result/coin/currency",
        "/result/invoice_number",
        "/result/merchant_terminal_number",
    ] {
        let absent = without(&invoice_verify(), pointer);
        let outcome = verified_with(&account, &zipay, absent).await;
        let error = unknown(outcome, pointer);
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{pointer}");

        let given = invoice_verify().pointer(pointer).unwrap().clone();
        let same = |value: &Value| std::mem::discriminant(value) == std::mem::discriminant(&given);
        for value in of_every_kind().into_iter().filter(|value| !same(value)) {
            let told = format!("{pointer} {value}");
            let outcome =
                verified_with(&account, &zipay, with(&invoice_verify(), pointer, value)).await;
            let error = unknown(outcome, &told);
            // An amount or a number of an invoice is read from a number too; then it differs.
            let kinds = [ErrorKind::Untrusted, ErrorKind::Mismatch];
            assert!(kinds.contains(&error.kind()), "{told}: {error}");
        }
    }
}

#[tokio::test]
async fn a_page_or_a_failure_in_place_of_the_answer_leaves_it_open() {
    let account = Provider::start().await;
    let zipay = account.client();
    let failed = json!({"success": false, "status": 500, "message": "try later"});
    for (answer, kind) in [
        (Answer::json(""), ErrorKind::Untrusted),
        (Answer::json("<html>"), ErrorKind::Untrusted),
        (
            Answer::from(invoice_verify()).header("content-type", "text/html"),
            ErrorKind::Untrusted,
        ),
        (Answer::from(failed), ErrorKind::ProviderFailure),
        (Answer::json("<html>").status(502), ErrorKind::Status),
        (
            Answer::from(invoice_verify()).status(500),
            ErrorKind::Untrusted,
        ),
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
        assert_eq!(
            account.called(),
            ["invoice-status", "invoice-verify", "invoice-status"]
        );
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
    let dearer = with(&invoice_in("completed"), "/result/amount", json!("5"));
    let states = [invoice_in("pending"), dearer];
    account.answers("invoice-status", states.map(Answer::from));
    account.answer("invoice-verify", json!({"success": false, "status": 422}));
    let outcome = account.client().settle(&expected()).await;
    assert!(
        matches!(outcome, Ok(Settlement::Mismatch(_))),
        "{outcome:?}"
    );
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
    assert!(
        matches!(settlement, Settlement::AlreadySettled(_)),
        "{settlement:?}"
    );
    assert_eq!(account.called(), ["invoice-status"]);
}
