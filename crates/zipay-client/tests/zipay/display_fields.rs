//! Fields that are only shown may be missing or malformed; then they are `None`, and settling goes on.

use serde_json::{Value, json};
use zipay_client::{Invoice, Settlement};

use crate::provider::Provider;
use crate::samples::{
    expected, invoice_in, invoice_status, invoice_verify, of_every_kind, track_id, with, without,
};

/// Each row: the place in the answer, the name under which it is noted, and the invoice's field in its serialised form.
const SHOWN: [(&str, &str, &str); 13] = [
    ("/result/coin/name", "coin.name", "currency_name"),
    ("/result/coin/symbol", "coin.symbol", "currency_symbol"),
    ("/result/time", "time", "created_at"),
    ("/result/date", "date", "date"),
    ("/result/datew3c", "datew3c", "date_w3c"),
    ("/result/pay_date", "pay_date", "pay_date"),
    ("/result/pay_datew3c", "pay_datew3c", "pay_date_w3c"),
    (
        "/result/invoice_transaction_id",
        "invoice_transaction_id",
        "transaction_id",
    ),
    ("/result/national_id", "national_id", "national_id"),
    (
        "/result/payer_firstname",
        "payer_firstname",
        "payer_first_name",
    ),
    (
        "/result/payer_lastname",
        "payer_lastname",
        "payer_last_name",
    ),
    ("/result/payer_email", "payer_email", "payer_email"),
    (
        "/result/payer_account_number",
        "payer_account_number",
        "payer_account_number",
    ),
];

const NUMBERS: [&str; 3] = ["time", "invoice_transaction_id", "payer_account_number"];

fn is_readable(name: &str, value: &Value) -> bool {
    if NUMBERS.contains(&name) {
        value.is_u64()
    } else {
        value.is_string()
    }
}

fn shown(invoice: &Invoice, field: &str) -> Value {
    serde_json::to_value(invoice).unwrap()[field].clone()
}

#[tokio::test]
async fn one_of_another_type_is_left_out_and_named() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (pointer, name, field) in SHOWN {
        let bad = of_every_kind().into_iter();
        for value in bad.filter(|value| !value.is_null() && !is_readable(name, value)) {
            let answer = with(&invoice_status(), pointer, value.clone());
            provider.answer("invoice-status", answer);
            let invoice = zipay.invoice_status(&track_id()).await.unwrap();
            assert_eq!(shown(&invoice, field), Value::Null, "{name} {value}");
            assert_eq!(invoice.unreadable, [name], "{value}");
        }
    }
}

#[tokio::test]
async fn one_that_is_absent_or_null_is_left_out_and_not_named() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (pointer, name, field) in SHOWN {
        let null = with(&invoice_status(), pointer, Value::Null);
        for answer in [without(&invoice_status(), pointer), null] {
            provider.answer("invoice-status", answer);
            let invoice = zipay.invoice_status(&track_id()).await.unwrap();
            assert_eq!(shown(&invoice, field), Value::Null, "{name}");
            assert_eq!(invoice.unreadable, Vec::<&str>::new(), "{name}");
        }
    }
}

#[tokio::test]
async fn an_empty_national_id_is_none_and_a_given_one_is_kept() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (told, read) in [("", None), ("0076229645", Some("0076229645"))] {
        let answer = with(&invoice_status(), "/result/national_id", json!(told));
        provider.answer("invoice-status", answer);
        let invoice = zipay.invoice_status(&track_id()).await.unwrap();
        assert_eq!(invoice.national_id.as_deref(), read);
    }
}

/// All at once, in both answers: what decides is there, so the payment is settled.
#[tokio::test]
async fn settling_goes_on_although_every_one_is_unreadable() {
    let spoilt = |answer: Value| {
        SHOWN.iter().fold(answer, |answer, (pointer, _, _)| {
            with(&answer, pointer, json!([{"odd": true}]))
        })
    };
    let provider = Provider::start().await;
    provider.answer("invoice-status", spoilt(invoice_in("pending")));
    provider.answer("invoice-verify", spoilt(invoice_verify()));
    let zipay = provider.client();

    let invoice = zipay.invoice_status(&track_id()).await.unwrap();
    let mut unreadable = invoice.unreadable.clone();
    unreadable.sort_unstable();
    let mut names = SHOWN.map(|(_, name, _)| name);
    names.sort_unstable();
    assert_eq!(unreadable, names);

    let settlement = zipay.settle(&expected()).await.unwrap();
    assert!(
        matches!(settlement, Settlement::Settled(_)),
        "{settlement:?}"
    );
}

#[tokio::test]
async fn the_payer_s_data_stays_out_of_debug() {
    let provider = Provider::start().await;
    let answer = with(
        &invoice_status(),
        "/result/national_id",
        json!("0076229645"),
    );
    provider.answer("invoice-status", answer);
    let invoice = provider.client().invoice_status(&track_id()).await.unwrap();
    let debug = format!("{invoice:?} {invoice:#?}");
    assert!(debug.contains("1000"), "the merchant's own number: {debug}");
    for personal in ["0076229645", "نام", "payer@example.com", "10025"] {
        assert!(!debug.contains(personal), "{debug}");
    }
}
