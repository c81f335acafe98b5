//! A lost create stays unknown, and says what is left to do; a lost check is asked again.

use cardpay_client::{Effect, Error, ErrorKind, Handle, Resolution};
use paylink_core::provider::{PaymentState, Resolved};

use super::{books, neutral, payment, stored};
use crate::samples::failure;
use crate::script::{Answer, Script};

fn lost() -> Answer {
    Answer::new(502, "").labelled("text/html")
}

/// The handle of an error, as it comes back from the merchant's store.
fn kept(error: &Error) -> Handle {
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    let text = serde_json::to_string(error.handle().unwrap()).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_lost_create_stays_unknown_and_nothing_is_sent() {
    let script = Script::start().await;
    let cardpay = neutral(&script);
    script.answers([lost()]);
    let error = cardpay.create(&payment()).await.unwrap_err();
    let prepared = cardpay.prepare(&payment()).unwrap();
    let prepared = prepared.handle().clone();
    script.answer(500, &failure(3));
    for handle in [kept(&error), prepared] {
        let error = cardpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
        for said in ["1000", "code 3", "new number"] {
            assert!(error.to_string().contains(said), "{error}");
        }
    }
    assert!(script.requests().is_empty(), "resolving sent something");
}

#[tokio::test]
async fn a_lost_check_is_asked_again_and_viewed() {
    let script = Script::start().await;
    let cardpay = neutral(&script);
    let expected = books(&stored(&script).await);
    script.answers([lost()]);
    let handle = kept(&cardpay.settle(&expected).await.unwrap_err());
    for (http, code, state) in [
        (200, 200, PaymentState::Paid),
        (200, 201, PaymentState::Paid),
        (200, 7, PaymentState::Unpaid),
        (500, 6, PaymentState::Expired),
        (200, 199, PaymentState::Unclear("199".into())),
    ] {
        let paid = code > 7;
        script.answer(http, &format!(r#"{{"status":{paid},"code":{code}}}"#));
        match cardpay.resolve(&handle).await.unwrap() {
            Resolution::Executed(Resolved::Changed(payment)) => {
                assert_eq!(payment.state(), &state, "{code}");
                assert_eq!(payment.known_ids().collect::<Vec<_>>(), [("pay_id", "19")]);
            }
            other => panic!("{code}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_handle_of_another_provider_or_shop_is_refused() {
    let script = Script::start().await;
    script.answer(500, &failure(3));
    let now = std::time::SystemTime::now();
    for handle in [
        Handle::new("zipay", "create-invoice", now).reference("1000"),
        Handle::new("cardpay", "create", now)
            .reference("1000")
            .merchant(script.url("/other/")),
    ] {
        let error = neutral(&script).resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}");
    }
    assert!(script.requests().is_empty());
}
