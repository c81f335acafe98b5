//! What resolving can say: nothing by look-up, everything that is known, and never a second create.

use cardpay_client::{CardPay, Effect, Error, ErrorKind, Handle, PaymentState, Resolution, Rial};
use paylink_core::Money;

use crate::samples::{CARD, card, failure, pay_id, payment};
use crate::script::{Script, TOKEN, answer};

/// A handle that went through the shop's store.
fn stored(error: &Error) -> Handle {
    let text = serde_json::to_string(error.handle().unwrap()).unwrap();
    assert!(!text.contains(CARD), "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn an_unknown_create_stays_unknown_and_is_not_repeated() {
    let script = Script::start().await;
    let cardpay = script.client();
    script.answers([answer(502, "").header("content-type", "text/html")]);
    let error = cardpay.create(payment()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(script.requests().len(), 1);
    let handle = stored(&error);
    assert_eq!(handle.reference(), Some("1000"));
    assert_eq!(handle.amount(), Some(&Money::from(Rial::new(11_000))));

    script.answer(500, &failure(3));
    let resolved = cardpay.resolve(&handle).await.unwrap_err();
    assert_eq!(resolved.kind(), ErrorKind::Unsupported);
    assert_eq!(
        resolved.effect(),
        Effect::Unknown,
        "the create's, not the asking's"
    );
    assert_eq!(resolved.handle(), Some(&handle));
    for said in ["1000", "panel", "code 3", "pay_id is lost", "new number"] {
        assert!(resolved.to_string().contains(said), "{resolved}");
    }
    assert!(script.requests().is_empty(), "resolving sent something");
}

#[tokio::test]
async fn an_unknown_card_stays_unknown_and_is_not_repeated() {
    let script = Script::start().await;
    let cardpay = script.client();
    script.answer(200, "{}");
    let error = cardpay.set_card(pay_id(), card()).await.unwrap_err();
    let handle = stored(&error);
    assert_eq!(handle.id("pay_id"), Some("19"));

    script.answer(500, &failure(-2));
    let resolved = cardpay.resolve(&handle).await.unwrap_err();
    assert_eq!(resolved.kind(), ErrorKind::Unsupported);
    assert_eq!(resolved.effect(), Effect::Unknown);
    assert!(resolved.to_string().contains("code -2"), "{resolved}");
    assert!(script.requests().is_empty(), "resolving sent something");
}

#[tokio::test]
async fn an_unknown_check_is_asked_again() {
    let script = Script::start().await;
    let cardpay = script.client();
    script.answers([answer(502, "").header("content-type", "text/html")]);
    let error = cardpay.check(pay_id()).await.unwrap_err();
    let handle = stored(&error);
    script.answer(200, r#"{"status":true,"code":200}"#);
    assert_eq!(
        cardpay.resolve(&handle).await.unwrap(),
        Resolution::Executed(PaymentState::VerifiedBefore)
    );
}

/// What is wrong with a stored handle tells nothing of what it stands for.
#[tokio::test]
async fn a_handle_that_cannot_be_looked_up_leaves_everything_unknown() {
    let script = Script::start().await;
    let cardpay = script.client();
    let now = std::time::SystemTime::now();
    let of = |operation| Handle::new("cardpay", operation, now);
    let ours = |operation| of(operation).with_merchant(script.url("/api/"));
    for handle in [
        of("create")
            .with_merchant(script.url("/other/"))
            .with_reference("1000"),
        of("check").with_id("pay_id", "19"),
        ours("create"),
        ours("set-card").with_id("pay_id", "19\u{200f}"),
        ours("check").with_id("pay_id", "19\u{200f}"),
    ] {
        let error = cardpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}");
        assert_eq!(error.effect(), Effect::Unknown, "{handle:?}");
        assert_eq!(error.handle(), Some(&handle));
    }
    assert!(script.requests().is_empty());
}

/// Payment 19 of one shop is not payment 19 of another.
#[tokio::test]
async fn a_handle_of_another_provider_shop_or_operation_is_refused() {
    let script = Script::start().await;
    let cardpay = script.client();
    let other = CardPay::builder(script.url("/other/"), TOKEN);
    let other = other.build().unwrap();
    let now = std::time::SystemTime::now();
    for handle in [
        Handle::new("zipay", "check", now),
        Handle::new("cardpay", "check", now).with_id("pay_id", "19"),
        other.check(pay_id()).handle(),
        cardpay.cards().handle(),
        Handle::new("cardpay", "check", now).with_merchant(script.url("/api/")),
        Handle::new("cardpay", "create", now).with_merchant(script.url("/api/")),
        Handle::new("cardpay", "check", now)
            .with_merchant(script.url("/api/"))
            .with_id("pay_id", "19&x=1"),
    ] {
        let error = cardpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}");
    }
    assert!(script.requests().is_empty());
}
