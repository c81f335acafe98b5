//! Pay links: two that are put together here, and one that POD makes.

use std::time::Duration;

use paylink_core::{ErrorKind, Runtime as _};
use pod_invoice_client::{
    Environment, Gateway, LinkOptions, ReturnUrl, SendPaymentSms, ShareLink, UniqueNumber, UserId,
};

use crate::provider::{Provider, good};
use crate::samples::id;

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
        let plain = LinkOptions::new();
        assert_eq!(
            pod.link_by_unique_number(&number(), &plain)
                .unwrap()
                .as_str(),
            format!("{pay}/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f")
        );
        assert_eq!(
            pod.link_by_invoice(id(), &plain).unwrap().as_str(),
            format!("{pay}/v1/pbc/payinvoice/?invoiceId=32157")
        );
        let full = options().with_gateway(Gateway::Pep);
        assert_eq!(
            pod.link_by_unique_number(&number(), &full)
                .unwrap()
                .as_str(),
            format!(
                "{pay}/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f\
                 &{ENCODED}&callUri={HOOK}&gateway=PEP"
            )
        );
        assert_eq!(
            pod.link_by_invoice(id(), &full).unwrap().as_str(),
            format!(
                "{pay}/v1/pbc/payinvoice/?invoiceId=32157&{ENCODED}&callUri={HOOK}&gateway=PEP"
            )
        );
    }
    assert!(account.requests().is_empty(), "a template asks nobody");
}

#[tokio::test]
async fn another_pay_host_keeps_its_path() {
    let account = Provider::start().await;
    for (pay, link) in [
        (
            "http://127.0.0.1:9/pod/pay",
            "http://127.0.0.1:9/pod/pay/v1/pbc/payinvoice/?invoiceId=32157",
        ),
        (
            "https://pay.example/",
            "https://pay.example/v1/pbc/payinvoice/?invoiceId=32157",
        ),
    ] {
        let pod = account
            .builder(Environment::Sandbox)
            .key("k")
            .pay_url(pay)
            .build()
            .unwrap();
        assert_eq!(
            pod.link_by_invoice(id(), &LinkOptions::new())
                .unwrap()
                .as_str(),
            link
        );
    }
    for bad in [
        "http://pay.example/",
        "https://u:p@pay.example/",
        "pay.example",
        "https://pay.example/?a=1",
    ] {
        let error = account
            .builder(Environment::Sandbox)
            .pay_url(bad)
            .build()
            .unwrap_err();
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
    assert_eq!(
        production
            .link_by_invoice(id(), &local)
            .unwrap_err()
            .label(),
        "gateway"
    );
    assert_eq!(
        production
            .link_by_unique_number(&number(), &local)
            .unwrap_err()
            .label(),
        "gateway"
    );
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
        assert_eq!(
            made.time_left(asked_at + Duration::from_secs(299)),
            Duration::from_secs(1)
        );
        assert_eq!(
            made.time_left(asked_at + Duration::from_secs(301)),
            Duration::ZERO
        );
    }
    account.answer(39310, good(format!("{link}&")));
    let bare = pod
        .payment_link(id(), LinkOptions::new())
        .await
        .unwrap()
        .value;
    assert_eq!(bare.url.as_str(), link);
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
            SendPaymentSms::new(id()).with_redirect(&url).unwrap_err(),
            ShareLink::new(id(), UserId::new(1).unwrap())
                .with_redirect(&url)
                .unwrap_err(),
        ] {
            assert_eq!((error.key(), error.label()), ("redirect_url", "redirect"));
            assert!(
                error.problem().ends_with("which the provider adds itself"),
                "{error}"
            );
        }
        for error in [
            LinkOptions::new().with_callback(&url).unwrap_err(),
            SendPaymentSms::new(id()).with_callback(&url).unwrap_err(),
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
        SendPaymentSms::new(id())
            .with_callback(back.clone())
            .unwrap_err(),
    ] {
        assert_eq!((error.key(), error.label()), ("callback_url", "callback"));
        assert!(error.problem().contains("cannot call"), "{error}");
    }
    // A link alone may lead back to an app.
    let share = ShareLink::new(id(), UserId::new(1).unwrap());
    for error in [
        share.with_redirect(back.clone()).unwrap_err(),
        SendPaymentSms::new(id()).with_redirect(back).unwrap_err(),
    ] {
        assert_eq!((error.key(), error.label()), ("redirect_url", "redirect"));
        assert!(error.problem().contains("an app's own"), "{error}");
    }
}

#[tokio::test]
async fn a_plain_link_is_taken_from_the_pay_pages_own_loopback_host_alone() {
    let account = Provider::start().await;
    let builder = account.builder(Environment::Sandbox).key("k");
    let pod = builder
        .pay_url("http://127.0.0.1:9/pod/pay")
        .build()
        .unwrap();
    for (link, safe) in [
        (
            "http://127.0.0.1:9/pod/pay/v1/pbc/PayInvoiceDispatcher/?h=1&",
            true,
        ),
        ("https://pay.pod.ir/v1/pbc/PayInvoiceDispatcher/?h=1&", true),
        ("http://pay.pod.ir/v1/pbc/PayInvoiceDispatcher/?h=1&", false),
    ] {
        account.answer(39310, good(link));
        let made = pod.payment_link(id(), LinkOptions::new()).await;
        assert_eq!(made.is_ok(), safe, "{link}");
    }
}
