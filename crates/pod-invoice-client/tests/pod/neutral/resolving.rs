//! A create whose answer was lost is found again as if it had been answered.

use std::time::Duration;

use paylink_core::provider::{Created, NewPayment, PaymentState, Resolved};
use paylink_core::{Effect, ErrorKind, Handle, PaymentProvider, Resolution};
use serde_json::json;

use super::{CANCEL, ISSUE, LIST, builder, chosen, issued, issued_with, payment, record};
use crate::provider::{Provider, bad, good};

fn wanted() -> NewPayment {
    payment()
        .return_url("https://shop.example/back?order=1000")
        .unwrap()
        .notify_url("https://shop.example/hook")
        .unwrap()
}

fn stored(handle: &Handle) -> Handle {
    serde_json::from_str(&serde_json::to_string(handle).unwrap()).unwrap()
}

/// The handle of a create whose answer was lost.
async fn lost(provider: &Provider, pod: &dyn PaymentProvider) -> Handle {
    provider.answer(ISSUE, bad(378));
    let error = pod.create(&wanted()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    stored(error.handle().unwrap())
}

#[track_caller]
fn created(resolution: Resolution<Resolved>) -> Created {
    let Resolution::Executed(resolved) = resolution else {
        panic!("{resolution:?}");
    };
    resolved.created().unwrap().clone()
}

#[tokio::test]
async fn a_lost_create_comes_back_as_it_would_have_been_answered() {
    let provider = Provider::start().await;
    provider.answer(LIST, good(json!([issued()])));
    for business in [None, Some(7867)] {
        let pod = builder(&provider);
        let pod = match business {
            Some(id) => pod.business(id),
            None => pod,
        };
        let pod: Box<dyn PaymentProvider> = Box::new(pod.build().unwrap());
        provider.answer(ISSUE, good(issued()));
        let answered = pod.create(&wanted()).await.unwrap();
        let before = stored(pod.prepare(&wanted()).unwrap().handle());
        let after = lost(&provider, &*pod).await;
        for handle in [before, after] {
            let found = created(pod.resolve(&handle).await.unwrap());
            assert_eq!(found, answered);
            let link = found.pay_link().unwrap().as_str();
            assert!(link.contains("&redirectUri=https"), "{link}");
        }
    }
}

#[tokio::test]
async fn what_is_not_found_is_not_executed_once_the_time_is_over() {
    let provider = Provider::start().await;
    provider.answer(LIST, good(json!([])));
    let pod = chosen(&provider);
    let handle = lost(&provider, &*pod).await;
    let early = pod.resolve(&handle).await.unwrap();
    let look_again_after = Duration::from_secs(180);
    assert_eq!(early, Resolution::StillUnknown { look_again_after });
    provider.clock.advance(180);
    assert_eq!(pod.resolve(&handle).await.unwrap(), Resolution::NotExecuted);
}

#[tokio::test]
async fn what_cannot_be_paid_at_the_price_stays_unknown() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    let handle = lost(&provider, &*pod).await;
    for (listed, kind) in [
        (json!({"payableAmount": 1_090_000}), ErrorKind::Mismatch),
        (json!({"uniqueNumber": null}), ErrorKind::Untrusted),
    ] {
        provider.answer(LIST, good(json!([issued_with(listed)])));
        let error = pod.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
    }
}

#[tokio::test]
async fn a_lost_cancellation_is_looked_up_by_the_invoice() {
    let provider = Provider::start().await;
    provider.answer(LIST, good(json!([issued()])));
    provider.answer(CANCEL, bad(227));
    let pod = chosen(&provider);
    let error = pod.disable(&record().await).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let handle = stored(error.handle().unwrap());
    let cancelled = issued_with(json!({"canceled": true}));
    provider.answer(LIST, good(json!([cancelled])));
    let resolution = pod.resolve(&handle).await.unwrap();
    let Resolution::Executed(Resolved::Changed(payment)) = resolution else {
        panic!("{resolution:?}");
    };
    assert_eq!(payment.state(), &PaymentState::Cancelled);
}

/// Another business's invoice is not listed here, which would look as if it had never been issued.
#[tokio::test]
async fn another_business_s_handle_is_refused_before_asking() {
    let provider = Provider::start().await;
    let of = |business| -> Box<dyn PaymentProvider> {
        Box::new(builder(&provider).business(business).build().unwrap())
    };
    let handle = of(7868).prepare(&payment()).unwrap().handle().clone();
    assert_eq!(handle.own_merchant(), Some("7868"));
    let foreign = Handle::new("zipay", "create-invoice", handle.prepared_at());
    for handle in [handle, foreign] {
        let error = of(7867).resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
    }
    assert!(provider.requests().is_empty());
}
