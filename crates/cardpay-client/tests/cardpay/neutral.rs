//! CardPay through the trait that all providers share.

use std::time::{Duration, SystemTime};

use cardpay_client::{ComparedField, Effect, Error, ErrorKind, Handle, Money, Resolution, Rial};
use paylink_core::provider::{
    Created, ExpectedPayment, Hint, NewPayment, PayToCard, Payment, PaymentRecord, PaymentState,
    Resolved,
};
use paylink_core::{
    CheckResult, Currency, Difference, FieldCheck, PaymentProvider, Settlement, Timeouts,
};
use serde_json::{Value, json};

use crate::samples::{CARD, CHECKED, CREATED, PRICE, failure, without};
use crate::script::{Script, answer};
use paylink_testkit::Answer;

fn money(amount: &str, currency: Currency) -> Money {
    Money::new(amount, currency).unwrap()
}

fn rial(amount: u64) -> Money {
    Money::from(Rial::new(amount))
}

/// The payment of the samples, with nothing but what is needed.
pub(crate) fn payment() -> NewPayment {
    NewPayment::new("1000", Money::from(PRICE)).unwrap()
}

/// The client as a program has it that chose it at run time.
fn neutral(script: &Script) -> Box<dyn PaymentProvider> {
    Box::new(script.client())
}

async fn created(script: &Script) -> Created {
    script.answer(200, CREATED);
    neutral(script).create(&payment()).await.unwrap()
}

/// What the merchant's store has of the payment of the samples, as JSON.
async fn stored(script: &Script) -> Value {
    serde_json::to_value(created(script).await.record()).unwrap()
}

fn record(stored: &Value) -> PaymentRecord {
    serde_json::from_value(stored.clone()).unwrap()
}

/// A copy in which this place holds another value.
fn with(stored: &Value, pointer: &str, value: Value) -> Value {
    let mut stored = stored.clone();
    *stored.pointer_mut(pointer).unwrap() = value;
    stored
}

/// A copy in which this field of the sealed record holds another value.
fn with_sealed(stored: &Value, field: &str, value: Value) -> Value {
    let detail = stored["detail"].as_str().unwrap();
    let sealed = crate::samples::with(detail, field, value);
    with(stored, "/detail", json!(sealed))
}

/// The order's own books: its reference, its price, and the record that was stored with it.
fn books(stored: &Value) -> ExpectedPayment {
    let price = Money::from(PRICE);
    ExpectedPayment::new("1000".parse().unwrap(), price, record(stored))
}

// What a create sends, and what comes of it.

#[tokio::test]
async fn the_longest_call_is_the_transport_s() {
    let script = Script::start().await;
    let total = Timeouts::default().total;
    assert_eq!(neutral(&script).longest_call(), total);
    assert!(total > Duration::ZERO);
}

#[tokio::test]
async fn every_input_that_is_taken_is_sent() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    let payment = payment()
        .with_mobile("+98 912 345 2730".parse().unwrap())
        .with_payer_card(CARD.parse().unwrap())
        .with_return_url("https://shop.example/back?order=1000")
        .unwrap();
    let _ = neutral(&script).create(&payment).await.unwrap();
    let requests = script.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].uri_str(), script.url("/api/create"));
    assert_eq!(
        requests[0].body_string(),
        "price=11000&fid=1000&phone=09123452730&card=6037701689095443\
         &callbackUrl=https%3A%2F%2Fshop.example%2Fback%3Forder%3D1000"
    );
}

#[tokio::test]
async fn nothing_but_number_and_price_is_sent_unasked() {
    let script = Script::start().await;
    let _ = created(&script).await;
    assert_eq!(script.requests()[0].body_string(), "price=11000&fid=1000");
}

#[tokio::test]
async fn a_fraction_of_a_rial_or_a_price_below_the_minimum_is_refused_unsent() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    for price in [
        money("11000.5", Currency::Irr),
        money("1100.05", Currency::Irt),
        money("9999", Currency::Irr),
        money("999", Currency::Irt),
    ] {
        let payment = NewPayment::new("1000", price).unwrap();
        let error = neutral(&script).create(&payment).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{price}");
        assert_eq!(error.invalids()[0].key(), "amount", "{price}");
    }
    assert!(script.requests().is_empty(), "something was sent");
}

