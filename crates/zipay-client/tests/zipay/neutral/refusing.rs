//! What ZiPay does not take or offer is refused before a byte leaves, by preparing and creating alike.

use paylink_core::provider::{Capability, Input, ListPayments, NewPayment};
use paylink_core::{Effect, ErrorKind, PaymentProvider};
use zipay_client::Error;

use super::{neutral, payment_of, price, record};
use crate::provider::Provider;

/// Holds both ways to a create against one another.
async fn refused(zipay: &dyn PaymentProvider, payment: &NewPayment) -> Error {
    let prepared = zipay.prepare(payment).unwrap_err();
    let created = zipay.create(payment).await.unwrap_err();
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
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    let payment = || payment_of(price());
    for (input, payment) in [
        (
            Input::Mobile,
            payment().mobile("09123456789".parse().unwrap()),
        ),
        (Input::PayerName, payment().payer_name("Sara").unwrap()),
        (
            Input::PayerCard,
            payment().payer_card("6037701689095443".parse().unwrap()),
        ),
        (Input::Description, payment().description("shoes").unwrap()),
    ] {
        let error = refused(&*zipay, &payment).await;
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{input}");
        assert!(error.to_string().contains(input.as_str()), "{error}");
    }
    assert_eq!(provider.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_payment_needs_a_return_url_and_a_terminal() {
    let provider = Provider::start().await;
    let bare = NewPayment::new("1000", price()).unwrap();
    let error = refused(&*neutral(&provider), &bare).await;
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("return URL"), "{error}");

    let homeless = provider.client_builder().build().unwrap();
    let error = refused(&homeless, &payment_of(price())).await;
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("terminal"), "{error}");
    assert_eq!(provider.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_not_offered_says_why_and_sends_nothing() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    let day = ListPayments::new().day("1403/05/20".parse().unwrap());
    for (lacking, error) in [
        (
            Capability::Disable.as_str(),
            zipay.disable(&record()).await.unwrap_err(),
        ),
        (
            Capability::Resend.as_str(),
            zipay.resend(&record()).await.unwrap_err(),
        ),
        (Input::ListDay.as_str(), zipay.list(&day).await.unwrap_err()),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{lacking}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{lacking}");
        assert!(error.to_string().contains(lacking), "{error}");
    }
    assert_eq!(provider.asked(), Vec::<String>::new());
}
