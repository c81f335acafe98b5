//! Sends whose answer never came.

use std::time::Duration;

use paylink_core::{Effect, ErrorKind, Handle, Resolution};
use paylink_sandbox::{Fault, Sandbox};
use paylink_tests::sizpay_shop;
use sizpay_client::{PayState, Via};

use super::{client, send_method};

/// Sends a link into a fault, and takes the handle out of the shop's store.
async fn lose(sandbox: &Sandbox, via: Via, number: &str, fault: Fault) -> Handle {
    sandbox.faults().next("sizpay", send_method(via), fault);
    let link = sizpay_shop::link(number).unwrap();
    let error = client(sandbox, via).send_link(link).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown, "{via}, {fault}: {error}");
    assert_eq!(error.attempts(), 1, "{via}, {fault}");
    let stored = serde_json::to_string(error.handle().unwrap()).unwrap();
    serde_json::from_str(&stored).unwrap()
}

#[tokio::test]
async fn a_send_that_was_executed_is_found_by_the_shops_own_number() {
    for via in Via::ALL {
        let sandbox = sizpay_shop::open().await.unwrap();
        for fault in [
            Fault::DropAfter,
            Fault::Truncated,
            Fault::HtmlAfter,
            Fault::StatusAfter(503),
        ] {
            let number = format!("lost {fault}");
            let handle = lose(&sandbox, *via, &number, fault).await;
            let rest = client(&sandbox, Via::Rest);
            let Resolution::Executed(found) = rest.resolve(&handle).await.unwrap() else {
                panic!("{via}, {fault}: not found");
            };
            let links = sandbox.sizpay().links();
            let link = links.last().unwrap();
            assert_eq!(link.invoice_number, number);
            let payment = found.payment;
            assert_eq!(payment.send_id.unwrap().get(), link.send_id, "{via}");
            assert_eq!(payment.state, PayState::Unpaid, "{via}");
            assert_eq!(found.sent_on.to_string(), link.sent_on(), "{via}");
        }
        assert_eq!(sandbox.sizpay().links().len(), 4, "{via}: sent again");
        assert_eq!(sandbox.sms().len(), 4, "{via}: sent again");
    }
}

#[tokio::test]
async fn the_asmx_service_cannot_tell_and_says_so() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let handle = lose(&sandbox, Via::Soap, "1000", Fault::DropAfter).await;
    for via in [Via::Soap, Via::SoapModel, Via::AsmxJson] {
        let error = client(&sandbox, via).resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{via}: {error}");
        assert_eq!(error.effect(), Effect::Unknown, "{via}");
        assert_eq!(error.handle(), Some(&handle), "{via}");
    }
}

#[tokio::test]
async fn a_send_that_never_was_is_known_after_the_settling_time() {
    for via in Via::ALL {
        let sandbox = sizpay_shop::open().await.unwrap();
        let handle = lose(&sandbox, *via, "1000", Fault::DropBefore).await;
        let clock = sizpay_shop::clock_of(&sandbox);
        let rest = sizpay_shop::sizpay(&sandbox, Via::Rest, clock.clone()).unwrap();
        let early = rest.resolve(&handle).await.unwrap();
        let Resolution::StillUnknown { retry_after } = early else {
            panic!("{via}: {early:?}");
        };
        assert!(retry_after > Duration::ZERO, "{via}");
        clock.advance(Duration::from_secs(600));
        let late = rest.resolve(&handle).await.unwrap();
        assert!(matches!(late, Resolution::NotExecuted), "{via}: {late:?}");
        assert!(sandbox.sizpay().links().is_empty(), "{via}");
    }
}

#[tokio::test]
async fn somebody_elses_link_of_the_same_number_is_not_taken_for_it() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let handle = lose(&sandbox, Via::Rest, "1000", Fault::DropBefore).await;
    let other = sandbox.sizpay().other_merchant();
    let there = sandbox.sizpay();
    let stranger =
        sizpay_client::SizPay::builder(other.user_name(), other.password(), other.pay_link_name());
    let stranger = stranger.base_url(there.base_url()).build().unwrap();
    let link = sizpay_shop::link("1000").unwrap();
    stranger.send_link(link).await.unwrap();

    let own = client(&sandbox, Via::Rest).resolve(&handle).await.unwrap();
    assert!(!matches!(own, Resolution::Executed(_)), "{own:?}");
    // And the stranger has no business with this handle.
    let foreign = stranger.resolve(&handle).await.unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::Invalid, "{foreign}");
}

#[tokio::test]
async fn a_refused_send_is_proved_not_to_have_happened() {
    let sandbox = sizpay_shop::open().await.unwrap();
    let there = sandbox.sizpay();
    for via in Via::ALL {
        let cases = [
            (there.user_name(), "another-key", there.pay_link_name()),
            ("another-key", there.password(), there.pay_link_name()),
            (there.user_name(), there.password(), "another-name"),
        ];
        for (user_name, password, link_name) in cases {
            let stranger = sizpay_client::SizPay::builder(user_name, password, link_name)
                .base_url(there.base_url())
                .asmx_url(there.asmx_url())
                .via(*via)
                .build()
                .unwrap();
            let link = sizpay_shop::link("1000").unwrap();
            let error = stranger.send_link(link).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{via}: {error}");
            assert_eq!(error.effect(), Effect::NotExecuted, "{via}: {error}");
            let said = error.refusal().unwrap().message().unwrap();
            assert!(
                said.contains("نیست") || said.contains("نشد"),
                "{via}: {said}"
            );
        }
    }
    assert!(there.links().is_empty());
}
