//! What is refused before anything is sent.

use paylink_core::{Effect, ErrorKind};
use sizpay_client::{
    DisableLink, Error, Invalid, InvoiceNumber, Mobile, NewLink, PayStatus, ResendSms, Rial,
    SizPay, SizPayBuilder, Via,
};

use crate::provider::Provider;
use crate::samples::{day, new_link, send_id};

fn mobile() -> Mobile {
    "09122272730".parse().unwrap()
}

fn link() -> NewLink {
    NewLink::new("1", Rial::new(1), mobile()).unwrap()
}

#[test]
fn a_link_is_checked_when_it_is_built() {
    let refused =
        |number: &str, amount: u64| NewLink::new(number, Rial::new(amount), mobile()).unwrap_err();
    let long = "1".repeat(101);
    for number in ["", " ", " 1", "1 ", "1,2", "1\n", "1\u{ffff}", &long] {
        assert_eq!(refused(number, 1).key(), "invoice_number", "{number:?}");
    }
    for amount in [0, 9_223_372_036_854_775_808, u64::MAX] {
        assert_eq!(refused("1", amount).key(), "amount", "{amount}");
    }
    let largest = Rial::new(9_223_372_036_854_775_807);
    assert!(NewLink::new(&"1".repeat(100), largest, mobile()).is_ok());
    for text in ["", "  ", "two\nlines", "tab\t", &"س".repeat(51)] {
        let name = link().with_customer_name(text).unwrap_err();
        let description = link().with_description(text).unwrap_err();
        let keys = (name.key(), description.key());
        assert_eq!(keys, ("customer_name", "description"));
    }
    assert!(link().with_customer_name(&"س".repeat(50)).is_ok());
}

/// Text is parsed, and what is parsed already is taken as it is.
#[test]
fn a_constructor_takes_text_and_values_alike() {
    let (text, number) = ("7".to_owned(), "7".parse::<InvoiceNumber>().unwrap());
    let named =
        |link: Result<NewLink, Invalid>| link.unwrap().with_customer_name("x".repeat(51).as_str());
    for link in [
        NewLink::new("7", Rial::new(1), "09122272730"),
        NewLink::new(&text, Rial::new(1), &"09122272730".to_owned()),
        NewLink::new(number.clone(), Rial::new(1), mobile()),
    ] {
        assert_eq!(named(link).unwrap_err().key(), "customer_name");
    }
    let wrong_mobile = NewLink::new("7", Rial::new(1), "0912").unwrap_err();
    assert_eq!(wrong_mobile.key(), "mobile");
    assert!(PayStatus::of_invoice_numbers(day(), [number]).is_ok());
    assert!(PayStatus::of_invoice_numbers(day(), [&text]).is_ok());
    let empty = PayStatus::of_invoice_numbers(day(), [""; 0]).unwrap_err();
    assert_eq!(empty.key(), "invoice_number");
}

#[test]
fn the_sms_warns_of_what_it_leaves_out() {
    assert_eq!(link().omitted_from_sms(), None);
    let short = link().with_description(&"س".repeat(25)).unwrap();
    assert_eq!(short.omitted_from_sms(), None);
    let long = format!("{}۱۲", "س".repeat(25));
    let long = link().with_description(&long).unwrap();
    assert_eq!(long.omitted_from_sms(), Some("۱۲"));
}

#[test]
fn a_question_names_at_least_one_link() {
    let empty = PayStatus::of_send_ids(day(), []).unwrap_err();
    assert!(empty.remedy().unwrap().contains("of_day"), "{empty}");
    assert!(PayStatus::of_invoice_numbers(day(), [""; 0]).is_err());
    assert!(PayStatus::of_invoice_numbers(day(), ["1", "2,3"]).is_err());
    assert!(PayStatus::of_send_ids(day(), (1..=5_000).map(send_id)).is_ok());
    assert!(PayStatus::of_send_ids(day(), (1..=5_001).map(send_id)).is_err());
}

#[test]
fn links_are_named_by_numbers_that_can_be() {
    assert!(DisableLink::by_invoice_number("", day()).is_err());
    assert!(ResendSms::by_invoice_number("1,2", day()).is_err());
}

