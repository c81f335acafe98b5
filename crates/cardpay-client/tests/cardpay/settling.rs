//! Settling holds the order against the record, asks, and tells the outcomes apart.

use cardpay_client::{
    CardPay, ComparedField, Effect, Error, ErrorKind, Expected, Handle, PayId, PaymentRecord,
    PaymentState, Resolution, Rial, Settlement,
};
use paylink_core::{CheckResult, Difference, FieldCheck, Money};
use paylink_testkit::{FaultServer, Wire, faults};

use crate::samples::{
    CARD, CHECKED, INVOICE_NUMBER, PRICE, card, expected, failure, pay_id, payment, record,
};
use crate::script::{Script, TOKEN, answer};

fn paid(code: i64) -> String {
    format!(r#"{{"status":true,"code":{code},"msg":"Payment is complete."}}"#)
}

#[tokio::test]
async fn the_first_verification_settles_and_every_later_one_proves_as_much() {
    let (script, cardpay) = Script::with_client().await;
    let expected = expected(&script).await;
    script.answers([answer(200, &paid(201)), answer(200, CHECKED)]);
    let first = cardpay.settle(&expected).await.unwrap();
    assert!(matches!(first, Settlement::Settled(_)), "{first:?}");
    for _ in 0..2 {
        let later = cardpay.settle(&expected).await.unwrap();
        assert!(matches!(later, Settlement::AlreadySettled(_)), "{later:?}");
    }
    assert_eq!(script.requests().len(), 3);
    assert!(script.requests()[0].uri_str().ends_with("/check?pay_id=19"));
}

/// The script reports a code and nothing else: the proof must not claim more.
#[tokio::test]
async fn a_proof_states_the_record_and_that_nothing_of_it_was_reported() {
    let script = Script::start().await;
    let expected = expected(&script).await;
    script.answer(200, CHECKED);
    let settlement = script.client().settle(&expected).await.unwrap();
    let proof = settlement.proof().unwrap();
    assert_eq!(proof.provider(), "cardpay");
    assert_eq!(proof.amount(), &Money::from(Rial::new(11_385)));
    assert_eq!(proof.order(), "1000");
    assert_eq!(proof.reference(), "19");
    for field in ComparedField::ALL {
        let checks = proof.checks().iter().filter(|it| it.field() == field);
        let checked: Vec<_> = checks.map(FieldCheck::result).collect();
        assert_eq!(checked, [CheckResult::NotReported], "{field:?}");
    }
}

#[tokio::test]
async fn what_is_not_paid_says_whether_there_is_time() {
    let script = Script::start().await;
    let expected = expected(&script).await;
    for (http, code, state) in [
        (200, 7, PaymentState::NotPaidYet),
        (500, 6, PaymentState::Expired),
    ] {
        script.answer(http, &failure(code));
        let settlement = script.client().settle(&expected).await.unwrap();
        assert!(matches!(settlement, Settlement::NotPaid(found) if found == state));
    }
}

#[tokio::test]
async fn another_card_is_a_mismatch_that_says_that_the_money_is_there() {
    let script = Script::start().await;
    let expected = expected(&script).await;
    for status in [true, false] {
        script.answer(200, &format!(r#"{{"status":{status},"code":199}}"#));
        let settlement = script.client().settle(&expected).await.unwrap();
        let Settlement::Mismatch(mismatch) = settlement else {
            panic!("{settlement:?}")
        };
        assert!(mismatch.has(ComparedField::Payer));
        assert_eq!(mismatch.differences().len(), 1);
        assert!(mismatch.to_string().contains("the money is there"));
    }
}

/// A record that was kept for something else stops the settling before the first verification is spent.
#[tokio::test]
async fn a_record_of_another_order_price_or_shop_is_a_mismatch_and_nothing_is_asked() {
    let script = Script::start().await;
    let record = record(&script).await;
    let elsewhere = serde_json::to_string(&record).unwrap();
    let elsewhere = elsewhere.replace("/api/", "/other/");
    let elsewhere: PaymentRecord = serde_json::from_str(&elsewhere).unwrap();
    let (number, higher) = (INVOICE_NUMBER, Rial::new(900_000));
    let all = [
        ComparedField::Amount,
        ComparedField::Order,
        ComparedField::Merchant,
    ];
    for (number, price, record, fields) in [
        (number + 1, PRICE, &record, &[ComparedField::Order][..]),
        (number, higher, &record, &[ComparedField::Amount]),
        (number, PRICE, &elsewhere, &[ComparedField::Merchant]),
        (7, higher, &elsewhere, &all),
    ] {
        script.answer(200, CHECKED);
        let expected = Expected::new(number, price, record.clone()).unwrap();
        let settlement = script.client().settle(&expected).await.unwrap();
        let Settlement::Mismatch(mismatch) = settlement else {
            panic!("{settlement:?}")
        };
        let found = mismatch.differences().iter().map(Difference::field);
        assert_eq!(found.collect::<Vec<_>>(), fields);
        assert!(script.requests().is_empty(), "the script was asked");
    }
}

#[tokio::test]
async fn an_unknown_payment_is_refused_and_an_unknown_code_is_neither() {
    let script = Script::start().await;
    let expected = expected(&script).await;
    script.answer(500, &failure(5));
    let error = script.client().settle(&expected).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.effect(), Effect::NotExecuted);

    script.answer(200, &paid(202));
    let error = script.client().settle(&expected).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(error.to_string().contains("202"), "{error}");
    assert_eq!(error.handle().unwrap().id("pay_id"), Some("19"));
}

/// The transport asks a second time by itself when an answer is lost; the script then says 200 where it had said 201.
#[tokio::test]
async fn a_first_verification_that_is_lost_within_one_call_is_still_a_proof() {
    let script = Script::start().await;
    let expected = expected(&script).await;
    for lost in [
        answer(502, "<html>bad gateway</html>").header("content-type", "text/html"),
        answer(200, "<html>captive portal</html>").header("content-type", "text/html"),
        answer(200, r#"{"status":true,"code":20"#),
        answer(200, ""),
        answer(503, ""),
    ] {
        script.answers([lost, answer(200, CHECKED)]);
        let settlement = script.client().settle(&expected).await.unwrap();
        assert!(matches!(settlement, Settlement::AlreadySettled(_)));
        assert_eq!(script.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_check_that_never_gets_an_answer_is_settled_by_the_next_settle() {
    let (script, cardpay) = Script::with_client().await;
    let expected = expected(&script).await;
    script.answers([answer(502, "").header("content-type", "text/html")]);
    let error = cardpay.settle(&expected).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.attempts(), 3);
    script.answer(200, CHECKED);
    let settlement = cardpay.settle(&expected).await.unwrap();
    assert!(matches!(settlement, Settlement::AlreadySettled(_)));
}

// An answer too many on a kept connection: "paid" for one payment must never be taken as the answer about another.

#[tokio::test]
async fn an_answer_too_many_is_nobody_s() {
    let not_paid = paylink_testkit::Answer::json(r#"{"code":7}"#);
    let paid = paylink_testkit::Answer::json(r#"{"status":true,"code":201}"#);
    let behaviour = faults::late_spare_answer(&not_paid, &paid);
    let server = FaultServer::start(Wire::Plain, behaviour).await.unwrap();
    let cardpay = CardPay::builder(server.url(), "token").build().unwrap();
    for pay_id in [18, 19] {
        let checked = cardpay.check(PayId::new(pay_id).unwrap()).await.unwrap();
        assert_eq!(checked.state, PaymentState::NotPaidYet, "payment {pay_id}");
    }
}

/// A handle that went through the shop's store.
fn stored(error: &Error) -> Handle {
    let text = serde_json::to_string(error.handle().unwrap()).unwrap();
    assert!(!text.contains(CARD), "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn an_unknown_create_stays_unknown_and_is_not_repeated() {
    let (script, cardpay) = Script::with_client().await;
    script.answers([answer(502, "").header("content-type", "text/html")]);
    let error = cardpay.create(payment()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(script.requests().len(), 1);
    let handle = stored(&error);
    assert_eq!(handle.reference(), Some("1000"));
    assert_eq!(handle.amount(), Some(&Money::from(Rial::new(11_000))));

    script.answer(500, &failure(3));
    let resolved = cardpay.resolve(&handle).await.unwrap_err();
    assert_eq!(resolved.kind(), ErrorKind::Unsupported);
    let effect = resolved.effect();
    assert_eq!(effect, Effect::Unknown, "the create's, not the asking's");
    assert_eq!(resolved.handle(), Some(&handle));
    for said in ["1000", "panel", "code 3", "pay_id is lost", "new number"] {
        assert!(resolved.to_string().contains(said), "{resolved}");
    }
    assert!(script.requests().is_empty(), "resolving sent something");
}

#[tokio::test]
async fn an_unknown_card_stays_unknown_and_is_not_repeated() {
    let (script, cardpay) = Script::with_client().await;
    script.answer(200, "{}");
    let error = cardpay.set_card(pay_id(), card()).await.unwrap_err();
    let handle = stored(&error);
    assert_eq!(handle.id("pay_id"), Some("19"));

    script.answer(500, &failure(-2));
    let resolved = cardpay.resolve(&handle).await.unwrap_err();
    assert_eq!(resolved.kind(), ErrorKind::Unsupported);
    assert_eq!(resolved.effect(), Effect::Unknown);
    assert!(resolved.to_string().contains("code -2"), "{resolved}");
    assert!(script.requests().is_empty(), "resolving sent something");
}

#[tokio::test]
async fn an_unknown_check_is_asked_again() {
    let (script, cardpay) = Script::with_client().await;
    script.answers([answer(502, "").header("content-type", "text/html")]);
    let error = cardpay.check(pay_id()).await.unwrap_err();
    let handle = stored(&error);
    script.answer(200, r#"{"status":true,"code":200}"#);
    let resolved = cardpay.resolve(&handle).await.unwrap();
    let before = PaymentState::VerifiedBefore;
    assert_eq!(resolved, Resolution::Executed(before));
}

/// What is wrong with a stored handle tells nothing of what it stands for.
#[tokio::test]
async fn a_handle_that_cannot_be_looked_up_leaves_everything_unknown() {
    let (script, cardpay) = Script::with_client().await;
    let now = std::time::SystemTime::now();
    let of = |operation| Handle::new("cardpay", operation, now);
    let ours = |operation| of(operation).with_merchant(script.url("/api/"));
    for handle in [
        of("create")
            .with_merchant(script.url("/other/"))
            .with_reference("1000"),
        of("check").with_id("pay_id", "19"),
        ours("create"),
        ours("set-card").with_id("pay_id", "19\u{200f}"),
        ours("check").with_id("pay_id", "19\u{200f}"),
    ] {
        let error = cardpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}");
        assert_eq!(error.effect(), Effect::Unknown, "{handle:?}");
        assert_eq!(error.handle(), Some(&handle));
    }
    assert!(script.requests().is_empty());
}

/// Payment 19 of one shop is not payment 19 of another.
#[tokio::test]
async fn a_handle_of_another_provider_shop_or_operation_is_refused() {
    let (script, cardpay) = Script::with_client().await;
    let other = CardPay::builder(script.url("/other/"), TOKEN);
    let other = other.build().unwrap();
    let now = std::time::SystemTime::now();
    for handle in [
        Handle::new("zipay", "check", now),
        Handle::new("cardpay", "check", now).with_id("pay_id", "19"),
        other.check(pay_id()).handle(),
        cardpay.cards().handle(),
        Handle::new("cardpay", "check", now).with_merchant(script.url("/api/")),
        Handle::new("cardpay", "create", now).with_merchant(script.url("/api/")),
        Handle::new("cardpay", "check", now)
            .with_merchant(script.url("/api/"))
            .with_id("pay_id", "19&x=1"),
    ] {
        let error = cardpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}");
    }
    assert!(script.requests().is_empty());
}
