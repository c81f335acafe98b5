//! Disabling a link, and sending its SMS again, under the day that SizPay has it.

use paylink_core::{Effect, ErrorKind, Field, PaymentProvider};
use serde_json::{Value, json};
use sizpay_client::SizPay;

use super::{ALMOST_MIDNIGHT, over_rest, record, record_at};
use crate::provider::{Answer, PASSWORD, Provider, USER_NAME};
use crate::samples::{element, listed};

fn done() -> Value {
    json!({"ResCod": 1, "Message": "انجام شد"})
}

#[tokio::test]
async fn a_link_is_named_by_its_id_and_its_day() {
    let provider = Provider::answering(done()).await;
    let sizpay = over_rest(&provider);
    let record = record().await;
    let disabled = sizpay.disable(&record).await.unwrap();
    assert_eq!(disabled.said(), Some("انجام شد"));
    sizpay.resend(&record).await.unwrap();
    let requests = provider.requests();
    let paths: Vec<_> = requests.iter().map(|it| it.uri_str().to_owned()).collect();
    let path = |method| provider.url(&format!("/api/PayLinkSend/{method}"));
    assert_eq!(paths, [path("PayLinkDisable"), path("PayLinkReSend")]);
    for request in &requests {
        assert_eq!(
            request.body_string(),
            r#"{"UserName":"8WgRua1wrPSyyGwLz7USE2z7kqcsmHgYFYFUsobQ7oI=","Password":"ke41wJbHLA+ppn2HIIJeXw==","PayLinkName":"hosseini","PayLinkSendID":26041,"PayLinkFactorNo":"","PayLinkFactorDate":"1399/11/21"}"#
        );
    }
}

#[tokio::test]
async fn around_midnight_sizpay_is_asked_which_day_it_is() {
    let at_night = record_at(ALMOST_MIDNIGHT).await;
    let provider = Provider::start().await;
    let sizpay = over_rest(&provider);
    let there = listed(json!([element(26041, 0, "")]));
    let nothing = || listed(json!([]));
    // An empty list is asked for once more, on a connection of its own.
    for (reported, day) in [
        (vec![there.clone()], "1399/11/21"),
        (vec![nothing(), nothing(), there], "1399/11/22"),
    ] {
        let answers = reported.into_iter().chain([done()]);
        provider.answers(answers.map(Answer::from));
        sizpay.disable(&at_night).await.unwrap();
        let body = provider.bodies().pop().unwrap();
        assert_eq!(body["PayLinkFactorDate"], day);
    }

    let before = provider.requests().len();
    provider.answer(nothing());
    let error = sizpay.disable(&at_night).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert_eq!(provider.requests().len(), before + 4, "questions alone");
}

#[tokio::test]
async fn a_doubtful_report_leaves_it_at_the_day_of_our_own_clock() {
    let at_night = record_at(ALMOST_MIDNIGHT + 20).await;
    let provider = Provider::start().await;
    let doubtful = || Answer::from(json!({"ResCod": 1, "PayLinkFirstStatus": 0}));
    // Both days, the first one twice: once to learn that the answer names no link.
    provider.answers([doubtful(), doubtful(), doubtful(), done().into()]);
    over_rest(&provider).resend(&at_night).await.unwrap();
    let body = provider.bodies().pop().unwrap();
    assert_eq!(body["PayLinkFactorDate"], "1399/11/22");
}

#[tokio::test]
async fn a_record_of_another_link_name_is_left_alone() {
    let provider = Provider::answering(done()).await;
    let elsewhere = SizPay::builder(USER_NAME, PASSWORD, "ahmadi")
        .base_url(provider.url("/api/PayLinkSend/"))
        .build()
        .unwrap();
    let elsewhere: Box<dyn PaymentProvider> = Box::new(elsewhere);
    let record = record().await;
    for error in [
        elsewhere.state(&record).await.unwrap_err(),
        elsewhere.disable(&record).await.unwrap_err(),
        elsewhere.resend(&record).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().is_in(Field::Merchant));
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_lost_answer_leaves_a_handle() {
    let provider = Provider::answering(Answer::json("").status(503)).await;
    let error = over_rest(&provider)
        .disable(&record().await)
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let handle = error.handle().unwrap();
    assert_eq!(handle.known_id("PayLinkSendID"), Some("26041"));
    assert_eq!(provider.requests().len(), 1, "sent once");
}
