//! What each provider may be set up with.

use paylink::Transport;
use paylink::config::{AccountConfig, Problems};
use paylink::pod::{Pod, Service, UserToken};
use paylink::sizpay::SizPay;
use paylink::zipay::ZiPay;

use crate::place::{config, open, problem};

fn account(text: &str) -> AccountConfig {
    config(text, &[]).accounts().next().unwrap().clone()
}

/// A client of these services of POD's.
fn pod(account: &AccountConfig, services: &[Service]) -> Result<Pod, Problems> {
    let transport = Transport::new().unwrap();
    account.read(|settings| Pod::for_services(settings, services, &transport))
}

#[test]
fn every_option_is_taken() {
    let text = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\nterminal = \"1003\"\nbase_url = \"http://127.0.0.1:1/zipay\"\n\
                settling_seconds = 60\nany_content_type = true\n\
                [sizpay]\nuser_name = \"u\"\npassword = \"p\"\npay_link_name = \"shop\"\nvia = \"soap\"\n\
                base_url = \"https://r.example/\"\nresend_url = \"https://rr.example/\"\nasmx_url = \"https://a.example/x.asmx\"\n\
                soap_namespace = \"http://sizpay.example/\"\nsettling_seconds = \"60\"\nany_content_type = \"false\"\n\
                [cardpay]\ntoken = \"t\"\nbase_url = \"http://cards.example/\"\nplain_http = true\n\
                callback_field = \"callback\"\nbody_encoding = \"json\"\nany_content_type = false\n\
                largest_tail = 999\n\
                [pod]\ntoken = \"t\"\nuser_token = \"u\"\napi_key = \"k\"\napi_key_29796 = \"i\"\nguild = \"API_GUILD\"\n\
                business = 4821\nenvironment = \"sandbox\"\nbase_url = \"https://s.example/\"\npay_url = \"https://p.example/\"\n\
                fee_voucher = \"v\"\nsettling_seconds = 60\nany_content_type = true\n";
    let accounts = open(&config(text, &[])).unwrap();
    assert_eq!(
        accounts.names().collect::<Vec<_>>(),
        ["cardpay", "pod", "sizpay", "zipay"]
    );
}

#[test]
fn plain_http_has_to_be_asked_for() {
    let text =
        "[cardpay]\ntoken = \"t\"\nbase_url = \"http://cards.example/\"\nplain_http = false\n";
    let told = problem(&config(text, &[]));
    assert!(
        told.contains("is plain http") && told.contains("plain_http = true"),
        "{told}"
    );
    let odd = text.replace("false", "\"yes\"");
    let told = problem(&config(&odd.replace("http://c", "https://c"), &[]));
    assert!(
        told.contains(
            "plain_http under [cardpay] in the configuration \"yes\" is neither true nor false"
        ),
        "{told}"
    );
}

#[test]
fn a_terminal_is_needed_to_take_payments_and_not_to_ask_for_one() {
    let text = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\n";
    assert!(problem(&config(text, &[])).contains("PAYLINK_ZIPAY_TERMINAL is missing"));
    assert!(
        account(text)
            .client::<ZiPay>(&Transport::new().unwrap())
            .is_ok()
    );
}

#[test]
fn pod_needs_the_keys_of_the_services_that_are_called() {
    let own = account("[pod]\ntoken = \"t\"\napi_key_29799 = \"k\"\n");
    assert!(pod(&own, &[Service::MarkPaid]).is_ok());
    assert!(pod(&own, &[]).is_ok());
    let told = pod(&own, &[Service::MarkPaid, Service::CloseInvoice]).unwrap_err();
    assert!(
        told.to_string().contains("PAYLINK_POD_API_KEY is missing"),
        "{told}"
    );

    let sandbox = account("[pod]\ntoken = \"t\"\napi_key = \"k\"\nenvironment = \"sandbox\"\n");
    assert!(pod(&sandbox, &[Service::MarkPaid]).is_ok());
    let told = pod(&sandbox, &[Service::ShareLink]).unwrap_err();
    assert!(
        told.to_string()
            .starts_with("account pod: service 1113426 "),
        "{told}"
    );
}

#[test]
fn every_service_of_pod_has_a_setting_for_its_key() {
    for service in Service::ALL {
        let text = format!("[pod]\ntoken = \"t\"\napi_key_{service} = \"k\"\n");
        assert!(
            pod(&account(&text), &[service]).is_ok(),
            "api_key_{service}"
        );
    }
}

#[test]
fn a_user_token_is_for_those_who_ask_for_it() {
    let without = account("[pod]\ntoken = \"t\"\n");
    let told = without.read(UserToken::from_settings).unwrap_err();
    assert_eq!(told.iter().next().unwrap().invalid().key(), "user_token");
    assert!(
        account("[pod]\ntoken = \"t\"\nuser_token = \"u\"\n")
            .read(UserToken::from_settings)
            .is_ok()
    );
    let odd = account("[pod]\nuser_token = \"two words\"\n")
        .read(UserToken::from_settings)
        .unwrap_err();
    assert!(
        odd.to_string()
            .starts_with("account pod: user_token under [pod] in the configuration holds"),
        "{odd}"
    );
}

#[test]
fn an_account_says_where_its_provider_is() {
    let transport = Transport::new().unwrap();
    let keys = "api_key = \"k\"\nsecret_key = \"s\"\n";
    let links = "user_name = \"u\"\npassword = \"p\"\npay_link_name = \"shop\"\n";
    let zipay = account(&format!("[zipay]\n{keys}"));
    let sizpay = account(&format!("[sizpay]\n{links}"));
    let by_soap = account(&format!("[sizpay]\n{links}via = \"soap\"\n"));
    let live = account("[pod]\ntoken = \"t\"\n");
    let sandbox = account("[pod]\ntoken = \"t\"\nenvironment = \"sandbox\"\n");
    // The clients print where they call.
    for (account, client) in [
        (
            &zipay,
            format!("{:?}", zipay.client::<ZiPay>(&transport).unwrap()),
        ),
        (
            &sizpay,
            format!("{:?}", sizpay.client::<SizPay>(&transport).unwrap()),
        ),
        (
            &by_soap,
            format!("{:?}", by_soap.client::<SizPay>(&transport).unwrap()),
        ),
        (&live, format!("{:?}", pod(&live, &[]).unwrap())),
        (&sandbox, format!("{:?}", pod(&sandbox, &[]).unwrap())),
    ] {
        let address = account.address().unwrap();
        let shown = format!("BaseUrl({}", address.trim_end_matches('/'));
        assert!(client.contains(&shown), "{shown} is not in {client}");
    }
    let elsewhere = account(&format!(
        "[zipay]\n{keys}base_url = \"https://one.example/\"\n"
    ));
    assert_eq!(elsewhere.address().as_deref(), Some("https://one.example/"));
    assert_eq!(account("[cardpay]\ntoken = \"t\"\n").address(), None);
}
