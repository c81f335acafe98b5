//! The bytes of every request.

use cardpay_client::{BodyEncoding, CardPay, NewPayment, Rial};
use paylink_core::Method;
use paylink_testkit::MockRequest;

use crate::samples::{CARD, CARDS, CHECKED, CREATED, card, pay_id, payment};
use crate::script::{Script, TOKEN};

/// All that a create can carry, with all that the encodings have to be careful about.
fn elaborate_payment() -> NewPayment {
    NewPayment::new(1000, Rial::new(150_000))
        .unwrap()
        .with_phone("+98 ۹۱۲ ۳۴۵ ۲۷۳۰".parse().unwrap())
        .with_payer_card("۶۰۳۷-7016-8909-5443".parse().unwrap())
        .with_callback("https://shop.example/back?order=1000&x=%20*~'")
        .unwrap()
}

/// Holds the one request that came against what it has to be, to the byte.
fn assert_only_request(script: &Script, method: &str, url: &str, body: &str, media: Option<&str>) {
    let requests = script.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.method_str(), method);
    assert_eq!(request.uri_str(), script.url(url));
    assert_eq!(std::str::from_utf8(request.body_ref()).unwrap(), body);
    assert_eq!(values(request, "token"), [TOKEN]);
    assert_eq!(values(request, "content-type"), Vec::from_iter(media));
    assert_nothing_else_is_told(request);
}

/// No cookie, no `Authorization`, no `Referer`, and the token nowhere but in its header.
fn assert_nothing_else_is_told(request: &MockRequest) {
    let known = [
        "accept",
        "accept-encoding",
        "cache-control",
        "content-length",
        "content-type",
        "host",
        "token",
        "user-agent",
    ];
    for (name, value) in request.headers_vec() {
        assert!(known.contains(&name.as_str()), "{name}");
        assert_eq!(value.contains(TOKEN), name == "token", "{name}");
    }
    assert_eq!(values(request, "accept"), ["application/json"]);
    assert!(!request.uri_str().contains(TOKEN));
    assert!(!request.body_string().contains(TOKEN));
}

fn values<'a>(request: &'a MockRequest, name: &str) -> Vec<&'a str> {
    let of_name = request.headers_vec().iter().filter(|it| it.0 == name);
    of_name.map(|it| it.1.as_str()).collect()
}

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const JSON: Option<&str> = Some("application/json");

#[tokio::test]
async fn create_sends_what_is_required_and_nothing_else() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    script.client().create(payment()).await.unwrap();
    assert_only_request(&script, "POST", "/api/create", "price=11000&fid=1000", FORM);
}

const ELABORATE_FORM: &str = "price=150000&fid=1000&phone=09123452730&card=6037701689095443\
    &callbackUrl=https%3A%2F%2Fshop.example%2Fback%3Forder%3D1000%26x%3D%2520*%7E%27";

#[tokio::test]
async fn create_sends_everything_as_a_form() {
    let script = Script::start().await;
    script.answer(200, &with_its_price(CREATED));
    script.client().create(elaborate_payment()).await.unwrap();
    assert_only_request(&script, "POST", "/api/create", ELABORATE_FORM, FORM);
}

#[tokio::test]
async fn create_sends_everything_as_json_under_the_name_that_was_chosen() {
    let script = Script::start().await;
    script.answer(200, &with_its_price(CREATED));
    let builder = script.builder().body_encoding(BodyEncoding::Json);
    let cardpay = builder.callback_field("callback_url").build().unwrap();
    cardpay.create(elaborate_payment()).await.unwrap();
    let body = concat!(
        r#"{"price":150000,"fid":1000,"phone":"09123452730","card":"6037701689095443","#,
        r#""callback_url":"https://shop.example/back?order=1000&x=%20*~'"}"#
    );
    assert_only_request(&script, "POST", "/api/create", body, JSON);
}

fn with_its_price(sample: &str) -> String {
    sample.replace("11385", "150385")
}

#[tokio::test]
async fn set_card_sends_the_payment_and_the_whole_card() {
    let script = Script::start().await;
    script.answer(200, r#"{"status":true,"code":200}"#);
    script.client().set_card(pay_id(), card()).await.unwrap();
    let body = format!("pay_id=19&card={CARD}");
    assert_only_request(&script, "POST", "/api/setCard", &body, FORM);

    script.answer(200, r#"{"status":true,"code":200}"#);
    let builder = script.builder().body_encoding(BodyEncoding::Json);
    let cardpay = builder.build().unwrap();
    cardpay.set_card(pay_id(), card()).await.unwrap();
    let body = format!(r#"{{"pay_id":19,"card":"{CARD}"}}"#);
    assert_only_request(&script, "POST", "/api/setCard", &body, JSON);
}

#[tokio::test]
async fn check_asks_in_the_query_and_has_no_body() {
    let script = Script::start().await;
    script.answer(200, CHECKED);
    script.client().check(pay_id()).await.unwrap();
    assert_only_request(&script, "GET", "/api/check?pay_id=19", "", None);
}

#[tokio::test]
async fn cards_asks_without_parameters() {
    let script = Script::start().await;
    script.answer(200, CARDS);
    script.client().cards().await.unwrap();
    assert_only_request(&script, "GET", "/api/carts", "", None);
}

#[tokio::test]
async fn the_script_stands_wherever_the_merchant_put_it() {
    let script = Script::start().await;
    for (base, path) in [
        ("/", "/check?pay_id=19"),
        ("", "/check?pay_id=19"),
        ("/api", "/api/check?pay_id=19"),
        ("/CartToCart/api/", "/CartToCart/api/check?pay_id=19"),
        ("/CartToCart/api", "/CartToCart/api/check?pay_id=19"),
        ("/index.php/api", "/index.php/api/check?pay_id=19"),
    ] {
        script.answer(200, CHECKED);
        let base_url = format!("{}{base}", script.url("").trim_end_matches('/'));
        let cardpay = CardPay::builder(base_url, TOKEN).build().unwrap();
        cardpay.check(pay_id()).await.unwrap();
        assert_only_request(&script, "GET", path, "", None);
    }
}

#[tokio::test]
async fn a_prepared_request_shows_the_bytes_that_are_sent() {
    let script = Script::start().await;
    script.answer(200, &with_its_price(CREATED));
    let cardpay = script.client();
    let prepared = cardpay.create(elaborate_payment()).prepare().unwrap();
    assert_eq!(prepared.method(), Method::Post);
    assert_eq!(prepared.path(), "/api/create");
    assert_eq!(prepared.body(), ELABORATE_FORM.as_bytes());
    assert!(script.requests().is_empty(), "preparing sends nothing");
    prepared.send().await.unwrap();
    assert_only_request(&script, "POST", "/api/create", ELABORATE_FORM, FORM);
}
