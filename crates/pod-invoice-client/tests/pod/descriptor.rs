//! The descriptor opens the client, and says what is missing or malformed under which key.

use paylink_core::provider::{FromSettings, OperationInfo, Required, SettingKind, Settings};
use paylink_core::{Effect, Error, ErrorKind, Invalid};
use paylink_testkit::Answer;
use pod_invoice_client::{DESCRIPTOR, Environment, Pod, Service, Transport, UserToken};
use serde_json::json;

use crate::provider::{Provider, good};
use crate::samples::{BILL, expected, paid};

fn transport() -> Transport {
    Transport::new().unwrap()
}

/// What is refused, and under which keys.
#[track_caller]
fn keys<T>(result: Result<T, Error>) -> Vec<&'static str> {
    let error = result.err().expect("it was opened");
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    error.invalids().iter().map(Invalid::key).collect()
}

#[tokio::test]
async fn an_account_is_opened_from_its_settings() {
    let provider = Provider::start().await;
    provider.answer(29813, good(json!([paid()])));
    let base_url = provider.url("/pod/");
    let pairs = [
        ("token", "t"),
        ("api_key", "of-all"),
        ("api_key_29813", "of-the-list"),
        ("guild", "CLOTHING_GUILD"),
        ("business", "۷۸۶۷"),
        ("base_url", &base_url),
        ("fee_voucher", "voucher"),
        ("settling_seconds", "60"),
        ("any_content_type", "true"),
    ];
    let settings = Settings::from_iter(pairs);
    let account = DESCRIPTOR.open(&settings, &transport()).unwrap();
    let capabilities = account.capabilities();
    let declared = DESCRIPTOR.variants()[0].capabilities();
    assert!(std::ptr::eq(capabilities, declared));
    assert_eq!(capabilities.provider(), DESCRIPTOR.name());

    let pod = Pod::from_settings(&settings, &transport()).unwrap();
    let settlement = pod.settle(&expected()).await.unwrap();
    assert_eq!(settlement.proof().unwrap().order(), BILL);
    let body = provider.requests()[0].body_string();
    let begins = "scProductId=29813&scApiKey=of-the-list&";
    assert!(body.starts_with(begins), "{body}");
    assert!(body.ends_with("&scVoucherHash=voucher"), "{body}");
    assert_eq!(DESCRIPTOR.address(&settings).unwrap(), base_url);
}

#[tokio::test]
async fn another_content_type_is_accepted_where_the_setting_says_so() {
    let provider = Provider::start().await;
    let foreign = Answer::from(good(json!([paid()]))).header("content-type", "text/html");
    provider.answer(29813, foreign);
    let base_url = provider.url("/pod/");
    for (set, accepted) in [(None, false), (Some("false"), false), (Some("true"), true)] {
        let keys = [("token", "t"), ("api_key", "k"), ("base_url", &*base_url)];
        let set_to = set.map(|set| ("any_content_type", set));
        let settings = Settings::from_iter(keys.into_iter().chain(set_to));
        let pod = Pod::from_settings(&settings, &transport()).unwrap();
        let settled = pod.settle(&expected()).await;
        assert_eq!(settled.is_ok(), accepted, "{set:?}");
    }
}

#[test]
fn an_environment_is_one_of_its_words() {
    for environment in [Environment::Production, Environment::Sandbox] {
        assert_eq!(environment.to_string().parse(), Ok(environment));
    }
    assert!("staging".parse::<Environment>().is_err());
}

#[test]
fn the_address_is_the_environment_s_unless_it_is_set() {
    for (key, value, address) in [
        ("guild", "G", "https://api.pod.ir/"),
        ("environment", "sandbox", "https://sandbox.pod.ir/"),
        ("environment", "elsewhere", "https://api.pod.ir/"),
        ("base_url", "https://pod.example/", "https://pod.example/"),
    ] {
        let settings = Settings::from_iter([(key, value)]);
        assert_eq!(DESCRIPTOR.address(&settings).unwrap(), address);
    }
    let address = DESCRIPTOR.address(&Settings::default());
    assert_eq!(address.unwrap(), "https://api.pod.ir/");
}

