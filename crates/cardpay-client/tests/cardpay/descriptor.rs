//! What CardPay says of itself, and how an installation is opened by it.

use cardpay_client::{BodyEncoding, CardPay, DESCRIPTOR, Error, Invalid, Transport};
use paylink_core::provider::{FromSettings, OperationInfo, Settings};

use crate::neutral::payment;
use crate::samples::CREATED;
use crate::script::{Script, TOKEN, answer};

fn keys(error: &Error) -> Vec<&'static str> {
    error.invalids().iter().map(Invalid::key).collect()
}

fn transport() -> Transport {
    Transport::new().unwrap()
}

#[tokio::test]
async fn an_installation_is_opened_from_its_settings() {
    let script = Script::start().await;
    script.answer(200, CREATED);
    let base_url = script.url("/api/");
    let settings = Settings::from_iter([
        ("token", TOKEN),
        ("base_url", &*base_url),
        ("callback_field", "callback_url"),
        ("body_encoding", "json"),
        ("largest_tail", "۴۰۰"),
        ("any_content_type", "true"),
    ]);
    assert_eq!(DESCRIPTOR.address(&settings), Some(base_url.clone()));
    let account = DESCRIPTOR.open(&settings, &transport()).unwrap();
    let payment = payment().with_return_url("https://shop.example/back");
    let _ = account.create(&payment.unwrap()).await.unwrap();
    let requests = script.requests();
    assert_eq!(requests[0].uri_str(), format!("{base_url}create"));
    let body = r#"{"price":11000,"fid":1000,"callback_url":"https://shop.example/back"}"#;
    assert_eq!(requests[0].body_string(), body);
}

#[tokio::test]
async fn another_content_type_is_accepted_where_the_setting_says_so() {
    let script = Script::start().await;
    script.answers([answer(200, CREATED).header("content-type", "text/html")]);
    let base_url = script.url("/api/");
    for (set, accepted) in [(None, false), (Some("false"), false), (Some("true"), true)] {
        let keys = [("token", TOKEN), ("base_url", &*base_url)];
        let set_to = set.map(|set| ("any_content_type", set));
        let settings = Settings::from_iter(keys.into_iter().chain(set_to));
        let account = DESCRIPTOR.open(&settings, &transport()).unwrap();
        let created = account.create(&payment()).await;
        assert_eq!(created.is_ok(), accepted, "{set:?}");
    }
}

#[test]
fn what_is_missing_is_told_under_its_key() {
    let error = CardPay::from_settings(&Settings::default(), &transport()).unwrap_err();
    assert_eq!(keys(&error), ["base_url", "token"]);
    assert_eq!(DESCRIPTOR.address(&Settings::default()), None);
}

#[test]
fn what_is_malformed_is_told_under_its_key() {
    let mut settings = vec![
        ("token", "canary\n"),
        ("base_url", "http://192.168.1.5/api/"),
        ("callback_field", "price"),
        ("body_encoding", "xml"),
        ("largest_tail", "0"),
    ];
    let refused = |settings: &[(&'static str, &'static str)]| {
        let opened = DESCRIPTOR.open(&settings.iter().copied().collect(), &transport());
        let error = opened.map(drop).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        for key in keys(&error) {
            assert!(DESCRIPTOR.setting(key).is_some(), "{key}");
        }
        keys(&error).join(" ")
    };
    let told = "body_encoding largest_tail base_url token callback_field";
    assert_eq!(refused(&settings), told);
    settings.push(("plain_http", "true"));
    assert_eq!(refused(&settings), told.replace("base_url ", ""));
}

#[test]
fn an_encoding_is_one_of_its_words() {
    for encoding in [BodyEncoding::Form, BodyEncoding::Json] {
        assert_eq!(encoding.to_string().parse(), Ok(encoding));
    }
    let error = "xml".parse::<BodyEncoding>().unwrap_err().to_string();
    let told = "body encoding \"xml\" is not known: use form or json";
    assert_eq!(error, told);
}

#[test]
fn it_says_what_cardpay_is() {
    assert_eq!(DESCRIPTOR.name(), "cardpay");
    assert_eq!(DESCRIPTOR.title(), "CardPay");
    assert_eq!(DESCRIPTOR.id_name(), "pay_id");
    let operations = DESCRIPTOR.operations().iter().map(OperationInfo::name);
    let names = "create set-card check cards";
    assert_eq!(operations.collect::<Vec<_>>().join(" "), names);
    let codes = cardpay_client::codes::catalogue().count();
    assert_eq!(DESCRIPTOR.codes().count(), codes);
    for setting in DESCRIPTOR.settings() {
        assert!(setting.help().ends_with('.'), "{}", setting.key());
        if let Some(default) = setting.default() {
            assert!(setting.check(default).is_ok(), "{}", setting.key());
        }
    }
    let [variant] = DESCRIPTOR.variants() else {
        panic!("CardPay is offered in one way");
    };
    assert_eq!(variant.capabilities().provider(), DESCRIPTOR.name());
}
