//! Nothing that comes out of the neutral API shows a key or a payer's data.

use paylink_testkit::{Canaries, Capture};
use serde_json::json;

use super::{expected, over_rest, payment};
use crate::provider::{Answer, PASSWORD, Provider, USER_NAME};
use crate::samples::{listed, sent};

const MOBILE: &str = "09122272730";
const NAME: &str = "canary-payer-name";
const WHAT_FOR: &str = "canary-description";

#[tokio::test(flavor = "current_thread")]
async fn neither_debug_nor_stored_json_nor_events_hold_a_secret() {
    let canaries = Canaries::new([USER_NAME, PASSWORD, MOBILE, NAME, WHAT_FOR]).unwrap();
    let capture = Capture::new(canaries);
    let _listening = capture.listen();
    let provider = Provider::answering(sent()).await;
    let sizpay = over_rest(&provider);
    let payment = payment()
        .payer_name(NAME)
        .unwrap()
        .description(WHAT_FOR)
        .unwrap();
    capture.look("provider", &sizpay);
    capture.look("payment", &payment);
    let prepared = sizpay.prepare(&payment).unwrap();
    capture.look("prepared", &prepared);
    capture.look("handle", prepared.handle());
    capture
        .look_serialized("handle", prepared.handle())
        .unwrap();
    let created = sizpay.create(&payment).await.unwrap();
    capture.look("created", &created);
    capture.look_serialized("created", &created).unwrap();

    let element = json!({
        "PayLinkSendID": 26041, "Status": 0, "RefNo": "", "MobileNo": MOBILE, "CustomerName": NAME
    });
    provider.answer(listed(json!([element])));
    let state = sizpay.state(created.record()).await.unwrap();
    capture.look("state", &state);
    capture.look_serialized("state", &state).unwrap();
    let expected = expected(created.record().clone());
    capture.look("expected", &expected);
    capture.look("settlement", &sizpay.settle(&expected).await.unwrap());

    provider.answer(Answer::json("").status(503));
    let error = sizpay.create(&payment).await.unwrap_err();
    capture.look_error("lost", &error);
    capture.look_serialized("lost", &error.record()).unwrap();
    let too_long = payment.payer_name(&NAME.repeat(9)).unwrap();
    let error = sizpay.create(&too_long).await.unwrap_err();
    capture.look_error("refused", &error);
    capture.assert_clean();
}
