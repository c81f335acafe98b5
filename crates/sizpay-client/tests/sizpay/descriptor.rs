//! What SizPay says of itself, and how an account is opened by it.

use paylink_core::provider::{OperationInfo, SettingKind, Settings, Variant};
use paylink_core::{Error, Invalid, Transport};
use sizpay_client::{DESCRIPTOR, Via, codes};

use crate::neutral::payment;
use crate::provider::{LINK_NAME, PASSWORD, Provider, USER_NAME};
use crate::samples::sent;
use paylink_testkit::Answer;

fn refused(settings: &Settings<'_>) -> Error {
    let opened = DESCRIPTOR.open(settings, &Transport::new().unwrap());
    opened.map(drop).unwrap_err()
}

fn keys(error: &Error) -> Vec<&'static str> {
    error.invalids().iter().map(Invalid::key).collect()
}

/// Each variant's requests go where its settings say, and it can do what it declares.
#[tokio::test]
async fn an_account_is_opened_from_its_settings_in_each_variant() {
    let provider = Provider::start().await;
    let rest = provider.url("/api/PayLinkSend");
    let asmx = provider.url("/x.asmx");
    let mut asked = Vec::new();
    for variant in DESCRIPTOR.variants() {
        let set = [
            ("user_name", USER_NAME),
            ("password", PASSWORD),
            ("pay_link_name", LINK_NAME),
            ("base_url", &*rest),
            ("asmx_url", &*asmx),
            ("settling_seconds", "۶۰"),
            ("any_content_type", "true"),
        ];
        let chosen = variant.settings().iter();
        let chosen = chosen.map(|(key, value)| (key.as_str(), *value));
        let settings = Settings::from_iter(set.into_iter().chain(chosen));
        let account = DESCRIPTOR.open(&settings, &Transport::new().unwrap());
        let account = account.unwrap();
        assert_eq!(account.capabilities(), variant.capabilities());
        assert!(account.create(&payment()).await.is_err());
        let address = DESCRIPTOR.address(&settings).unwrap();
        let request = provider.requests().pop().unwrap();
        asked.push((request.uri_str().to_owned(), address));
    }
    let send = (format!("{rest}/PayLinkSend"), rest);
    let soap = (asmx.clone(), asmx.clone());
    let json = (format!("{asmx}/PayLinkSendRest"), asmx);
    let soap = cfg!(feature = "soap").then_some(soap);
    let expected: Vec<_> = [send].into_iter().chain(soap).chain([json]).collect();
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn another_content_type_is_accepted_where_the_setting_says_so() {
    let foreign = Answer::from(sent()).header("content-type", "text/html");
    let provider = Provider::answering(foreign).await;
    let base_url = provider.url("/");
    for (set, accepted) in [(None, false), (Some("false"), false), (Some("true"), true)] {
        let keys = [
            ("user_name", USER_NAME),
            ("password", PASSWORD),
            ("pay_link_name", LINK_NAME),
            ("base_url", &*base_url),
        ];
        let set_to = set.map(|set| ("any_content_type", set));
        let settings = Settings::from_iter(keys.into_iter().chain(set_to));
        let account = DESCRIPTOR.open(&settings, &Transport::new().unwrap());
        let created = account.unwrap().create(&payment()).await;
        assert_eq!(created.is_ok(), accepted, "{set:?}");
    }
}

#[test]
fn what_is_missing_is_told_under_its_key() {
    let error = refused(&Settings::default());
    assert_eq!(keys(&error), ["user_name", "password", "pay_link_name"]);
}

#[test]
fn what_is_malformed_is_told_under_its_key() {
    let error = refused(&Settings::from_iter([
        ("user_name", "canary 1"),
        ("password", "canary\n"),
        ("pay_link_name", " shop"),
        ("via", "pigeon"),
        ("base_url", "http://api.example/"),
        ("resend_url", ""),
        ("settling_seconds", "soon"),
    ]));
    let told = "via settling_seconds user_name password pay_link_name base_url resend_url";
    assert_eq!(keys(&error).join(" "), told);
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    let asmx = refused(&Settings::from_iter([
        ("user_name", USER_NAME),
        ("password", PASSWORD),
        ("via", "asmx-json"),
        ("base_url", "of another way"),
        ("asmx_url", "x"),
    ]));
    assert_eq!(keys(&asmx), ["pay_link_name", "asmx_url"]);
    for key in keys(&error).into_iter().chain(keys(&asmx)) {
        assert!(DESCRIPTOR.setting(key).is_some(), "{key}");
    }
}

/// A build without SOAP says what it lacks.
#[test]
fn a_namespace_is_for_soap() {
    let error = refused(&Settings::from_iter([
        ("via", "soap"),
        ("soap_namespace", "a b"),
    ]));
    let told = keys(&error);
    assert!(told.contains(&"soap_namespace"), "{error}");
    assert_eq!(told.contains(&"via"), !cfg!(feature = "soap"), "{error}");
    let says = error.to_string().contains("feature soap");
    assert_eq!(says, !cfg!(feature = "soap"), "{error}");
}

#[test]
fn it_says_what_sizpay_is() {
    let name = (DESCRIPTOR.name(), DESCRIPTOR.title());
    assert_eq!(name, ("sizpay", "SizPay"));
    assert_eq!(DESCRIPTOR.id_name(), "PayLinkSendID");
    let address = DESCRIPTOR.address(&Settings::default());
    let rest = "https://pysrvc.sizpay.ir/api/PayLinkSend/";
    assert_eq!(address.as_deref(), Some(rest));
    let by_soap = DESCRIPTOR.address(&Settings::from_iter([("via", "soap")]));
    let asmx = "https://pysrvc.sizpay.ir/KimiaPayLinkSend.asmx";
    assert_eq!(by_soap.as_deref(), Some(asmx));
    let operations = DESCRIPTOR.operations().iter().map(OperationInfo::name);
    let names = "send-link disable resend status";
    assert_eq!(operations.collect::<Vec<_>>().join(" "), names);
    assert_eq!(DESCRIPTOR.codes().count(), codes::catalogue().count());
    let titles = DESCRIPTOR.variants().iter().map(Variant::title);
    let titles: Vec<_> = titles.filter(|title| !title.ends_with("SOAP")).collect();
    assert_eq!(titles, ["SizPay, REST", "SizPay, ASMX JSON"]);
    for setting in DESCRIPTOR.settings() {
        assert!(setting.help().ends_with('.'), "{}", setting.key());
        if let Some(default) = setting.default() {
            assert!(setting.check(default).is_ok(), "{}", setting.key());
        }
    }
    // Without SOAP the client itself says of its words what they need.
    match DESCRIPTOR.setting("via").unwrap().kind() {
        SettingKind::Choice(ways) => {
            for via in Via::ALL {
                assert!(ways.contains(&via.as_str()), "{via}");
            }
        }
        kind => assert!(!cfg!(feature = "soap") && kind == SettingKind::Text),
    }
}
