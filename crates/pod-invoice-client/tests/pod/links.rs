//! Pay links: two that are put together here, and one that POD makes.

use std::time::Duration;

use paylink_core::{ErrorKind, Reason, Runtime as _};
use paylink_testkit::{Answer, FaultServer, Wire, faults};
use pod_invoice_client::{
    BusinessToken, Environment, Gateway, InvoiceId, LinkOptions, Pod, Return, ReturnUrl,
    SendPaymentSms, ShareLink, UniqueNumber, UserId,
};

use crate::provider::{KEY, Provider, TOKEN, good};
use crate::samples::id;
use serde_json::json;

fn number() -> UniqueNumber {
    "6a8419e0de989b8f".parse().unwrap()
}

fn options() -> LinkOptions {
    LinkOptions::new()
        .with_redirect("https://shop.example/back?order=7&lang=%D9%81%D8%A7")
        .unwrap()
        .with_callback("https://shop.example/hook?a=b%23c")
        .unwrap()
}

const ENCODED: &str =
    "redirectUri=https%3A%2F%2Fshop.example%2Fback%3Forder%3D7%26lang%3D%25D9%2581%25D8%25A7";
const HOOK: &str = "https%3A%2F%2Fshop.example%2Fhook%3Fa%3Db%2523c";

#[tokio::test]
async fn the_two_templates_in_both_environments() {
    let account = Provider::start().await;
    for (environment, pay) in [
        (Environment::Production, "https://pay.pod.ir"),
        (Environment::Sandbox, "https://sandbox.pod.ir:1033"),
    ] {
        let pod = account.client_in(environment);
        let by_number =
            format!("{pay}/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f");
        let by_id = format!("{pay}/v1/pbc/payinvoice/?invoiceId=32157");
        let all = format!("&{ENCODED}&callUri={HOOK}&gateway=PEP");
        for (options, added) in [
            (LinkOptions::new(), ""),
            (options().with_gateway(Gateway::Pep), &*all),
        ] {
            let link = pod.link_by_unique_number(&number(), &options).unwrap();
            assert_eq!(link.as_str(), format!("{by_number}{added}"));
            let link = pod.link_by_invoice(id(), &options).unwrap();
            assert_eq!(link.as_str(), format!("{by_id}{added}"));
        }
    }
    assert!(account.requests().is_empty(), "a template asks nobody");
}

#[tokio::test]
async fn another_pay_host_keeps_its_path() {
    let account = Provider::start().await;
    let builder = || account.builder(Environment::Sandbox).key("k");
    for pay in ["http://127.0.0.1:9/pod/pay/", "https://pay.example/"] {
        for given in [pay, pay.trim_end_matches('/')] {
            let pod = builder().pay_url(given).build().unwrap();
            let link = pod.link_by_invoice(id(), &LinkOptions::new()).unwrap();
            let expected = format!("{pay}v1/pbc/payinvoice/?invoiceId=32157");
            assert_eq!(link.as_str(), expected);
        }
    }
    for bad in [
        "http://pay.example/",
        "https://u:p@pay.example/",
        "pay.example",
        "https://pay.example/?a=1",
    ] {
        let error = builder().pay_url(bad).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{bad}");
        assert!(error.to_string().starts_with("pay URL"), "{error}");
    }
}

