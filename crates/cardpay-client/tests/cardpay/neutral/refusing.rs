//! What CardPay does not take or offer is refused before a byte leaves, by preparing and creating alike.

use cardpay_client::{Effect, Error, ErrorKind};
use paylink_core::provider::{Capability, Input, ListPayments, NewPayment};
use paylink_core::{Currency, PaymentProvider};

use super::{created, money, neutral, payment, rial};
use crate::samples::CREATED;
use crate::script::Script;

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

#[tokio::test]
async fn every_input_without_a_place_is_refused() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    let cardpay = neutral(&script);
    for (input, payment) in [
        (
            Input::NotifyUrl,
            payment().notify_url("https://shop.example/hook").unwrap(),
        ),
        (Input::PayerName, payment().payer_name("Sara").unwrap()),
        (
            Input::NationalId,
            payment().national_id("0076229645".parse().unwrap()),
        ),
        (Input::Description, payment().description("shoes").unwrap()),
    ] {
        let error = refused(&*cardpay, &payment).await;
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{input}");
        assert!(error.to_string().contains(input.as_str()), "{error}");
    }
    for other in [Currency::Usd, Currency::Usdt] {
        let payment = NewPayment::new("1000", money("100", other)).unwrap();
        let error = refused(&*cardpay, &payment).await;
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{other}");
    }
    assert!(script.requests().is_empty(), "something was sent");
}

/// Two orders must not become one number, so a reference is taken only as the script would write it.
#[tokio::test]
async fn a_reference_is_a_number_in_plain_digits() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    let cardpay = neutral(&script);
    for reference in [
        "A1000",
        "01000",
        "0",
        "-1",
        "+1000",
        "1000.0",
        "1 000",
        "۱۰۰۰",
        "9223372036854775808",
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

#[tokio::test]
async fn what_is_not_offered_says_why_and_sends_nothing() {
    let script = Script::start().await;
    let record = created(&script).await.record().clone();
    script.answer(200, CREATED);
    let cardpay = neutral(&script);
    for (capability, error) in [
        (Capability::State, cardpay.state(&record).await.unwrap_err()),
        (
            Capability::Refund,
            cardpay.refund(&record).await.unwrap_err(),
        ),
        (
            Capability::Disable,
            cardpay.disable(&record).await.unwrap_err(),
        ),
        (
            Capability::Resend,
            cardpay.resend(&record).await.unwrap_err(),
        ),
        (
            Capability::List,
            cardpay.list(&ListPayments::new()).await.unwrap_err(),
        ),
        (
            Capability::ReadReturn,
            cardpay.read_return("pay_id=19").unwrap_err(),
        ),
        (
            Capability::ReadWebhook,
            cardpay.read_webhook(b"pay_id=19").unwrap_err(),
        ),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{capability}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{capability}");
        assert!(error.to_string().contains(capability.as_str()), "{error}");
    }
    assert!(script.requests().is_empty(), "something was sent");
}
