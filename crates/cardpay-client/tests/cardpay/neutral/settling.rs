//! Order, record and what was sealed into it have to agree before the script is asked.

use cardpay_client::{Effect, ErrorKind, Field};
use paylink_core::provider::{ExpectedPayment, Hint, Payment, PaymentState};
use paylink_core::{Check, Checked, Currency, Difference, Settlement};
use serde_json::{Value, json};

use super::{books, money, neutral, record, rial, stored, with, with_sealed};
use crate::samples::{CHECKED, failure};
use crate::script::{Answer, Script};

fn paid(code: i64) -> String {
    format!(r#"{{"status":true,"code":{code}}}"#)
}

fn differs_in(settlement: &Settlement<Payment>) -> Vec<Field> {
    match settlement {
        Settlement::Mismatch(mismatch) => mismatch
            .differences()
            .iter()
            .map(Difference::field)
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_payment_is_settled_by_its_record_and_later_found_settled() {
    let script = Script::start().await;
    let cardpay = neutral(&script);
    let expected = books(&stored(&script).await);
    script.answers([Answer::new(200, &paid(201)), Answer::new(200, CHECKED)]);
    let first = cardpay.settle(&expected).await.unwrap();
    assert!(matches!(first, Settlement::Settled(_)), "{first:?}");
    let later = cardpay.settle(&expected).await.unwrap();
    assert!(matches!(later, Settlement::AlreadySettled(_)), "{later:?}");
    for request in script.requests() {
        assert_eq!(request.uri_str(), script.url("/api/check?pay_id=19"));
    }
    let proof = later.proof().unwrap();
    assert_eq!(proof.amount(), &rial(11_385));
    assert_eq!((proof.order(), proof.reference()), ("1000", "19"));
    let checks = proof.checks().iter();
    assert!(
        checks
            .map(Check::checked)
            .all(|it| it == Checked::NotReported)
    );
}

#[tokio::test]
async fn an_order_in_toman_is_settled_by_its_payment_in_rial() {
    let script = Script::start().await;
    let record = record(&stored(&script).await);
    script.answer(200, CHECKED);
    let settle = async |amount| {
        let price = money(amount, Currency::Irt);
        let expected = ExpectedPayment::new("1000".parse().unwrap(), price, record.clone());
        neutral(&script).settle(&expected).await.unwrap()
    };
    assert!(settle("1100").await.proof().is_some());
    assert_eq!(differs_in(&settle("11000").await), [Field::Amount]);
    assert_eq!(differs_in(&settle("1100.05").await), [Field::Amount]);
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn what_is_not_paid_is_viewed_without_what_the_script_does_not_report() {
    let script = Script::start().await;
    let expected = books(&stored(&script).await);
    for (http, code, state) in [
        (200, 7, PaymentState::Unpaid),
        (500, 6, PaymentState::Expired),
    ] {
        script.answer(http, &failure(code));
        let payment = match neutral(&script).settle(&expected).await.unwrap() {
            Settlement::NotPaid(payment) => payment,
            other => panic!("{code}: {other:?}"),
        };
        assert_eq!(payment.state(), &state);
        assert_eq!(payment.provider_state(), code.to_string());
        assert_eq!(payment.known_ids().collect::<Vec<_>>(), [("pay_id", "19")]);
        assert_eq!(payment.reported_amount(), None);
        assert_eq!(payment.reported_reference(), None);
    }
}

#[tokio::test]
async fn another_card_and_an_unknown_code_are_no_proof() {
    let script = Script::start().await;
    let expected = books(&stored(&script).await);
    script.answer(200, &paid(199));
    let settlement = neutral(&script).settle(&expected).await.unwrap();
    assert_eq!(differs_in(&settlement), [Field::Payer]);

    script.answer(200, &paid(202));
    let error = neutral(&script).settle(&expected).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    assert_eq!(error.effect(), Effect::Unknown);
}

/// A check answers "paid" about whatever it is asked, so the first verification is not spent on a wrong record.
#[tokio::test]
async fn books_that_disagree_are_a_mismatch_and_nothing_is_asked() {
    let script = Script::start().await;
    let good = stored(&script).await;
    script.answer(200, CHECKED);
    let order = |reference: &str, price| {
        ExpectedPayment::new(reference.parse().unwrap(), price, record(&good))
    };
    let other_price = json!(rial(12_000));
    let elsewhere = json!(script.url("/other/"));
    for (expected, fields) in [
        (order("1001", rial(11_000)), vec![Field::Order]),
        (order("1000", rial(12_000)), vec![Field::Amount]),
        (order("1000", rial(11_385)), vec![Field::Amount]),
        (
            order("1000", money("11000", Currency::Usd)),
            vec![Field::Currency],
        ),
        (
            books(&with(&good, "/amount", other_price)),
            vec![Field::Amount],
        ),
        (
            books(&with(&good, "/reference", json!("1001"))),
            vec![Field::Order],
        ),
        (
            books(&with(&good, "/merchant", elsewhere.clone())),
            vec![Field::Merchant],
        ),
        (
            books(&with(&good, "/merchant", Value::Null)),
            vec![Field::Merchant],
        ),
        (
            books(&with(&good, "/ids/0/value", json!("20"))),
            vec![Field::Reference],
        ),
        (
            books(&with(&good, "/ids", json!([]))),
            vec![Field::Reference],
        ),
        (
            books(&good).hinted(Hint::new("cardpay").id("pay_id", "20")),
            vec![Field::Reference],
        ),
        (
            books(&good).hinted(Hint::new("cardpay").reference("1001")),
            vec![Field::Order],
        ),
        (
            books(&with_sealed(&good, "shop", elsewhere)),
            vec![Field::Merchant],
        ),
        (
            books(&with_sealed(&good, "pay_id", json!(20))),
            vec![Field::Reference],
        ),
        (
            books(&with_sealed(&good, "fid", json!(1001))),
            vec![Field::Order],
        ),
        (
            books(&with_sealed(&good, "price_rial", json!(12_000))),
            vec![Field::Amount],
        ),
    ] {
        let told = format!("{expected:?}");
        let settlement = neutral(&script).settle(&expected).await.unwrap();
        assert_eq!(differs_in(&settlement), fields, "{told}");
    }
    assert!(script.requests().is_empty(), "the script was asked");
}

#[tokio::test]
async fn a_record_that_was_not_made_here_is_refused() {
    let script = Script::start().await;
    let good = stored(&script).await;
    script.answer(200, CHECKED);
    for wrong in [
        with(&good, "/provider", json!("zipay")),
        with(&good, "/detail", Value::Null),
        with(&good, "/detail", json!("")),
        with(&good, "/detail", json!("{}")),
        with_sealed(&good, "pay_id", json!("19")),
    ] {
        let error = neutral(&script).settle(&books(&wrong)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{wrong}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{wrong}");
    }
    assert!(script.requests().is_empty(), "the script was asked");
}
