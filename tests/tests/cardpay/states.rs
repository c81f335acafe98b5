//! A payment's whole life as the client sees it, in both encodings and every form of codes.

use std::time::Duration;

use cardpay_client::{BodyEncoding, CardNumber, CardPay, Code, ErrorKind, PaymentState};
use paylink_core::{Effect, Rial};
use paylink_sandbox::Sandbox;
use paylink_sandbox::cardpay::{CodeForm, TIME_ALLOWED};
use paylink_tests::cardpay_shop;
use paylink_tests::impatience::{self, Impatience};

fn client(sandbox: &Sandbox, token: &str, encoding: BodyEncoding) -> CardPay {
    let transport = impatience::transport().runtime(Impatience::new());
    CardPay::builder(sandbox.cardpay().base_url(), token)
        .body_encoding(encoding)
        .transport(transport.build().unwrap())
        .build()
        .unwrap()
}

#[tokio::test]
async fn every_state_of_a_payment_is_told_apart() {
    for (encoding, form) in [
        (BodyEncoding::Form, CodeForm::Number),
        (BodyEncoding::Json, CodeForm::Text),
        (BodyEncoding::Form, CodeForm::EverythingText),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        let there = sandbox.cardpay();
        there.change_settings(|it| it.code_form = form);
        let cardpay = client(&sandbox, there.token(), encoding);
        let order = cardpay_shop::order(1000).unwrap();
        let order = order
            .with_callback("https://shop.example/back?order=1000")
            .unwrap();
        let created = cardpay.create(order).await.unwrap();
        let link = format!("{}/cardpay/payment/{}", sandbox.url(), created.pay_id);
        assert_eq!(created.link.as_ref().unwrap().as_str(), link);
        assert!(created.unreadable.is_empty());
        let left = cardpay.time_left(created.expires.unwrap());
        // The client's clock stands still, so it may lie behind.
        assert!(left.abs_diff(TIME_ALLOWED) < Duration::from_secs(60));
        let cards: Vec<_> = created
            .pay_to
            .iter()
            .map(|card| card.number.expose())
            .collect();
        let own = there.merchant_cards().iter();
        assert_eq!(
            cards,
            own.map(|card| card.number.number()).collect::<Vec<_>>()
        );
        assert_eq!(cardpay.cards().await.unwrap().cards, created.pay_to);

        let check = async || cardpay.check(created.pay_id).await.unwrap().state;
        assert_eq!(check().await, PaymentState::NotPaidYet);
        there.pay(created.pay_id.get()).unwrap();
        assert_eq!(check().await, PaymentState::FirstVerification);
        assert_eq!(check().await, PaymentState::VerifiedBefore);
        assert_eq!(check().await, PaymentState::VerifiedBefore);

        let late = cardpay.create(cardpay_shop::order(1001).unwrap()).await;
        sandbox.clock().advance(TIME_ALLOWED);
        let late = cardpay.check(late.unwrap().pay_id).await.unwrap();
        assert_eq!(late.state, PaymentState::Expired);
    }
}

#[tokio::test]
async fn a_card_is_recorded_once_and_never_for_what_is_final() {
    let sandbox = Sandbox::start().await.unwrap();
    let there = sandbox.cardpay();
    let cardpay = client(&sandbox, there.token(), BodyEncoding::Form);
    let card = CardNumber::parse(there.payer_card()).unwrap();
    let refused = async |pay_id| {
        let error = cardpay.set_card(pay_id, card.clone()).await.unwrap_err();
        assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
        error.refusal().and_then(Code::from_refusal).unwrap()
    };
    let one = cardpay
        .create(cardpay_shop::order(1).unwrap())
        .await
        .unwrap();
    cardpay.set_card(one.pay_id, card.clone()).await.unwrap();
    let recorded = there.payment(one.pay_id.get()).unwrap().card.unwrap();
    assert_eq!(recorded.number(), there.payer_card());
    assert_eq!(refused(one.pay_id).await, Code::CARD_RECORDED_BEFORE);

    let two = cardpay
        .create(cardpay_shop::order(2).unwrap())
        .await
        .unwrap();
    there.pay(two.pay_id.get()).unwrap();
    assert_eq!(refused(two.pay_id).await, Code::PAYMENT_FINAL);
}

#[tokio::test]
async fn the_script_and_the_client_agree_on_the_least_price_and_on_the_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let there = sandbox.cardpay();
    let cardpay = client(&sandbox, there.token(), BodyEncoding::Form);
    let least = cardpay_client::NewPayment::new(1, Rial::new(10_000)).unwrap();
    assert!(cardpay.create(least).await.is_ok());

    let stranger = client(&sandbox, "another-token", BodyEncoding::Form);
    let error = stranger.cards().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let order = cardpay_shop::order(2).unwrap();
    let error = stranger.create(order).await.unwrap_err();
    assert_eq!(
        error.refusal().and_then(Code::from_refusal),
        Some(Code::TOKEN_REFUSED)
    );
    assert_eq!(there.payments().len(), 1);
}
