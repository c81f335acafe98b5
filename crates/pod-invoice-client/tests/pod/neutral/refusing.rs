//! What POD does not take or offer is refused before a byte leaves.

use paylink_core::provider::{
    Capability, Cursor, Demand, Input, ListPayments, NewPayment, OrderReference,
};
use paylink_core::{Effect, Error, ErrorKind, PaymentProvider};

use super::{builder, chosen, payment, record, rial};
use crate::provider::Provider;

#[track_caller]
fn assert_refused(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    assert_eq!(error.attempts(), 0, "{error}");
}

#[tokio::test]
async fn an_input_that_pod_has_no_place_for_is_refused() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    let card = "6037991234567893".parse().unwrap();
    for (input, payment) in [
        (Input::PayerName, payment().payer_name("Sara").unwrap()),
        (
            Input::NationalId,
            payment().national_id("0499370899".parse().unwrap()),
        ),
        (Input::PayerCard, payment().payer_card(card)),
    ] {
        let error = pod.create(&payment).await.unwrap_err();
        assert_refused(&error, ErrorKind::Unsupported);
        assert!(error.to_string().contains(input.as_str()), "{error}");
        assert_refused(&pod.prepare(&payment).unwrap_err(), ErrorKind::Unsupported);
        let demand = pod.capabilities().demand(input);
        assert!(matches!(demand, Demand::Refused(_)), "{input}");
    }
    assert!(provider.requests().is_empty());
}

/// Preparing and creating refuse the same with the same words; what would leave no room for the link among it.
#[tokio::test]
async fn preparing_refuses_what_creating_would() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    let escaped = NewPayment::new("a&amp;b", rial("1")).unwrap();
    let long = format!("https://shop.example/{}", "a".repeat(900));
    let crowded = payment()
        .return_url(&long)
        .unwrap()
        .notify_url(&long)
        .unwrap();
    for (payment, field) in [
        (escaped, OrderReference::KEY),
        (crowded, Input::ReturnUrl.key()),
    ] {
        let prepared = pod.prepare(&payment).unwrap_err();
        let created = pod.create(&payment).await.unwrap_err();
        assert_refused(&created, ErrorKind::Invalid);
        assert_eq!(prepared.to_string(), created.to_string());
        assert!(created.to_string().contains(field.label()), "{created}");
        assert_eq!(created.invalid().unwrap().key(), field.as_str());
    }
    let keyless = provider.builder(pod_invoice_client::Environment::Production);
    let keyless: Box<dyn PaymentProvider> = Box::new(keyless.guild("A").build().unwrap());
    assert_refused(
        &keyless.prepare(&payment()).unwrap_err(),
        ErrorKind::Invalid,
    );
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn what_is_not_offered_is_refused_before_anything_is_sent() {
    let record = record().await;
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    for (capability, error) in [
        (Capability::Refund, pod.refund(&record).await.unwrap_err()),
        (Capability::Resend, pod.resend(&record).await.unwrap_err()),
    ] {
        assert!(!pod.capabilities().of(capability).is_yes());
        assert_refused(&error, ErrorKind::Unsupported);
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn somebody_else_s_record_or_cursor_is_refused() {
    let provider = Provider::start().await;
    let pod = builder(&provider).business(7867).build().unwrap();
    let pod: Box<dyn PaymentProvider> = Box::new(pod);
    let elsewhere = record().await.merchant("7868");
    for error in [
        pod.state(&elsewhere).await.unwrap_err(),
        pod.disable(&elsewhere).await.unwrap_err(),
    ] {
        assert_refused(&error, ErrorKind::Mismatch);
    }
    let text = serde_json::to_string(&record().await).unwrap();
    let foreign = serde_json::from_str(&text.replace("\"pod\"", "\"zipay\"")).unwrap();
    assert_refused(&pod.state(&foreign).await.unwrap_err(), ErrorKind::Invalid);
    for cursor in ["", "-1", "next", "1.5"] {
        let list = ListPayments::new().after(Cursor::new(cursor));
        let error = pod.list(&list).await.unwrap_err();
        assert_refused(&error, ErrorKind::Invalid);
        assert_eq!(error.invalid().unwrap().key(), Cursor::KEY.as_str());
    }
    assert!(provider.requests().is_empty());
}