#[tokio::test]
async fn what_to_transfer_comes_from_the_script_and_never_from_the_price() {
    let script = Script::start().await;
    let created = created(&script).await;
    let transfer = created.transfer().unwrap();
    assert_eq!(transfer.amount(), &rial(11_385));
    let holder = Some("شاهین محسنی");
    let cards = transfer.cards().iter();
    let cards = cards.map(|card: &PayToCard| (card.number(), card.holder(), card.bank()));
    let saman = ("****", holder, Some("بانک سامان"));
    let mellat = ("****", holder, Some("بانک ملت"));
    assert_eq!(cards.collect::<Vec<_>>(), [saman, mellat]);
    let link = created.link().unwrap().as_str();
    assert_eq!(link, "http://localhost/CartToCart/payment/19");
    let expires = SystemTime::UNIX_EPOCH + Duration::from_secs(1_735_237_765);
    assert_eq!(created.expires_at(), Some(expires));
}

#[tokio::test]
async fn what_the_script_leaves_out_is_not_there() {
    let script = Script::start().await;
    let optional = ["link", "expire", "cart"].iter();
    let body = optional.fold(CREATED.to_owned(), |body, field| without(&body, field));
    script.answer(200, &body);
    let created = neutral(&script).create(&payment()).await.unwrap();
    assert_eq!((created.link(), created.expires_at()), (None, None));
    let transfer = created.transfer().unwrap();
    assert_eq!(transfer.amount(), &rial(11_385));
    assert!(transfer.cards().is_empty());
}

#[tokio::test]
async fn what_comes_of_it_is_stored_and_comes_back_equal() {
    let script = Script::start().await;
    let created = created(&script).await;
    let text = serde_json::to_string(&created).unwrap();
    assert_eq!(serde_json::from_str::<Created>(&text).unwrap(), created);

    let sealed = format!(
        r#"{{"shop":"{}","pay_id":19,"fid":1000,"price_rial":11000,"transfer_exactly_rial":11385,"expires":1735237765}}"#,
        script.url("/api/")
    );
    let document = json!({
        "version": "1",
        "provider": "cardpay",
        "reference": "1000",
        "amount": rial(11_000),
        "merchant": script.url("/api/"),
        "ids": [{"name": "pay_id", "value": "19"}],
        "created_at_ms": 1_735_237_000_000_u64,
        "detail": sealed,
    });
    assert_eq!(stored(&script).await, document);
}

// What CardPay does not take or offer is refused before a byte leaves, by preparing and creating alike.

/// Holds both ways to a create against one another.
async fn refused(cardpay: &dyn PaymentProvider, payment: &NewPayment) -> Error {
    let prepared = cardpay.prepare(payment).unwrap_err();
    let created = cardpay.create(payment).await.unwrap_err();
    assert_eq!(prepared.to_string(), created.to_string());
    for error in [&prepared, &created] {
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.attempts(), 0);
        assert_eq!(error.kind(), created.kind());
    }
    created
}

/// Two orders must not become one number, so a reference is taken only as the script would write it.
#[tokio::test]
async fn a_reference_is_a_number_in_plain_digits() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    let cardpay = neutral(&script);
    let too_large = "9223372036854775808";
    for reference in [
        "A1000", "01000", "0", "-1", "+1000", "1000.0", "1 000", "۱۰۰۰", too_large,
    ] {
        let payment = NewPayment::new(reference, rial(11_000)).unwrap();
        let error = refused(&*cardpay, &payment).await;
        assert_eq!(error.kind(), ErrorKind::Invalid, "{reference}");
        assert_eq!(error.invalids()[0].key(), "order", "{error}");
    }
    assert!(script.requests().is_empty(), "something was sent");
    let largest = NewPayment::new("9223372036854775807", rial(11_000)).unwrap();
    assert!(cardpay.prepare(&largest).is_ok());
}

// A lost create stays unknown, and says what is left to do; a lost check is asked again.

fn lost() -> Answer {
    answer(502, "").header("content-type", "text/html")
}

