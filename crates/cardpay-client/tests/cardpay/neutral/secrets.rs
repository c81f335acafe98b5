//! Nothing that goes through the trait prints a token, a whole card or the payer's number.

use cardpay_client::{Error, Resolution};
use paylink_core::provider::PayToCard;
use paylink_testkit::{Canaries, Capture};
use serde_json::json;

use super::{neutral, payment};
use crate::samples::{CARD, CREATED, failure};
use crate::script::{Answer, Script, TOKEN};

/// The merchant's own card, in an answer.
const SHOP_CARD: &str = "6274129005473742";
const HOLDER: &str = "Holder Of The Shop";
const PHONE: &str = "09123452730";

fn look_error(seen: &Capture, error: &Error) {
    seen.look_error("error", error);
    seen.look_serialized("error", &error.record()).unwrap();
    if let Some(handle) = error.handle() {
        seen.look("handle", handle);
        seen.look_serialized("handle", handle).unwrap();
    }
}

#[tokio::test]
async fn nothing_that_goes_through_the_trait_prints_a_secret() {
    let script = Script::start().await;
    let cardpay = neutral(&script);
    let canaries = Canaries::new([TOKEN, CARD, SHOP_CARD, HOLDER, PHONE]).unwrap();
    let seen = Capture::new(canaries);
    let payment = payment()
        .payer_card(CARD.parse().unwrap())
        .mobile(PHONE.parse().unwrap());
    seen.look("provider", &*cardpay);
    seen.look("payment", &payment);
    seen.look("payer", payment.payer());
    seen.look("handle", &cardpay.prepare(&payment).unwrap().handle());

    let cards = json!([{"number": SHOP_CARD, "name": HOLDER, "bank": "Saman"}]);
    script.answer(200, &crate::samples::with(CREATED, "cart", cards));
    let created = cardpay.create(&payment).await.unwrap();
    seen.look("created", &created);
    seen.look_serialized("record", created.record()).unwrap();
    let cards = created.exact_transfer().unwrap().cards();
    let shown: Vec<_> = cards.iter().map(PayToCard::number).collect();
    assert_eq!(shown, [SHOP_CARD], "the payer has to see it whole");

    let price = *payment.price();
    let expected = paylink_core::provider::ExpectedPayment::new(
        "1000".parse().unwrap(),
        price,
        created.record().clone(),
    );
    seen.look("expected", &expected);
    script.answer(200, &failure(7));
    let settlement = cardpay.settle(&expected).await.unwrap();
    seen.look("settlement", &settlement);

    script.answers([Answer::new(502, SHOP_CARD).labelled("text/html")]);
    let lost = cardpay.settle(&expected).await.unwrap_err();
    look_error(&seen, &lost);
    look_error(&seen, &cardpay.create(&payment).await.unwrap_err());
    script.answer(
        500,
        &format!(r#"{{"status":false,"code":-3,"msg":"{CARD}"}}"#),
    );
    look_error(&seen, &cardpay.create(&payment).await.unwrap_err());
    script.answer(200, &failure(7));
    let resolution = cardpay.resolve(lost.handle().unwrap()).await.unwrap();
    assert!(matches!(resolution, Resolution::Executed(_)));
    seen.look("resolution", &resolution);
    seen.assert_clean();
}
