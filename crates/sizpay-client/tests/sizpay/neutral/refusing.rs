//! What SizPay does not take or offer is refused before a byte leaves.

use paylink_core::provider::{
    Capability, Cursor, Demand, Input, ListPayments, NewPayment, OrderReference, PaymentRecord,
};
use paylink_core::{Effect, Error, ErrorKind, Money, PaymentProvider};
use sizpay_client::Via;

use super::{ALMOST_MIDNIGHT, chosen, over_rest, payment, payment_of, record_at, rial};
use crate::provider::Provider;
use crate::samples::day;

#[track_caller]
fn assert_refused(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    assert_eq!(error.attempts(), 0, "{error}");
}

#[tokio::test]
async fn an_input_that_sizpay_has_no_place_for_is_refused() {
    let provider = Provider::start().await;
    let shop = "https://shop.example/";
    let card = "6037991234567893".parse().unwrap();
    let refused = [
        (Input::ReturnUrl, payment().return_url(shop).unwrap()),
        (Input::NotifyUrl, payment().notify_url(shop).unwrap()),
        (
            Input::NationalId,
            payment().national_id("0499370899".parse().unwrap()),
        ),
        (Input::PayerCard, payment().payer_card(card)),
    ];
    for via in Via::ALL.iter().copied() {
        let sizpay = chosen(&provider, via);
        for (input, payment) in &refused {
            let error = sizpay.create(payment).await.unwrap_err();
            assert_refused(&error, ErrorKind::Unsupported);
            assert_refused(
                &sizpay.prepare(payment).unwrap_err(),
                ErrorKind::Unsupported,
            );
            assert!(error.to_string().contains(input.as_str()), "{error}");
            let demand = sizpay.capabilities().demand(*input);
            assert!(matches!(demand, Demand::Refused(_)), "{input}");
        }
    }
    assert!(provider.requests().is_empty());
}

/// Preparing and creating refuse the same with the same words.
#[tokio::test]
async fn preparing_refuses_what_creating_would() {
    let provider = Provider::start().await;
    let sizpay = over_rest(&provider);
    let long = "س".repeat(51);
    let name = Input::PayerName.key();
    let description = Input::Description.key();
    for (payment, field) in [
        (
            NewPayment::new("1", rial("1")).unwrap(),
            Input::Mobile.key(),
        ),
        (payment_of("1,2", rial("1")), OrderReference::KEY),
        (payment_of("۱", rial("1")), OrderReference::KEY),
        (payment_of(&"1".repeat(101), rial("1")), OrderReference::KEY),
        (payment_of("1", rial("9223372036854775808")), Money::KEY),
        (payment_of("1", rial("0.5")), Money::KEY),
        (payment().payer_name(&long).unwrap(), name),
        (payment().description(&long).unwrap(), description),
        (payment().description("two\nlines").unwrap(), description),
    ] {
        let prepared = sizpay.prepare(&payment).unwrap_err();
        let created = sizpay.create(&payment).await.unwrap_err();
        assert_refused(&created, ErrorKind::Invalid);
        assert_eq!(prepared.to_string(), created.to_string());
        assert_eq!(created.invalid().unwrap().key(), field.as_str());
        assert!(created.to_string().contains(field.label()), "{created}");
    }
    assert!(provider.requests().is_empty());
}

/// Every method of an optional capability.
async fn outcome(
    sizpay: &dyn PaymentProvider,
    capability: Capability,
    record: &PaymentRecord,
) -> Option<Error> {
    let day = ListPayments::new().day(day());
    match capability {
        Capability::State => sizpay.state(record).await.err(),
        Capability::Refund => sizpay.refund(record).await.err(),
        Capability::Disable => sizpay.disable(record).await.err(),
        Capability::Resend => sizpay.resend(record).await.err(),
        Capability::List => sizpay.list(&day).await.err(),
        Capability::ReadReturn => sizpay.read_return("InvoiceNo=99112101").err(),
        Capability::ReadWebhook => sizpay.read_webhook(b"InvoiceNo=99112101").err(),
        // These are no methods: how a create is answered and resolved is tested where that is.
        _ => None,
    }
}

#[tokio::test]
async fn what_is_not_offered_is_refused_before_anything_is_sent() {
    // Around midnight SizPay would have to be asked for the day first.
    let record = record_at(ALMOST_MIDNIGHT).await;
    let provider = Provider::start().await;
    for via in Via::ALL.iter().copied() {
        let sizpay = chosen(&provider, via);
        let mut refused = 0;
        for capability in Capability::ALL.iter().copied() {
            if sizpay.capabilities().of(capability).is_yes() {
                continue;
            }
            if let Some(error) = outcome(&*sizpay, capability, &record).await {
                assert_refused(&error, ErrorKind::Unsupported);
                refused += 1;
            }
        }
        assert_eq!(refused, if via == Via::Rest { 3 } else { 6 }, "{via}");
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_list_is_one_page_of_one_day() {
    let provider = Provider::start().await;
    let sizpay = over_rest(&provider);
    let dayless = sizpay.list(&ListPayments::new()).await.unwrap_err();
    assert_refused(&dayless, ErrorKind::Invalid);
    assert!(dayless.to_string().contains("day"), "{dayless}");
    let second_page = ListPayments::new().day(day()).after(Cursor::new("2"));
    let error = sizpay.list(&second_page).await.unwrap_err();
    assert_refused(&error, ErrorKind::Invalid);
    assert_eq!(error.invalid().unwrap().key(), Cursor::KEY.as_str());
    assert!(provider.requests().is_empty());
}
