//! A create whose answer was lost is found again as if it had been answered.

use std::time::Duration;

use paylink_core::provider::{Created, Resolved};
use paylink_core::{Effect, ErrorKind, Handle, PaymentProvider, Resolution};
use serde_json::{Value, json};
use sizpay_client::{Via, operations::DisableLink};

use super::{ALMOST_MIDNIGHT, chosen, expected, over_rest, payment_of, record, rial};
use crate::provider::{Answer, Provider};
use crate::samples::{day, listed, send_id, sent};

const ORDER: &str = "99112101";

fn ours() -> Value {
    listed(json!([{"PayLinkSendID": 26041, "InvoiceNo": "99112101", "Status": 0, "RefNo": ""}]))
}

fn stored(handle: &Handle) -> Handle {
    serde_json::from_str(&serde_json::to_string(handle).unwrap()).unwrap()
}

/// The handle of a create whose answer was lost.
async fn lost(provider: &Provider, sizpay: &dyn PaymentProvider) -> Handle {
    provider.answer(Answer::json("").status(503));
    let payment = payment_of(ORDER, rial("10000"));
    let error = sizpay.create(&payment).await.unwrap_err();
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
async fn a_lost_create_comes_back_with_the_record_it_would_have_had() {
    let provider = Provider::answering(sent()).await;
    let sizpay = over_rest(&provider);
    let payment = payment_of(ORDER, rial("10000"));
    let answered = sizpay.create(&payment).await.unwrap();
    let before = stored(sizpay.prepare(&payment).unwrap().handle());
    let after = lost(&provider, &*sizpay).await;
    for handle in [before, after] {
        provider.answer(ours());
        let found = created(sizpay.resolve(&handle).await.unwrap());
        assert_eq!(found.record(), answered.record());
        assert_eq!(found.pay_link(), None, "SizPay does not repeat it");
        assert_eq!(
            provider.bodies().pop().unwrap()["PayLinkFilterList"],
            "99112101"
        );
    }
}

#[tokio::test]
async fn what_is_not_found_is_not_executed_once_the_time_is_over() {
    let provider = Provider::start().await;
    let sizpay = over_rest(&provider);
    let handle = lost(&provider, &*sizpay).await;
    provider.answer(listed(json!([])));
    let look_again_after = Duration::from_secs(180);
    let early = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(early, Resolution::StillUnknown { look_again_after });
    provider.clock.advance(look_again_after);
    let late = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(late, Resolution::NotExecuted);
}

/// A handle may be stored long before it is sent: the record has to lead to the day under which SizPay has the link.
#[tokio::test]
async fn a_link_that_was_sent_a_day_after_its_handle_is_settled_under_its_own_day() {
    let provider = Provider::start().await;
    let sizpay = over_rest(&provider);
    let prepared = sizpay.prepare(&payment_of("99112101", rial("10000")));
    let mut text = serde_json::to_value(prepared.unwrap().handle()).unwrap();
    let prepared_at = text["prepared_at_ms"].as_u64().unwrap();
    text["failed_at_ms"] = json!(prepared_at + 86_400_000);
    let handle: Handle = serde_json::from_value(text).unwrap();
    provider.answers([listed(json!([])).into(), ours().into()]);
    let found = created(sizpay.resolve(&handle).await.unwrap());
    let settlement = sizpay.settle(&expected(found.record().clone())).await;
    assert!(settlement.unwrap().proof().is_none());
    assert_eq!(
        provider.bodies().pop().unwrap()["PayLinkSendDate"],
        "1399/11/22"
    );
}

#[tokio::test]
async fn a_link_whose_id_is_not_named_stays_unknown() {
    let provider = Provider::start().await;
    let sizpay = over_rest(&provider);
    let handle = lost(&provider, &*sizpay).await;
    provider.answer(json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"}));
    let error = sizpay.resolve(&handle).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate, "{error}");
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.handle(), Some(&handle));
}

#[tokio::test]
async fn what_cannot_be_looked_up_stays_unknown_without_asking() {
    let provider = Provider::start().await;
    let payment = payment_of(ORDER, rial("10000"));
    let client = provider.client();
    let disabled = client.disable_link(DisableLink::by_send_id(send_id(26041), day()));
    let rest = over_rest(&provider);
    let asmx = chosen(&provider, Via::AsmxJson);
    let sent_over_asmx = asmx.prepare(&payment).unwrap().handle().clone();
    for (sizpay, handle) in [(&rest, disabled.handle()), (&asmx, sent_over_asmx)] {
        let error = sizpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_record_made_around_midnight_is_the_same_either_way() {
    let provider = Provider::answering(sent()).await;
    provider.clock.advance(Duration::from_secs(ALMOST_MIDNIGHT));
    let sizpay = over_rest(&provider);
    let payment = payment_of("99112101", rial("10000"));
    let answered = sizpay.create(&payment).await.unwrap();
    let handle = sizpay.prepare(&payment).unwrap().handle().clone();
    provider.answers([listed(json!([])).into(), ours().into()]);
    let found = created(sizpay.resolve(&handle).await.unwrap());
    assert_eq!(found.record(), answered.record());
    assert_ne!(found.record(), &record().await);
}
