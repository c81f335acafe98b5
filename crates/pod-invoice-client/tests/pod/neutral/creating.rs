//! A payment becomes an invoice, and the answer a record and a link; or it is refused before a byte leaves.

use std::time::{Duration, SystemTime};

use paylink_core::provider::{Created, Cursor, Input, ListPayments, NewPayment, OrderReference};
use paylink_core::{ComparedField, Effect, Error, ErrorKind, PaymentProvider, ReturnUrl};
use pod_invoice_client::Environment;
use serde_json::json;

use super::{ISSUE, LIST, builder, chosen, issued, issued_with, payment, rial};
use crate::provider::{KEY, Provider, bad, good};

const BACK: &str = "https://shop.example/back?order=1000";
const HOOK: &str = "https://shop.example/hook";

#[tokio::test]
async fn every_taken_input_is_sent_or_stands_in_the_link() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let payment = payment()
        .with_description("یک جفت کفش")
        .unwrap()
        .with_mobile("0912 000 0000".parse().unwrap())
        .with_return_url(BACK)
        .unwrap()
        .with_notify_url(HOOK)
        .unwrap();
    let created = chosen(&account).create(&payment).await.unwrap();
    let requests = account.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].body_string(),
        "scProductId=29796&scApiKey=key-of-the-wire-tests&productId%5B%5D=0&price%5B%5D=1000000&quantity%5B%5D=1\
         &productDescription%5B%5D=%DB%8C%DA%A9+%D8%AC%D9%81%D8%AA+%DA%A9%D9%81%D8%B4\
         &guildCode=CLOTHING_GUILD&billNumber=1000&preferredTaxRate=0&verificationNeeded=true\
         &cellphoneNumber=09120000000"
    );
    assert_eq!(
        created.link().unwrap().as_str(),
        "https://pay.pod.ir/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f\
         &redirectUri=https%3A%2F%2Fshop.example%2Fback%3Forder%3D1000&callUri=https%3A%2F%2Fshop.example%2Fhook"
    );
}

#[tokio::test]
async fn an_app_stands_in_the_link_and_in_the_link_that_is_made_again() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let app = ReturnUrl::parse_app(ReturnUrl::KEY, "myapp://back?order=1000").unwrap();
    let payment = payment().with_parsed_return_url(app);
    let created = chosen(&account).create(&payment).await.unwrap();
    let link = created.link().unwrap().as_str().to_owned();
    assert!(
        link.ends_with("&redirectUri=myapp%3A%2F%2Fback%3Forder%3D1000"),
        "{link}"
    );
    let pod = chosen(&account);
    let prepared = pod.prepare(&payment).unwrap();
    assert_eq!(
        prepared.handle().id("redirectUri"),
        Some("myapp://back?order=1000")
    );
}

#[tokio::test]
async fn a_way_back_that_holds_pods_own_names_stops_the_payment() {
    let account = Provider::start().await;
    for (payment, input) in [
        (
            payment().with_return_url("https://shop.example/?invoiceId=7"),
            Input::ReturnUrl,
        ),
        (
            payment().with_notify_url("https://shop.example/?paid=true"),
            Input::NotifyUrl,
        ),
    ] {
        let error = chosen(&account)
            .create(&payment.unwrap())
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Invalid, Effect::NotExecuted)
        );
        assert!(error.to_string().starts_with(input.as_str()), "{error}");
        assert_eq!(error.invalid().unwrap().key(), input.key().as_str());
    }
    assert_eq!(account.requests().len(), 0);
}

#[tokio::test]
async fn the_record_holds_what_settling_needs() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let created = chosen(&account).create(&payment()).await.unwrap();
    let body = account.requests()[0].body_string();
    // "سفارش 1000", since nothing else describes it.
    assert!(
        body.contains("&productDescription%5B%5D=%D8%B3%D9%81%D8%A7%D8%B1%D8%B4+1000&"),
        "{body}"
    );
    let record = created.record();
    assert_eq!(record.provider(), "pod");
    assert_eq!(record.reference().as_str(), "1000");
    assert_eq!(record.amount(), &rial("1000000"));
    assert_eq!(record.merchant(), None, "the token says whose it is");
    assert_eq!(record.id("invoiceId"), Some("32157"));
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    assert_eq!(record.created_at(), now);
    assert_eq!(
        created.link().unwrap().as_str(),
        "https://pay.pod.ir/v1/pbc/payInvoiceByUniqueNumber?uniqueNumber=6a8419e0de989b8f"
    );

    let stored = serde_json::to_string(&created).unwrap();
    assert_eq!(serde_json::from_str::<Created>(&stored).unwrap(), created);
}