#[test]
fn what_is_missing_is_refused_under_its_key() {
    let nothing = Settings::default();
    assert_eq!(keys(Pod::from_settings(&nothing, &transport())), ["token"]);
    let needed = ["token", "api_key", "guild"];
    assert_eq!(keys(DESCRIPTOR.open(&nothing, &transport())), needed);
    assert_eq!(keys(UserToken::from_settings(&nothing)), ["user_token"]);
    for setting in DESCRIPTOR.settings() {
        let named = match setting.requirement() {
            Required::Always => setting.key() == "token",
            Required::ForPayments => setting.key() == "guild",
            _ => setting.key() != "token" && setting.key() != "guild",
        };
        assert!(named, "{setting:?}");
    }

    // Each service is called with its own key, or with the one for all.
    let token = ("token", "t");
    let own = Settings::from_iter([token, ("api_key_29799", "k")]);
    let open = |settings: &Settings<'_>, services: &[Service]| {
        Pod::for_services(settings, services, &transport())
    };
    assert!(open(&own, &[Service::MarkPaid]).is_ok());
    let two = [Service::MarkPaid, Service::CloseInvoice];
    assert_eq!(keys(open(&own, &two)), ["api_key"]);
    assert!(open(&Settings::from_iter([token, ("api_key", "k")]), &two).is_ok());
}

#[test]
fn what_is_malformed_is_refused_under_its_key_at_once_and_no_secret_is_shown() {
    let malformed = Settings::from_iter([
        ("token", "canary token"),
        ("api_key", "canary key"),
        ("api_key_29796", "canary own"),
        ("fee_voucher", ""),
        ("guild", " G"),
        ("business", "0"),
        ("environment", "staging"),
        ("base_url", "http://pod.example/"),
        ("pay_url", "pod.example"),
        ("settling_seconds", "soon"),
    ]);
    let error = DESCRIPTOR.open(&malformed, &transport()).unwrap_err();
    assert!(!format!("{error} {error:?} {malformed:?}").contains("canary"));
    let told = "environment business settling_seconds token api_key api_key_29796 fee_voucher \
        guild base_url pay_url";
    assert_eq!(keys(Err::<(), _>(error)).join(" "), told);
    let user = Settings::from_iter([("user_token", "canary user")]);
    assert_eq!(keys(UserToken::from_settings(&user)), ["user_token"]);

    let sandbox =
        Settings::from_iter([("token", "t"), ("api_key", "k"), ("environment", "sandbox")]);
    let error = Pod::for_services(&sandbox, &[Service::ShareLink], &transport()).unwrap_err();
    assert!(error.to_string().starts_with("service 1113426 "), "{error}");
    assert_eq!(keys(Err::<(), _>(error)), ["service"]);
}

#[test]
fn every_service_has_a_setting_for_its_key_and_an_operation() {
    for service in Service::ALL {
        let setting = DESCRIPTOR.setting(&format!("api_key_{service}")).unwrap();
        assert!(setting.is_secret(), "{setting:?}");
    }
    assert_eq!(DESCRIPTOR.operations().len(), Service::ALL.len());
    let secrets_first = DESCRIPTOR.settings().is_sorted_by_key(|it| !it.is_secret());
    assert!(secrets_first);
    for setting in DESCRIPTOR.settings() {
        assert!(setting.help().ends_with('.'), "{setting:?}");
        if let SettingKind::Choice(words) = setting.kind() {
            assert!(words.contains(&setting.default().unwrap()), "{setting:?}");
        }
    }
    let names = DESCRIPTOR.operations().iter().map(OperationInfo::name);
    let names: std::collections::BTreeSet<_> = names.collect();
    let tested: std::collections::BTreeSet<_> =
        crate::cases::all().iter().map(|it| it.name).collect();
    assert!(tested.is_subset(&names), "{names:?}");
    assert_eq!(names.len(), Service::ALL.len(), "{names:?}");
    let mut codes = DESCRIPTOR.codes();
    assert!(codes.all(|entry| entry.provider == DESCRIPTOR.name()));
}
