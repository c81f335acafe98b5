//! Nothing that comes out of the neutral API shows a key or a payer's data.

use paylink_core::PaymentProvider;
use paylink_testkit::{Canaries, Capture};
use pod_invoice_client::{BusinessToken, Pod};
use serde_json::json;

use super::{ISSUE, LIST, expected, issued_with, payment};
use crate::provider::{Provider, bad, good};

const TOKEN: &str = "canary-business-token";
const KEY: &str = "canary-key-for-all";
const MOBILE: &str = "09120000000";
const WHAT_FOR: &str = "canary-description";
const PAYER: &str = "canary-payer-name";
const CARD: &str = "621986******1234";

#[tokio::test(flavor = "current_thread")]
async fn neither_debug_nor_stored_json_nor_events_hold_a_secret() {
    let canaries = Canaries::new([TOKEN, KEY, MOBILE, WHAT_FOR, PAYER, CARD]).unwrap();
    let capture = Capture::new(canaries);
    let _listening = capture.listen();
    let provider = Provider::start().await;
    let pod = Pod::builder(BusinessToken::new(TOKEN))
        .key(KEY)
        .guild("CLOTHING_GUILD")
        .base_url(provider.url("/pod/"))
        .build()
        .unwrap();
    let pod: Box<dyn PaymentProvider> = Box::new(pod);
    let payment = payment()
        .mobile(MOBILE.parse().unwrap())
        .description(WHAT_FOR)
        .unwrap();
    capture.look("provider", &pod);
    capture.look("payment", &payment);
    let prepared = pod.prepare(&payment).unwrap();
    capture.look("prepared", &prepared);
    let handle = prepared.handle().clone();
    capture.look("handle", &handle);
    capture.look_serialized("handle", &handle).unwrap();

    let invoice = issued_with(json!({
        "cellphoneNumber": MOBILE, "description": WHAT_FOR, "maskedCardNumber": CARD,
        "userSrv": {"id": 16849, "name": PAYER}
    }));
    provider.answer(ISSUE, good(invoice.clone()));
    let created = pod.create(&payment).await.unwrap();
    capture.look("created", &created);
    capture.look_serialized("created", &created).unwrap();

    provider.answer(LIST, good(json!([invoice])));
    let state = pod.state(created.record()).await.unwrap();
    capture.look("state", &state);
    capture.look_serialized("state", &state).unwrap();
    let resolved = pod.resolve(&handle).await.unwrap();
    capture.look("resolved", &resolved);
    let expected = expected(created.record().clone());
    capture.look("expected", &expected);
    capture.look_error("verify", &pod.settle(&expected).await.unwrap_err());
    provider.answer(ISSUE, bad(999));
    let error = pod.create(&payment).await.unwrap_err();
    capture.look_error("lost", &error);
    capture.look_serialized("lost", &error.record()).unwrap();
    capture.assert_clean();
}
