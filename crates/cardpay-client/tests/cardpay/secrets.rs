//! No token and no whole card number in anything that is printed, kept in a handle or told to `tracing`.

use cardpay_client::{CardPay, Code, Effect, Error, ErrorKind, MerchantCard, NewPayment, Rial};
use paylink_core::PaymentProvider;
use paylink_core::provider::{ExpectedPayment, PayToCard};
use paylink_testkit::{Canaries, Capture, bridge_log};
use serde_json::json;

use crate::samples::{CARD, CARDS, CREATED, card, failure, pay_id, with};
use crate::script::{Script, TOKEN, answer};

/// The merchant's own card, in an answer.
const SHOP_CARD: &str = "6274129005473742";
const PHONE: &str = "09123452730";

fn canaries() -> Canaries {
    Canaries::new([TOKEN, CARD, SHOP_CARD, PHONE]).unwrap()
}

fn payment() -> NewPayment {
    NewPayment::new(1000, Rial::new(11_000))
        .unwrap()
        .with_payer_card(card())
        .with_phone(PHONE.parse().unwrap())
}

/// Does everything once, and shows everything there is to show.
async fn everything(cardpay: &CardPay, seen: &Capture) {
    seen.look("client", cardpay);
    seen.look("payment", &payment());
    let call = cardpay.create(payment());
    seen.look("call", &call);
    seen.look_serialized("handle", &call.handle()).unwrap();
    let prepared = call.prepare().unwrap();
    seen.look("prepared", &prepared);
    match prepared.send().await {
        Ok(created) => {
            seen.look("created", &created);
            seen.look_serialized("created", &created).unwrap();
            seen.look("record", created.record());
            seen.look_serialized("record", created.record()).unwrap();
            for card in &created.pay_to {
                seen.look_display("card", &card.number);
            }
        }
        Err(error) => look_error(seen, &error),
    }
    let set = cardpay.set_card(pay_id(), card());
    seen.look("set-card", &set);
    seen.look_serialized("set-card", &set.handle()).unwrap();
    if let Err(error) = set.await {
        look_error(seen, &error);
    }
    match cardpay.cards().await {
        Ok(list) => {
            seen.look("list", &list);
            seen.look_serialized("list", &list).unwrap();
        }
        Err(error) => look_error(seen, &error),
    }
    if let Err(error) = cardpay.check(pay_id()).await {
        look_error(seen, &error);
    }
}

fn saying(code: i64, message: &str) -> String {
    json!({"status": false, "code": code, "msg": message}).to_string()
}