#[tokio::test]
async fn what_pays_by_itself_is_for_the_sandbox_alone() {
    let account = Provider::start().await;
    let local = LinkOptions::new().with_gateway(Gateway::Local);
    let sandbox = account.client_in(Environment::Sandbox);
    let link = sandbox.link_by_invoice(id(), &local).unwrap();
    assert!(link.as_str().ends_with("&gateway=LOC"), "{link}");

    let production = account.client();
    let by_id = production.link_by_invoice(id(), &local);
    let by_number = production.link_by_unique_number(&number(), &local);
    for error in [by_id.unwrap_err(), by_number.unwrap_err()] {
        assert_eq!(error.label(), "gateway");
    }
    let error = production.payment_link(id(), local).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn the_short_lived_link_is_extended_and_says_how_long_it_lives() {
    let account = Provider::start().await;
    let pod = account.client_in(Environment::Sandbox);
    let link = "https://sandbox.pod.ir:1033/v1/pbc/PayInvoiceDispatcher/?h=abc";
    let asked_at = account.clock().now();
    for answered in [format!("{link}&"), link.to_owned(), format!("{link}&amp;")] {
        account.answer(39310, good(answered));
        let full = options().with_gateway(Gateway::Local);
        let made = pod.payment_link(id(), full).await.unwrap().value;
        let expected = format!("{link}&{ENCODED}&callbackUri={HOOK}&gateway=LOC");
        assert_eq!(made.url.as_str(), expected);
        assert_eq!(made.usable_until, asked_at + Duration::from_secs(300));
        let written = serde_json::to_value(&made).unwrap();
        assert_eq!(written["url"], made.url.as_str());
        assert_eq!(written["usable_until_ms"], 1_800_000_300_000_u64);
        for (passed, left) in [(299, 1), (301, 0)] {
            let left_then = made.time_left(asked_at + Duration::from_secs(passed));
            assert_eq!(left_then, Duration::from_secs(left));
        }
    }
    account.answer(39310, good(format!("{link}&")));
    let bare = pod.payment_link(id(), LinkOptions::new()).await.unwrap();
    assert_eq!(bare.value.url.as_str(), link);
}

#[tokio::test]
async fn a_link_that_no_url_can_be_is_not_handed_on() {
    let account = Provider::start().await;
    let pod = account.client_in(Environment::Sandbox);
    for odd in [
        "https://pay.pod.ir/?h=1\"><script>&",
        "https://pay.pod.ir/?h=1&quot;&gt;&lt;script&gt;&",
        "https://pay.pod.ir/?h=1\u{202e}&",
        "https://pay.pod.ir/?h=&#x202e;&",
        "https://pay.pod.ir/?h= 1&",
    ] {
        account.answer(39310, good(odd));
        for options in [LinkOptions::new(), options()] {
            let error = pod.payment_link(id(), options).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{odd}");
        }
    }
}

#[test]
fn the_way_back_leaves_room_for_what_pod_adds() {
    let sms = || SendPaymentSms::new(id());
    let share = || ShareLink::new(id(), UserId::new(1).unwrap());
    for name in [
        "invoiceId",
        "billNumber",
        "paid",
        "paymentBillNumber",
        "terminalId",
        "maskedCardNumber",
        "rrn",
        "tref",
        "errorResult",
        "INVOICEID",
    ] {
        let url = format!("https://shop.example/back?order=7&{name}=1");
        for error in [
            LinkOptions::new().with_redirect(&url).unwrap_err(),
            sms().with_redirect(&url).unwrap_err(),
            share().with_redirect(&url).unwrap_err(),
        ] {
            assert_eq!((error.key(), error.label()), ("redirect_url", "redirect"));
            let ends = "which the provider adds itself";
            assert!(error.problem().ends_with(ends), "{error}");
        }
        for error in [
            LinkOptions::new().with_callback(&url).unwrap_err(),
            sms().with_callback(&url).unwrap_err(),
        ] {
            assert_eq!((error.key(), error.label()), ("callback_url", "callback"));
        }
    }
    for url in [
        "https://shop.example/#/back",
        "https://shop.example\\back",
        "myapp://back",
    ] {
        assert!(LinkOptions::new().with_redirect(url).is_err(), "{url}");
        assert!(LinkOptions::new().with_callback(url).is_err(), "{url}");
    }
    let app = |text| ReturnUrl::parse_app(ReturnUrl::KEY, text).unwrap();
    let back = app("myapp://back?order=7");
    assert!(LinkOptions::new().with_redirect(back.clone()).is_ok());
    let taken = app("myapp://back?invoiceId=7");
    assert!(LinkOptions::new().with_redirect(taken).is_err());
    for error in [
        LinkOptions::new().with_callback(back.clone()).unwrap_err(),
        sms().with_callback(back.clone()).unwrap_err(),
    ] {
        assert_eq!((error.key(), error.label()), ("callback_url", "callback"));
        assert!(error.problem().contains("cannot call"), "{error}");
    }
    // A link alone may lead back to an app.
    for error in [
        share().with_redirect(back.clone()).unwrap_err(),
        sms().with_redirect(back).unwrap_err(),
    ] {
        assert_eq!((error.key(), error.label()), ("redirect_url", "redirect"));
        assert!(error.problem().contains("an app's own"), "{error}");
    }
}

#[tokio::test]
async fn a_plain_link_is_taken_from_the_pay_pages_own_loopback_host_alone() {
    let account = Provider::start().await;
    let builder = account.builder(Environment::Sandbox).key("k");
    let builder = builder.pay_url("http://127.0.0.1:9/pod/pay");
    let pod = builder.build().unwrap();
    for (host, safe) in [
        ("http://127.0.0.1:9/pod/pay", true),
        ("https://pay.pod.ir", true),
        ("http://pay.pod.ir", false),
    ] {
        let link = format!("{host}/v1/pbc/PayInvoiceDispatcher/?h=1&");
        account.answer(39310, good(&*link));
        let made = pod.payment_link(id(), LinkOptions::new()).await;
        assert_eq!(made.is_ok(), safe, "{link}");
    }
}

#[test]
fn a_return_names_an_invoice() {
    let query = "?order=7&billNumber=1000&paymentBillNumber=1029779&invoiceId=32157&paid=true\
                 &terminalId=12&maskedCardNumber=621986******1234&rrn=111&tref=222&order=8";
    let Return::Payment(payment) = Return::from_query(query).unwrap() else {
        panic!("an error");
    };
    assert_eq!(payment.invoice_id.get(), 32157);
    assert_eq!(payment.bill_number.unwrap().as_str(), "1000");
    assert_eq!(payment.claims_paid, Some(true));
    for (text, expected) in [
        (payment.payment_bill_number, "1029779"),
        (payment.terminal_id, "12"),
        (payment.masked_card_number, "621986******1234"),
        (payment.bank_reference, "111"),
        (payment.bank_tracking, "222"),
    ] {
        assert_eq!(text.as_deref(), Some(expected));
    }
}

#[test]
fn what_has_no_value_is_not_there() {
    let query =
        "billNumber=&invoiceId=32157&paid=false&terminalId=null&maskedCardNumber=&rrn=&tref=";
    let Return::Payment(payment) = Return::from_query(query).unwrap() else {
        panic!("an error");
    };
    assert_eq!(payment.claims_paid, Some(false));
    assert_eq!(payment.bill_number, None);
    assert_eq!(payment.terminal_id, None);
    assert_eq!(payment.masked_card_number, None);
}

#[test]
fn a_return_that_cannot_be_one_is_refused() {
    for (query, field) in [
        ("", "invoiceId"),
        ("paid=true&billNumber=1000", "invoiceId"),
        ("invoiceId=", "invoiceId"),
        ("invoiceId=1&invoiceId=2", "invoiceId"),
        ("invoiceId=1&invoiceId=1", "invoiceId"),
        ("invoiceId=1&%70aid=true&paid=false", "paid"),
        ("invoiceId=0", "invoice id"),
        ("invoiceId=-1", "invoice id"),
        ("invoiceId=1;2", "invoice id"),
        ("invoiceId=99999999999999999999", "invoice id"),
        ("invoiceId=1&paid=yes", "paid"),
        ("invoiceId=1&billNumber=a%0ab", "bill number"),
    ] {
        let error = Return::from_query(query).unwrap_err();
        assert_eq!(error.label(), field, "{query}: {error}");
        let key = match field {
            "invoiceId" => "invoice_id".to_owned(),
            label => label.replace(' ', "_"),
        };
        assert_eq!(error.key(), key, "{query}: {error}");
    }
    for result in [
        r"{}",
        r"[]",
        r#"{"hasError":false,"errorCode":0}"#,
        r#"{"hasError":true}"#,
        r#"{"hasError":true,"message":""}"#,
        r#"{"hasError":true,"errorCode":"x","message":"no"}"#,
        r#"{"hasError":true,"errorCode":1}&errorResult=x"#,
    ] {
        let error = Return::from_query(&format!("errorResult={result}")).unwrap_err();
        let named = (error.key(), error.label());
        assert_eq!(named, ("error_result", "errorResult"), "{result}: {error}");
    }
    let long = format!("invoiceId=1&x={}", "a".repeat(16 * 1024));
    assert_eq!(Return::from_query(&long).unwrap_err().label(), "query");
}

#[test]
fn an_error_comes_back_as_the_document_shows_it() {
    let json = r#"{"hasError":true,"errorCode":72,"message":"قبض منتظر درگاه   برای  ادامه  تراکنش  می  باشد","count":0}"#;
    let encoded: String = form_of(json);
    for query in [
        format!("errorResult={encoded}"),
        format!("order=7&errorResult={encoded}&invoiceId=1"),
    ] {
        let Return::Refused(refusal) = Return::from_query(&query).unwrap() else {
            panic!("a payment");
        };
        assert_eq!(refusal.code(), "72");
        assert_eq!(refusal.reason(), Reason::AwaitingGateway);
        assert!(refusal.message().unwrap().starts_with("قبض"));
    }
}

#[test]
fn an_error_without_a_number_comes_back_in_its_own_words() {
    let words = "اجازه پرداخت این فاکتور را ندارید";
    for number in ["", r#""errorCode":0,"#, r#""errorCode":"0","#] {
        let json = format!(r#"{{"hasError":true,{number}"message":"{words}"}}"#);
        let query = format!("errorResult={}", form_of(&json));
        let Return::Refused(refusal) = Return::from_query(&query).unwrap() else {
            panic!("a payment");
        };
        assert_eq!(refusal.code(), words);
        assert_eq!(refusal.reason(), Reason::NotAllowed);
    }
}

fn form_of(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn debug_leaves_the_card_out() {
    let query = "invoiceId=1&maskedCardNumber=621986******1234";
    let told = format!("{:?}", Return::from_query(query).unwrap());
    assert!(!told.contains("621986"), "{told}");
}

/// A link need not name its invoice: on a kept connection, one that came too many would have a payer pay another invoice.
#[tokio::test]
async fn a_spare_link_is_nobodys() {
    let link = |invoice: u64| {
        let url = format!("https://pay.pod.ir/{invoice}");
        Answer::json(good(json!(url)).to_string())
    };
    let spare = faults::late_spare_answer(&link(7), &link(8));
    let server = FaultServer::start(Wire::Plain, spare).await.unwrap();
    let pod = Pod::builder(BusinessToken::new(TOKEN)).key(KEY);
    let pod = pod.base_url(server.url()).build().unwrap();
    for _ in 0..2 {
        let asked = InvoiceId::new(7).unwrap();
        let made = pod.payment_link(asked, LinkOptions::new()).await.unwrap();
        let url = made.value.url.as_str();
        assert!(url.starts_with("https://pay.pod.ir/7"), "{url}");
    }
}
