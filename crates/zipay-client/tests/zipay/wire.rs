//! The bytes of every request. Bodies are written out here; their signatures are those that PHP made of the same
//! parameters (`tests/data/api_sign.php`, "wire: …").

use paylink_core::Method;
use paylink_testkit::MockRequest;
use serde_json::Value;
use zipay_client::{Currency, ListInvoices, Money, NewInvoice, Sort, Status};

use crate::provider::{API_KEY, Provider, SECRET_KEY};
use crate::samples::{
    OTHER_TRACKID, TRACKID, create_invoice, invoice_list, invoice_refund, invoice_status,
    invoice_verify, track_id, with,
};

fn signature_by_php(message: &str) -> String {
    let vectors = include_str!("../data/api_sign.json");
    let vectors: Vec<Value> = serde_json::from_str(vectors).unwrap();
    let vector = vectors
        .iter()
        .find(|it| it["secret"] == SECRET_KEY && it["message"] == message)
        .unwrap_or_else(|| panic!("PHP signed no such message: {message}"));
    vector["signature"].as_str().unwrap().to_owned()
}

/// Holds the one request that came against what it has to be, to the byte.
fn assert_only_request(account: &Provider, path: &str, body: &str) {
    let requests = account.requests();
    assert_eq!(requests.len(), 1, "{:?}", account.called());
    let request = &requests[0];
    assert_eq!(request.method_str(), "POST");
    assert_eq!(request.uri_str(), account.url(path), "and no query");
    let sent = std::str::from_utf8(request.body_ref()).unwrap();
    assert_eq!(sent, body, "the body, byte for byte");
    let length = body.len().to_string();
    let signature = signature_by_php(body);
    for (name, value) in [
        ("api_key", API_KEY),
        ("api_sign", &signature),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-length", &length),
    ] {
        assert_eq!(values(request, name), [value], "{name}");
    }
    assert_nothing_else_is_told(request);
}

/// No cookie, no `Authorization`, no `Referer`, and nothing in the URL.
fn assert_nothing_else_is_told(request: &MockRequest) {
    let mut names: Vec<&str> = request
        .headers_vec()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    let known = [
        "accept",
        "accept-encoding",
        "api_key",
        "api_sign",
        "cache-control",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    ];
    assert_eq!(names, known);
    assert_eq!(values(request, "accept"), ["application/json"]);
    for (name, value) in request.headers_vec() {
        let is_the_key = name == "api_key";
        assert_eq!(value.contains(API_KEY), is_the_key, "{name}");
        assert!(!value.contains(SECRET_KEY), "{name}");
    }
    for secret in [API_KEY, SECRET_KEY] {
        assert!(!request.uri_str().contains(secret));
        assert!(!request.body_string().contains(secret));
    }
}

fn values<'a>(request: &'a MockRequest, name: &str) -> Vec<&'a str> {
    request
        .headers_vec()
        .iter()
        .filter(|(given, _)| given == name)
        .map(|(_, value)| value.as_str())
        .collect()
}

fn new_invoice() -> NewInvoice {
    let price = Money::new("100.99", Currency::Usd).unwrap();
    NewInvoice::new("1000", price, "https://shop.example/back").unwrap()
}

/// What an invoice can carry, with all that the encoding has to be careful about.
fn elaborate_invoice() -> NewInvoice {
    let price = Money::new("250000.50", Currency::Irt).unwrap();
    let number = "سفارش *~ \"۷\" 100% a+b=c&d \u{1f4b3}";
    NewInvoice::new(number, price, "https://shop.example/back?lang=fa&x=%20*~'")
        .unwrap()
        .with_webhook("http://shop.example:8080/hook")
        .unwrap()
        .with_national_id("۰۰۷۶۲۲۹۶۴۵".parse().unwrap())
        .with_terminal(77)
        .unwrap()
}

const ELABORATE_BODY: &str = "terminal_number=77&amount=250000.50&currency=IRT\
    &invoice_number=%D8%B3%D9%81%D8%A7%D8%B1%D8%B4+%2A%7E+%22%DB%B7%22+100%25+a%2Bb%3Dc%26d+%F0%9F%92%B3\
    &national_id=0076229645\
    &callback=https%3A%2F%2Fshop.example%2Fback%3Flang%3Dfa%26x%3D%2520%2A%7E%27\
    &webhook=http%3A%2F%2Fshop.example%3A8080%2Fhook";

#[tokio::test]
async fn create_invoice_sends_what_is_required_and_nothing_else() {
    let account = Provider::start().await;
    account.answer("create-invoice", create_invoice());
    account
        .client()
        .create_invoice(new_invoice())
        .await
        .unwrap();
    assert_only_request(
        &account,
        "/api/create-invoice",
        "terminal_number=1003&amount=100.99&currency=USD&invoice_number=1000\
         &callback=https%3A%2F%2Fshop.example%2Fback",
    );
}