fn look_error(seen: &Capture, error: &Error) {
    seen.look_error("error", error);
    seen.look_serialized("error", &error.report()).unwrap();
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_token_or_a_whole_card() {
    bridge_log().unwrap();
    let capture = Capture::new(canaries());
    let listening = capture.listen();
    let (script, cardpay) = Script::with_client().await;
    let cards = json!([{"number": SHOP_CARD, "name": "x", "bank": "y"}]);
    let created = with(CREATED, "cart", cards.clone());
    for answer in [
        answer(200, &created),
        answer(200, &cards.to_string()),
        answer(200, CARDS),
        answer(200, r#"{"status":true,"code":200}"#),
        answer(500, &failure(-3)),
        answer(403, &failure(403)),
        answer(502, SHOP_CARD).header("content-type", "text/html"),
        answer(200, SHOP_CARD),
        answer(200, &format!(r#"{{"code":"{SHOP_CARD}"}}"#)),
        answer(200, &format!(r#"{{"{SHOP_CARD}":"{CARD}"}}"#)),
        answer(200, created.strip_suffix('}').unwrap()),
        // A script that repeats what it was given, or worse.
        answer(500, &saying(-3, &format!("{CARD} is no card"))),
        answer(
            500,
            &saying(-2, "card 6037-7016 8909.5443, کارت ۶۰۳۷۷۰۱۶۸۹۰۹۵۴۴۳"),
        ),
        answer(500, &saying(-1, &format!("{SHOP_CARD}{CARD} {PHONE}"))),
    ] {
        script.answers([answer]);
        everything(&cardpay, &capture).await;
    }
    drop(listening);
    let said = capture.transcript();
    assert!(said.len() > 100, "the capture heard next to nothing");
    let mut cards = said.iter().filter(|text| text.contains("627412******3742"));
    assert!(cards.next().is_some(), "no card came by at all");
    capture.assert_clean();
}

/// The exact text: what is left out is as much part of it as what is shown.
#[tokio::test]
async fn what_a_value_prints_is_this_and_no_more() {
    let script = Script::start().await;
    let cards = json!([{"number": SHOP_CARD, "name": "x", "bank": "Saman"}]);
    script.answer(200, &cards.to_string());
    let list = script.client().cards().await.unwrap();
    let builder = || CardPay::builder("https://script.example/api/", TOKEN);
    for (printed, text) in [
        (format!("{:?}", Code::TOKEN_REFUSED), "Code(403)"),
        (
            format!("{:?}", list.cards[0]),
            "MerchantCard { number: CardText(627412******3742), bank: Some(\"Saman\"), .. }",
        ),
        (
            format!("{:?}", builder()),
            "CardPayBuilder { plain_http: false, body_encoding: Form, largest_tail: Rial(10000), .. }",
        ),
    ] {
        assert_eq!(printed, text);
    }
    let config = "CardPayConfig { base_url: BaseUrl(https://script.example/api/), options: Options { callback_field: \"callbackUrl\", encoding: Form, any_content_type: false, largest_tail: Rial(10000) }, .. }";
    let printed = format!("{:?}", builder().build().unwrap());
    assert!(printed.contains(config), "{printed}");
}

/// The one way to see a card whole is to ask for it.
#[tokio::test]
async fn a_card_is_shown_whole_on_demand_alone() {
    let script = Script::start().await;
    script.answer(200, &json!([{"number": SHOP_CARD}]).to_string());
    let list = script.client().cards().await.unwrap();
    let card: &MerchantCard = &list.cards[0];
    assert_eq!(card.number.expose(), SHOP_CARD);

    let capture = Capture::new(canaries());
    capture.look_text("negative control", card.number.expose());
    assert_eq!(capture.leaks().len(), 1, "the search is blind");
}

#[test]
fn what_is_refused_before_sending_shows_no_secret() {
    let capture = Capture::new(canaries());
    for (token, url) in [
        (format!("{TOKEN} "), "https://a.example/".to_owned()),
        (TOKEN.to_owned(), format!("https://{TOKEN}@a.example/")),
        (TOKEN.to_owned(), "http://a.example/".to_owned()),
    ] {
        let builder = CardPay::builder(url, token);
        capture.look("builder", &builder);
        capture.look_error("build", &builder.build().unwrap_err());
    }
    let near = CARD.replace('5', "6");
    let refused = near.parse::<cardpay_client::CardNumber>().unwrap_err();
    capture.look_error("card", &refused);
    capture.assert_clean();
}

#[tokio::test]
async fn the_document_s_sample_is_read_whole() {
    let script = Script::start().await;
    for body in [
        CARDS.to_owned(),
        format!("\u{feff}{CARDS}"),
        format!(" \n{CARDS}\n"),
    ] {
        script.answer(200, &body);
        let list = script.client().cards().await.unwrap();
        let cards: Vec<_> = list
            .cards
            .iter()
            .map(|card| (card.number.expose(), card.bank.as_deref().unwrap()))
            .collect();
        assert_eq!(cards, [("****", "بانک سامان"), ("*****", "بانک ملت")]);
        assert_eq!(list.unreadable, Vec::<&str>::new());
    }
    script.answer(200, "[]");
    assert!(script.client().cards().await.unwrap().cards.is_empty());
}

#[tokio::test]
async fn names_are_lenient_and_numbers_are_not() {
    let script = Script::start().await;
    script.answer(200, r#"[{"number":"6037","name":1,"bank":[]}]"#);
    let list = script.client().cards().await.unwrap();
    assert_eq!(list.unreadable, ["cart.name", "cart.bank"]);

    for broken in [
        r#"[{"name":"x"}]"#,
        r#"[{"number":null}]"#,
        r#"[{"number":6037701689095443.5}]"#,
        r#"[{"number":6.037e15}]"#,
        "[null]",
        r#"["6037"]"#,
        "[[]]",
        r#"[{"number":"1","number":"2"}]"#,
        "[] []",
        "[",
        "null",
        "",
        r#""[]""#,
    ] {
        script.answer(200, broken);
        let error = script.client().cards().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{broken}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{broken}");
        assert!(!error.to_string().contains("6037"), "{error}");
    }
}

#[tokio::test]
async fn an_envelope_is_never_a_list() {
    let script = Script::start().await;
    script.answer(403, &failure(403));
    let error = script.client().cards().await.unwrap_err();
    let code = error.refusal().and_then(Code::from_refusal);
    assert_eq!(code, Some(Code::TOKEN_REFUSED));

    for odd in ["{}", r#"{"cart":[]}"#, r#"{"status":true,"code":200}"#] {
        script.answer(200, odd);
        assert!(script.client().cards().await.is_err(), "{odd}");
    }
}

#[tokio::test]
async fn nothing_that_goes_through_the_trait_shows_a_card_or_its_holder() {
    const HOLDER: &str = "Shahin Mohseni";
    let script = Script::start().await;
    let cardpay: Box<dyn PaymentProvider> = Box::new(script.client());
    let canaries = Canaries::new([TOKEN, CARD, SHOP_CARD, HOLDER, PHONE]).unwrap();
    let seen = Capture::new(canaries);
    let payment = crate::neutral::payment()
        .with_payer_card(CARD.parse().unwrap())
        .with_mobile(PHONE.parse().unwrap());
    seen.look("provider", &*cardpay);
    seen.look("payment", &payment);
    seen.look("handle", cardpay.prepare(&payment).unwrap().handle());

    let cards = json!([{"number": SHOP_CARD, "name": HOLDER, "bank": "Saman"}]);
    script.answer(200, &with(CREATED, "cart", cards));
    let created = cardpay.create(&payment).await.unwrap();
    seen.look("created", &created);
    seen.look_serialized("record", created.record()).unwrap();
    let cards = created.transfer().unwrap().cards();
    let shown: Vec<_> = cards.iter().map(PayToCard::number).collect();
    assert_eq!(shown, [SHOP_CARD], "the payer has to see it whole");

    let record = created.record().clone();
    let expected = ExpectedPayment::new("1000".parse().unwrap(), *payment.price(), record);
    seen.look("expected", &expected);
    script.answer(200, &failure(7));
    seen.look("settlement", &cardpay.settle(&expected).await.unwrap());
    script.answer(500, &saying(-3, CARD));
    look_error(&seen, &cardpay.create(&payment).await.unwrap_err());
    seen.assert_clean();
}
