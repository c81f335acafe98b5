//! Nothing that can be printed prints a key.

use std::fmt::Debug;

use paylink_testkit::Canaries;
use serde_json::json;
use zipay_client::{Currency, ListInvoices, Money, NewInvoice, ZiPay, ZiPayBuilder};

use crate::provider::Provider;
use crate::samples::{expected, track_id};
use paylink_testkit::Answer;

const API_KEY: &str = "canary-api-key-7c1b";
const SECRET_KEY: &str = "canary-secret-key-93ef";
const PASSWORD: &str = "canary-password-22d0";

fn canaries() -> Canaries {
    Canaries::new([API_KEY, SECRET_KEY, PASSWORD]).unwrap()
}

fn builder() -> ZiPayBuilder {
    ZiPay::builder(API_KEY, SECRET_KEY)
        .base_url("http://127.0.0.1:9/api/")
        .terminal(1003)
}

fn assert_tells_nothing(value: &impl Debug) {
    let shown = format!("{value:?} {value:#?}");
    let sightings = canaries().find_in(&shown);
    assert!(sightings.is_empty(), "{sightings:?}");
}

fn new_invoice() -> NewInvoice {
    let price = Money::new("100.99", Currency::Usd).unwrap();
    let invoice = NewInvoice::new("1000", price, "https://shop.example/back").unwrap();
    invoice.with_national_id("0076229645".parse().unwrap())
}

#[test]
fn a_key_that_is_printed_would_be_found() {
    #[derive(Debug)]
    struct Careless {
        _api_key: &'static str,
        _secret_key: Vec<u8>,
    }

    let careless = Careless {
        _api_key: API_KEY,
        _secret_key: SECRET_KEY.as_bytes().to_vec(),
    };
    let sightings = canaries().find_in(&format!("{careless:#?}"));
    let mut found: Vec<usize> = sightings.iter().map(|it| it.secret).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, [0, 1]);
}

#[test]
fn the_client_and_its_builder_tell_nothing() {
    assert_tells_nothing(&builder());
    let zipay = builder().build().unwrap();
    assert_tells_nothing(&zipay);
    // The account stands in the client: what it does show is harmless, and shows that it was looked at.
    assert!(format!("{zipay:?}").contains("ZiPayConfig"));
    assert!(format!("{zipay:?}").contains("1003"));
}

/// The exact text: what is left out is as much part of it as what is shown.
#[test]
fn what_a_value_prints_is_this_and_no_more() {
    let printed = format!("{:?}", builder());
    assert_eq!(printed, "ZiPayBuilder { terminal: Some(1003), .. }");
    let zipay = builder().build().unwrap();
    let list = ListInvoices::new();
    let steady = "ListInvoices { terminal: None, invoice_number: None, status: None, limit: None, page: None, sort: Some(OldestFirst), on_own_connection: false }";
    let printed = format!("{:?}", zipay.all_invoices(list));
    let text = format!("Invoices {{ list: {steady}, pages_read: 0, .. }}");
    assert_eq!(printed, text);
}

#[test]
fn a_password_in_a_base_url_is_not_told_either() {
    let base_url = format!("https://user:{PASSWORD}@api.zipay.io/api/");
    let builder = ZiPay::builder(API_KEY, SECRET_KEY).base_url(base_url);
    assert_tells_nothing(&builder);
    assert_tells_nothing(&builder.build().unwrap_err());
}

#[test]
fn operations_and_calls_tell_nothing() {
    let zipay = builder().build().unwrap();
    let list = ListInvoices::new().with_terminal(1003).unwrap();
    assert_tells_nothing(&new_invoice());
    assert_tells_nothing(&list);
    assert_tells_nothing(&expected());

    assert_tells_nothing(&zipay.create_invoice(new_invoice()));
    assert_tells_nothing(&zipay.invoice_status(&track_id()));
    assert_tells_nothing(&zipay.verify_invoice(&track_id()));
    assert_tells_nothing(&zipay.refund_invoice(&track_id()));
    assert_tells_nothing(&zipay.list_invoices(list.clone()));
    assert_tells_nothing(&zipay.all_invoices(list));
}

#[test]
fn a_prepared_request_tells_neither_keys_nor_the_payer() {
    let zipay = builder().build().unwrap();
    let prepared = zipay.create_invoice(new_invoice()).prepare().unwrap();
    assert_tells_nothing(&prepared);
    assert_tells_nothing(&prepared.handle());
    let shown = format!("{prepared:?} {:?} {:?}", prepared.handle(), new_invoice());
    assert!(!shown.contains("0076229645"), "{shown}");
}

#[tokio::test]
async fn an_error_tells_nothing() {
    let account = Provider::start().await;
    let refusal = json!({"success": false, "status": 401, "message": "wrong api_sign"});
    account.answer("create-invoice", refusal);
    let zipay = builder().base_url(account.url("/api/")).build().unwrap();
    let refused = zipay.create_invoice(new_invoice()).await.unwrap_err();
    account.answer("create-invoice", Answer::json("").status(502));
    let unknown = zipay.create_invoice(new_invoice()).await.unwrap_err();
    for error in [refused, unknown] {
        assert_eq!(error.attempts(), 1, "it was sent: {error}");
        assert_tells_nothing(&error);
        assert_tells_nothing(&error.to_string());
        assert_tells_nothing(&serde_json::to_string(&error.report()).unwrap());
    }
}