#[tokio::test]
async fn create_invoice_sends_everything_in_the_document_s_order() {
    let account = Provider::start().await;
    account.answer("create-invoice", create_invoice());
    account
        .client()
        .create_invoice(elaborate_invoice())
        .await
        .unwrap();
    assert_only_request(&account, "/api/create-invoice", ELABORATE_BODY);
}

#[tokio::test]
async fn invoice_status_sends_the_trackid() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_status());
    account.client().invoice_status(&track_id()).await.unwrap();
    let body = format!("trackid={TRACKID}");
    assert_only_request(&account, "/api/invoice-status", &body);
}

#[tokio::test]
async fn invoice_verify_sends_the_trackid() {
    let account = Provider::start().await;
    account.answer("invoice-verify", invoice_verify());
    account.client().verify_invoice(&track_id()).await.unwrap();
    let body = format!("trackid={TRACKID}");
    assert_only_request(&account, "/api/invoice-verify", &body);
}

#[tokio::test]
async fn invoice_refund_sends_the_trackid() {
    let account = Provider::start().await;
    let answer = with(&invoice_refund(), "/result/trackid", Value::from(TRACKID));
    account.answer("invoice-refund", answer);
    account.client().refund_invoice(&track_id()).await.unwrap();
    let body = format!("trackid={TRACKID}");
    assert_only_request(&account, "/api/invoice-refund", &body);
}

#[tokio::test]
async fn invoice_list_leaves_out_what_was_not_said() {
    let account = Provider::start().await;
    account.answer("invoice-list", invoice_list());
    let list = ListInvoices::new();
    account.client().list_invoices(list).await.unwrap();
    assert_only_request(&account, "/api/invoice-list", "");
}

#[tokio::test]
async fn invoice_list_sends_every_filter() {
    let account = Provider::start().await;
    account.answer("invoice-list", with(&invoice_list(), "/page", 3.into()));
    let list = ListInvoices::new()
        .with_sort(Sort::OldestFirst)
        .with_page(3)
        .and_then(|list| list.with_limit(500))
        .and_then(|list| list.with_invoice_number("A 1*"))
        .and_then(|list| list.with_terminal(1003))
        .unwrap()
        .with_status(Status::Refunded);
    account.client().list_invoices(list).await.unwrap();
    assert_only_request(
        &account,
        "/api/invoice-list",
        "terminal_number=1003&invoice_number=A+1%2A&status=refunded&limit=500&page=3&sort=asc",
    );
}

#[tokio::test]
async fn a_prepared_request_shows_the_bytes_that_are_sent() {
    let account = Provider::start().await;
    account.answer("create-invoice", create_invoice());
    let zipay = account.client();
    let prepared = zipay.create_invoice(elaborate_invoice()).prepare().unwrap();
    assert_eq!(prepared.method(), Method::Post);
    assert_eq!(prepared.path(), "/api/create-invoice");
    let body = std::str::from_utf8(prepared.body()).unwrap();
    assert_eq!(body, ELABORATE_BODY);
    assert!(account.requests().is_empty(), "preparing sends nothing");

    prepared.send().await.unwrap();
    assert_only_request(&account, "/api/create-invoice", ELABORATE_BODY);
}

#[tokio::test]
async fn a_base_url_may_end_with_or_without_a_slash() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_status());
    let base_url = account.url("/api");
    let zipay = account.client_builder().base_url(base_url).build().unwrap();
    zipay.invoice_status(&track_id()).await.unwrap();
    assert_only_request(
        &account,
        "/api/invoice-status",
        &format!("trackid={TRACKID}"),
    );
}

#[tokio::test]
async fn the_handle_names_the_invoice_and_holds_no_secret() {
    let (account, zipay) = Provider::with_client().await;
    let handle = zipay.create_invoice(elaborate_invoice()).handle();
    assert_eq!(handle.provider(), "zipay");
    assert_eq!(handle.operation(), "create-invoice");
    assert_eq!(handle.merchant(), Some("77"));
    assert!(handle.reference().unwrap().starts_with("سفارش *~"));
    let amount = Money::new("250000.50", Currency::Irt).unwrap();
    assert_eq!(handle.amount(), Some(&amount));

    let other = OTHER_TRACKID.parse().unwrap();
    let refund = zipay.refund_invoice(&other).handle();
    assert_eq!(refund.operation(), "refund");
    assert_eq!(refund.id("trackid"), Some(OTHER_TRACKID));

    for handle in [handle, refund] {
        let stored = serde_json::to_string(&handle).unwrap();
        for secret in [API_KEY, SECRET_KEY, "0076229645"] {
            assert!(!stored.contains(secret), "{stored}");
        }
    }
    assert!(account.requests().is_empty());
}