#[tokio::test]
async fn a_business_that_is_known_stands_in_the_record() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let pod = builder(&account).business(7867).build().unwrap();
    let pod: Box<dyn PaymentProvider> = Box::new(pod);
    let created = pod.create(&payment()).await.unwrap();
    assert_eq!(created.record().merchant(), Some("7867"));
}

#[tokio::test]
async fn an_answer_without_the_unique_number_is_read_once() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued_with(json!({"uniqueNumber": null}))));
    account.answer(LIST, good(json!([issued()])));
    let created = chosen(&account).create(&payment()).await.unwrap();
    assert!(created.link().is_some());
    assert_eq!(account.take_called(), [ISSUE, LIST]);
}

/// The invoice was issued: whatever fails afterwards, issuing it again would be wrong.
#[tokio::test]
async fn an_invoice_without_a_link_or_of_another_amount_is_an_unknown_outcome() {
    let nameless = || good(issued_with(json!({"uniqueNumber": null})));
    let taxed = good(issued_with(json!({"payableAmount": 1_090_000})));
    for (answer, list, kind) in [
        (nameless(), good(json!([])), ErrorKind::Untrusted),
        (
            nameless(),
            good(json!([issued_with(json!({"uniqueNumber": ""}))])),
            ErrorKind::Untrusted,
        ),
        (nameless(), bad(21), ErrorKind::Refused),
        (
            good(issued_with(json!({"uniqueNumber": "a b"}))),
            bad(21),
            ErrorKind::Untrusted,
        ),
        (taxed, bad(21), ErrorKind::Mismatch),
    ] {
        let account = Provider::start().await;
        account.answer(ISSUE, answer);
        account.answer(LIST, list);
        let pod = chosen(&account);
        let error = pod.create(&payment()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.effect(), Effect::Unknown, "{error}");
        let handle = error.handle().unwrap();
        assert_eq!(handle.reference(), Some("1000"));
        if let Some(mismatch) = error.mismatch() {
            assert!(mismatch.has(ComparedField::Amount));
        }
    }
}

#[tokio::test]
async fn without_a_guild_nothing_is_created_and_the_error_says_how_to_set_one() {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let pod = account.builder(Environment::Production).key(KEY);
    let pod: Box<dyn PaymentProvider> = Box::new(pod.build().unwrap());
    for error in [
        pod.prepare(&payment()).unwrap_err(),
        pod.create(&payment()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.to_string().contains(".guild(code)"), "{error}");
    }
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn a_guild_that_cannot_be_one_is_refused_when_the_client_is_built() {
    let account = Provider::start().await;
    for bad in ["", " ", "A\nB", " A"] {
        let error = builder(&account).guild(bad).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{bad:?}");
        assert!(error.to_string().contains("guild"), "{error}");
    }
}

#[track_caller]
fn assert_refused(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{error}");
    assert_eq!(error.attempts(), 0, "{error}");
}

/// Preparing and creating refuse the same with the same words; what would leave no room for the link among it.
#[tokio::test]
async fn preparing_refuses_what_creating_would() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    let escaped = NewPayment::new("a&amp;b", rial("1")).unwrap();
    let long = format!("https://shop.example/{}", "a".repeat(900));
    let crowded = payment()
        .with_return_url(&long)
        .unwrap()
        .with_notify_url(&long)
        .unwrap();
    for (payment, field) in [
        (escaped, OrderReference::KEY),
        (crowded, Input::ReturnUrl.key()),
    ] {
        let prepared = pod.prepare(&payment).unwrap_err();
        let created = pod.create(&payment).await.unwrap_err();
        assert_refused(&created, ErrorKind::Invalid);
        assert_eq!(prepared.to_string(), created.to_string());
        assert!(created.to_string().contains(field.label()), "{created}");
        assert_eq!(created.invalid().unwrap().key(), field.as_str());
    }
    let keyless = account.builder(Environment::Production);
    let keyless: Box<dyn PaymentProvider> = Box::new(keyless.guild("A").build().unwrap());
    assert_refused(
        &keyless.prepare(&payment()).unwrap_err(),
        ErrorKind::Configuration,
    );
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn a_cursor_that_pod_did_not_give_is_refused() {
    let account = Provider::start().await;
    let pod = chosen(&account);
    for cursor in ["", "-1", "next", "1.5"] {
        let list = ListPayments::new().with_after(Cursor::new(cursor));
        let error = pod.list(&list).await.unwrap_err();
        assert_refused(&error, ErrorKind::Invalid);
        assert_eq!(error.invalid().unwrap().key(), Cursor::KEY.as_str());
    }
    assert!(account.requests().is_empty());
}