/// The handle of an error, as it comes back from the merchant's store.
fn kept(error: &Error) -> Handle {
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    let text = serde_json::to_string(error.handle().unwrap()).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_lost_create_stays_unknown_and_nothing_is_sent() {
    let script = Script::start().await;
    let cardpay = neutral(&script);
    script.answers([lost()]);
    let error = cardpay.create(&payment()).await.unwrap_err();
    let prepared = cardpay.prepare(&payment()).unwrap();
    let prepared = prepared.handle().clone();
    script.answer(500, &failure(3));
    for handle in [kept(&error), prepared] {
        let error = cardpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
        for said in ["1000", "code 3", "new number"] {
            assert!(error.to_string().contains(said), "{error}");
        }
    }
    assert!(script.requests().is_empty(), "resolving sent something");
}

#[tokio::test]
async fn a_lost_check_is_asked_again_and_viewed() {
    let script = Script::start().await;
    let cardpay = neutral(&script);
    let expected = books(&stored(&script).await);
    script.answers([lost()]);
    let handle = kept(&cardpay.settle(&expected).await.unwrap_err());
    for (http, code, state) in [
        (200, 200, PaymentState::Paid),
        (200, 201, PaymentState::Paid),
        (200, 7, PaymentState::Unpaid),
        (500, 6, PaymentState::Expired),
        (200, 199, PaymentState::Unclear("199".into())),
    ] {
        let paid = code > 7;
        script.answer(http, &format!(r#"{{"status":{paid},"code":{code}}}"#));
        match cardpay.resolve(&handle).await.unwrap() {
            Resolution::Executed(Resolved::Changed(payment)) => {
                assert_eq!(payment.state(), &state, "{code}");
                assert_eq!(payment.ids().collect::<Vec<_>>(), [("pay_id", "19")]);
            }
            other => panic!("{code}: {other:?}"),
        }
    }
}

// Order, record and what was sealed into it have to agree before the script is asked.

fn paid(code: i64) -> String {
    format!(r#"{{"status":true,"code":{code}}}"#)
}

fn differs_in(settlement: &Settlement<Payment>) -> Vec<ComparedField> {
    let Settlement::Mismatch(mismatch) = settlement else {
        panic!("{settlement:?}");
    };
    let differences = mismatch.differences().iter();
    differences.map(Difference::field).collect()
}

#[tokio::test]
async fn a_payment_is_settled_by_its_record_and_later_found_settled() {
    let script = Script::start().await;
    let cardpay = neutral(&script);
    let expected = books(&stored(&script).await);
    script.answers([answer(200, &paid(201)), answer(200, CHECKED)]);
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
    let mut checks = proof.checks().iter().map(FieldCheck::result);
    assert!(checks.all(|it| it == CheckResult::NotReported));
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
    for other in ["11000", "1100.05"] {
        assert_eq!(differs_in(&settle(other).await), [ComparedField::Amount]);
    }
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
        assert_eq!(payment.ids().collect::<Vec<_>>(), [("pay_id", "19")]);
        assert_eq!(payment.amount(), None);
        assert_eq!(payment.reference(), None);
    }
}

#[tokio::test]
async fn another_card_and_an_unknown_code_are_no_proof() {
    let script = Script::start().await;
    let expected = books(&stored(&script).await);
    script.answer(200, &paid(199));
    let settlement = neutral(&script).settle(&expected).await.unwrap();
    assert_eq!(differs_in(&settlement), [ComparedField::Payer]);

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
    let hinted = |hint| books(&good).with_hint(hint);
    let hint = || Hint::new("cardpay");
    let stored = |pointer, value| books(&with(&good, pointer, value));
    let sealed = |field, value| books(&with_sealed(&good, field, value));
    let other_merchant = stored("/merchant", elsewhere.clone());
    let other_id = stored("/ids/0/value", json!("20"));
    let other_hint = hinted(hint().with_id("pay_id", "20"));
    let in_dollars = order("1000", money("11000", Currency::Usd));
    for (expected, field) in [
        (order("1001", rial(11_000)), ComparedField::Order),
        (order("1000", rial(12_000)), ComparedField::Amount),
        (order("1000", rial(11_385)), ComparedField::Amount),
        (in_dollars, ComparedField::Currency),
        (stored("/amount", other_price), ComparedField::Amount),
        (stored("/reference", json!("1001")), ComparedField::Order),
        (other_merchant, ComparedField::Merchant),
        (stored("/merchant", Value::Null), ComparedField::Merchant),
        (other_id, ComparedField::Reference),
        (stored("/ids", json!([])), ComparedField::Reference),
        (other_hint, ComparedField::Reference),
        (hinted(hint().with_reference("1001")), ComparedField::Order),
        (sealed("shop", elsewhere), ComparedField::Merchant),
        (sealed("pay_id", json!(20)), ComparedField::Reference),
        (sealed("fid", json!(1001)), ComparedField::Order),
        (sealed("price_rial", json!(12_000)), ComparedField::Amount),
    ] {
        let told = format!("{expected:?}");
        let settlement = neutral(&script).settle(&expected).await.unwrap();
        assert_eq!(differs_in(&settlement), [field], "{told}");
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