#[test]
fn an_account_is_checked_when_it_is_built() {
    let build =
        |user: &str, password: &str, name: &str| SizPay::builder(user, password, name).build();
    assert!(build("k1", "k2", "hosseini").is_ok());
    for (user, password, name, named) in [
        ("", "k2", "hosseini", "user name (key 1)"),
        ("k1", "", "hosseini", "password (key 2)"),
        ("k 1", "k2", "hosseini", "user name (key 1)"),
        ("k1", "k2\n", "hosseini", "password (key 2)"),
        ("k1", "کلید", "hosseini", "password (key 2)"),
        ("k1", "k2", "", "link name"),
        ("k1", "k2", " hosseini", "link name"),
        ("k1", "k2", "a\nb", "link name"),
    ] {
        let error = build(user, password, name).unwrap_err();
        assert!(error.to_string().starts_with(named), "{error}");
    }
}

#[track_caller]
fn keys(builder: SizPayBuilder) -> Vec<&'static str> {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
    error.invalids().iter().map(Invalid::key).collect()
}

#[test]
fn everything_that_is_wrong_with_an_account_is_told_at_once() {
    let secret = "half a\nsecret";
    let empty = || SizPay::builder("", secret, "");
    let addresses = ["base_url", "resend_url"];
    let account = ["user_name", "password", "pay_link_name"];
    let rest = empty().base_url("x").resend_url("http://10.0.0.1/");
    assert_eq!(keys(rest), [&account[..], &addresses].concat());
    let asmx = empty().via(Via::AsmxJson).asmx_url("").base_url("x");
    assert_eq!(keys(asmx), [&account[..], &["asmx_url"]].concat());
    let error = empty().build().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("half"), "{error}");
}

#[cfg(feature = "soap")]
#[test]
fn a_wrong_namespace_is_told_beside_a_wrong_address() {
    for via in [Via::Soap, Via::SoapModel] {
        let soap = SizPay::builder("k1", "k2", "").via(via);
        let soap = soap.asmx_url("x").soap_namespace("a b");
        assert_eq!(keys(soap), ["pay_link_name", "asmx_url", "soap_namespace"]);
    }
}

#[test]
fn addresses_are_https_or_loopback() {
    let builder = || SizPay::builder("k1", "k2", "hosseini");
    let plain = builder().base_url("http://pysrvc.sizpay.ir/api/");
    assert!(plain.build().is_err());
    let loopback = builder().base_url("http://127.0.0.1:1/api/");
    assert!(loopback.build().is_ok());
    // The address of a way that is not taken does not matter.
    let unused = builder().asmx_url("http://pysrvc.sizpay.ir/x");
    assert!(unused.build().is_ok());
    let asmx = builder().via(Via::AsmxJson).asmx_url("x");
    let error = asmx.build().unwrap_err();
    assert!(error.to_string().starts_with("ASMX address"), "{error}");
    let plain = "http://pysrc.sizpay.ir/api/PayLinkSend/";
    let error = builder().resend_url(plain).build().unwrap_err();
    assert!(error.to_string().starts_with("resend address"), "{error}");
}

#[cfg(feature = "soap")]
#[test]
fn a_soap_namespace_can_stand_in_a_header_and_in_an_attribute() {
    let builder = || SizPay::builder("k1", "k2", "hosseini").via(Via::Soap);
    assert!(builder().soap_namespace("urn:x").build().is_ok());
    for namespace in ["", "http://x/ y", "http://x/\"", "a<b", "a&b", "نام"] {
        let error = builder().soap_namespace(namespace).build().unwrap_err();
        assert!(error.to_string().contains("targetNamespace"), "{error}");
    }
}

fn assert_unsupported(error: &Error, via: Via) {
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{via}: {error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{via}");
    assert_eq!(error.attempts(), 0, "{via}");
    assert!(error.to_string().contains("Via::Rest"), "{error}");
}

#[tokio::test]
async fn the_asmx_service_documents_neither_disable_nor_resend_nor_other_filters() {
    let account = Provider::start().await;
    for via in Via::ALL.iter().copied().filter(|via| *via != Via::Rest) {
        let sizpay = account.client_via(via);
        let disable = DisableLink::by_send_id(send_id(1), day());
        assert_unsupported(&sizpay.disable_link(disable).await.unwrap_err(), via);
        let resend = ResendSms::by_send_id(send_id(1), day());
        let error = sizpay.resend_sms(resend.clone()).prepare().unwrap_err();
        assert_unsupported(&error, via);
        let numbers = PayStatus::of_invoice_numbers(day(), ["7"]).unwrap();
        assert_unsupported(&sizpay.pay_status(numbers).await.unwrap_err(), via);
        let whole_day = PayStatus::of_day(day());
        assert_unsupported(&sizpay.pay_status(whole_day).await.unwrap_err(), via);

        // A lost send stays unknown: nobody can be asked.
        let handle = sizpay.send_link(new_link()).handle();
        let error = sizpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
    }
    assert!(account.requests().is_empty());
}
