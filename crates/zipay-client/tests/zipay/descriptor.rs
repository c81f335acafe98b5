//! What ZiPay says of itself, and how an account is opened by it.

use paylink_core::provider::{FromSettings, OperationInfo, Settings};
use paylink_testkit::Answer;
use zipay_client::{DESCRIPTOR, Error, Invalid, Transport, ZiPay};

use crate::neutral::{payment_of, price};
use crate::provider::{API_KEY, Provider, SECRET_KEY};
use crate::samples::create_invoice;

fn transport() -> Transport {
    Transport::new().unwrap()
}

fn keys(error: &Error) -> Vec<&'static str> {
    error.invalids().iter().map(Invalid::key).collect()
}

#[tokio::test]
async fn an_account_is_opened_from_its_settings() {
    let provider = Provider::start().await;
    provider.answer("create-invoice", create_invoice());
    let base_url = provider.url("/api/");
    let settings = Settings::from_iter([
        ("api_key", API_KEY),
        ("secret_key", SECRET_KEY),
        ("terminal", "۱۰۰۳"),
        ("base_url", &*base_url),
        ("settling_seconds", "60"),
        ("any_content_type", "true"),
    ]);
    assert_eq!(DESCRIPTOR.address(&settings), Some(base_url.clone()));
    let account = DESCRIPTOR.open(&settings, &transport()).unwrap();
    let _ = account.create(&payment_of(price())).await.unwrap();
    let requests = provider.requests();
    assert_eq!(requests[0].uri_str(), format!("{base_url}create-invoice"));
    let body = requests[0].body_string();
    assert!(body.starts_with("terminal_number=1003&"), "{body}");
}

#[tokio::test]
async fn another_content_type_is_accepted_where_the_setting_says_so() {
    let provider = Provider::start().await;
    let foreign = Answer::from(create_invoice()).header("content-type", "text/html");
    provider.answer("create-invoice", foreign);
    let base_url = provider.url("/api/");
    for (set, accepted) in [(None, false), (Some("false"), false), (Some("true"), true)] {
        let keys = [
            ("api_key", API_KEY),
            ("secret_key", SECRET_KEY),
            ("terminal", "1003"),
            ("base_url", &*base_url),
        ];
        let set_to = set.map(|set| ("any_content_type", set));
        let settings = Settings::from_iter(keys.into_iter().chain(set_to));
        let account = DESCRIPTOR.open(&settings, &transport()).unwrap();
        let created = account.create(&payment_of(price())).await;
        assert_eq!(created.is_ok(), accepted, "{set:?}");
    }
}

#[test]
fn what_is_missing_is_told_under_its_key() {
    let (nothing, transport) = (Settings::default(), Transport::new().unwrap());
    let error = DESCRIPTOR.open(&nothing, &transport).map(drop).unwrap_err();
    assert_eq!(keys(&error), ["terminal", "api_key", "secret_key"]);
    // Operations that name an invoice need no terminal.
    let error = ZiPay::from_settings(&nothing, &transport).unwrap_err();
    assert_eq!(keys(&error), ["api_key", "secret_key"]);
}

#[test]
fn what_is_malformed_is_told_under_its_key() {
    let settings = Settings::from_iter([
        ("api_key", "canary key"),
        ("secret_key", "canary\n"),
        ("terminal", "0"),
        ("base_url", "http://api.zipay.example/"),
        ("settling_seconds", "soon"),
    ]);
    let opened = DESCRIPTOR.open(&settings, &transport());
    let error = opened.map(drop).unwrap_err();
    let told = "terminal settling_seconds api_key secret_key base_url";
    assert_eq!(keys(&error).join(" "), told);
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    for key in keys(&error) {
        assert!(DESCRIPTOR.setting(key).is_some(), "{key}");
    }
}

#[test]
fn it_says_what_zipay_is() {
    assert_eq!((DESCRIPTOR.name(), DESCRIPTOR.title()), ("zipay", "ZiPay"));
    assert_eq!(DESCRIPTOR.id_name(), "trackid");
    let address = DESCRIPTOR.address(&Settings::default());
    assert_eq!(address.as_deref(), Some("https://api.zipay.io/api/"));
    let operations = DESCRIPTOR.operations().iter().map(OperationInfo::name);
    let names = "create-invoice status verify list refund";
    assert_eq!(operations.collect::<Vec<_>>().join(" "), names);
    let codes = zipay_client::codes::catalogue().count();
    assert_eq!(DESCRIPTOR.codes().count(), codes);
    for setting in DESCRIPTOR.settings() {
        assert!(setting.help().ends_with('.'), "{}", setting.key());
        if let Some(default) = setting.default() {
            assert!(setting.check(default).is_ok(), "{}", setting.key());
        }
    }
    let [variant] = DESCRIPTOR.variants() else {
        panic!("ZiPay is offered in one way");
    };
    assert_eq!(variant.capabilities().provider(), DESCRIPTOR.name());
}
