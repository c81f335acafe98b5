//! Every sample of the document, read to its last field.

use serde_json::{Value, json};
use zipay_client::{
    Currency, Effect, ErrorKind, Invoice, ListInvoices, Money, NewInvoice, Settlement, Status,
};

use crate::provider::Provider;
use crate::samples::{
    TRACKID, create_invoice, expected, invoice_in, invoice_list, invoice_refund, invoice_status,
    invoice_verify, of_every_kind, track_id, with, without,
};
use paylink_testkit::{Answer, assert_matches};

/// The invoice of the samples for status and verify.
fn invoice_1000(status: &str) -> Value {
    json!({
        "track_id": "de7d44ae-9df9-487f-a175-ade1ecfab28b",
        "status": status,
        "amount": {"amount": "100.99", "currency": "USD"},
        "invoice_number": "1000",
        "terminal": 1003,
        "currency_name": "United States dollar",
        "currency_symbol": "$",
        "created_at": 1680282113,
        "date": "31/03/2023 17:01 UTC",
        "date_w3c": "2023-03-31T17:01:53+00:00",
        "pay_date": "31/03/2023 17:02 UTC",
        "pay_date_w3c": "2023-03-31T17:02:08+00:00",
        "transaction_id": 101,
        "national_id": null,
        "payer_first_name": "نام پرداخت کننده",
        "payer_last_name": "نام خانوادگی پرداخت کننده",
        "payer_email": "payer@example.com",
        "payer_account_number": 10025,
        "unreadable": []
    })
}

fn shown(invoice: &Invoice) -> Value {
    serde_json::to_value(invoice).unwrap()
}

#[tokio::test]
async fn the_sample_of_create_invoice() {
    let account = Provider::start().await;
    account.answer("create-invoice", create_invoice());
    let price = Money::new("100.99", Currency::Usd).unwrap();
    let invoice = NewInvoice::new("1000", price, "https://shop.example/back").unwrap();
    let created = account.client().create_invoice(invoice).await.unwrap();
    assert_eq!(created.track_id.as_str(), TRACKID);
    let link = format!("http://api.zipay.io/invoice_v1/{TRACKID}");
    assert_eq!(created.redirect.as_str(), link, "as it came, plain http");
    assert_eq!(created.message, None);
}

#[tokio::test]
async fn a_pay_link_is_https_or_zipays_own() {
    let price = Money::new("100.99", Currency::Usd).unwrap();
    for (link, is_taken) in [
        ("https://pay.example/invoice", true),
        ("http://api.zipay.io/invoice_v1/1", true),
        ("http://127.0.0.1:9/zipay/invoice_v1/1", true),
        ("http://api.zipay.io.example/invoice_v1/1", false),
        ("http://api.zipay.io@pay.example/invoice_v1/1", false),
        ("javascript:alert(1)", false),
        ("//api.zipay.io/invoice_v1/1", false),
        ("https://pay.example/1\"><script>alert(1)</script>", false),
        ("https://pay.example/1\u{202e}", false),
        ("https://pay.example/1\u{2066}2", false),
        ("https://pay.example/ 1", false),
        ("https://pay.example\\@elsewhere.example/", false),
        ("", false),
    ] {
        let account = Provider::start().await;
        let answer = with(&create_invoice(), "/result/redirect", json!(link));
        account.answer("create-invoice", answer);
        let invoice = NewInvoice::new("1000", price, "https://shop.example/back").unwrap();
        match account.client().create_invoice(invoice).await {
            Ok(created) => assert!(is_taken && created.redirect.as_str() == link, "{link}"),
            Err(error) => {
                assert!(!is_taken, "{link}: {error}");
                assert_eq!(error.effect(), Effect::Unknown, "{link}");
            }
        }
    }
}

#[tokio::test]
async fn the_sample_of_invoice_status() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_status());
    let invoice = account.client().invoice_status(&track_id()).await.unwrap();
    assert_eq!(shown(&invoice), invoice_1000("pending"));
    assert_eq!(invoice.status, Status::Pending);
}

#[tokio::test]
async fn the_sample_of_invoice_verify() {
    let account = Provider::start().await;
    account.answer("invoice-verify", invoice_verify());
    let invoice = account.client().verify_invoice(&track_id()).await.unwrap();
    assert_eq!(shown(&invoice), invoice_1000("completed"));
    assert_eq!(invoice.status, Status::Completed);
}

#[tokio::test]
async fn the_sample_of_invoice_refund() {
    let account = Provider::start().await;
    account.answer("invoice-refund", invoice_refund());
    let refunded = "12a2c8ec-249a-43bb-a161-a7658981c110".parse().unwrap();
    let invoice = account.client().refund_invoice(&refunded).await.unwrap();
    assert_eq!(invoice.status, Status::Refunded);
    assert_eq!(invoice.track_id, refunded);
    assert_eq!(invoice.amount, Money::new("1", Currency::Usd).unwrap());
    assert_eq!(invoice.invoice_number, "20");
    assert_eq!(invoice.transaction_id, Some(70));
    assert_eq!(invoice.pay_date.as_deref(), Some("31/03/2023 16:56 UTC"));
}

#[tokio::test]
async fn the_sample_of_invoice_list() {
    let account = Provider::start().await;
    account.answer("invoice-list", invoice_list());
    let list = ListInvoices::new().with_limit(3).unwrap();
    let page = account.client().list_invoices(list).await.unwrap();
    assert_eq!((page.page, page.total), (1, Some(9)));
    assert_eq!(page.invoices.len(), 3);
    assert_eq!(
        shown(&page.invoices[0]),
        json!({
            "track_id": "08985ab3-5937-40ff-bffa-f85c56256730",
            "status": "generated",
            "amount": {"amount": "1", "currency": "USD"},
            "invoice_number": "981",
            "terminal": 1003,
            "currency_name": "United States dollar",
            "currency_symbol": "$",
            "created_at": 1680282307,
            "date": "31/03/2023 17:05 UTC",
            "date_w3c": "2023-03-31T17:05:07+00:00",
            "pay_date": null,
            "pay_date_w3c": null,
            "transaction_id": 116,
            "national_id": null,
            "payer_first_name": "نام پرداخت کننده",
            "payer_last_name": "نام خانوادگی پرداخت کننده",
            "payer_email": null,
            "payer_account_number": null,
            "unreadable": []
        })
    );
    let told = |it: &Invoice| format!("{} {}", it.invoice_number, it.status);
    let rest: Vec<_> = page.invoices[1..].iter().map(told).collect();
    assert_eq!(rest, ["10131 completed", "10031 rejected"]);
}

#[tokio::test]
async fn every_documented_status_is_read_and_any_other_keeps_its_text() {
    let (account, zipay) = Provider::with_client().await;
    for (text, status) in [
        ("generated", Status::Generated),
        ("waiting", Status::Waiting),
        ("pending", Status::Pending),
        ("completed", Status::Completed),
        ("rejected", Status::Rejected),
        ("refunded", Status::Refunded),
        ("on_hold", Status::Other("on_hold".into())),
        ("Completed", Status::Other("Completed".into())),
        ("", Status::Other("".into())),
    ] {
        let answer = with(&invoice_status(), "/result/status", json!(text));
        account.answer("invoice-status", answer);
        let invoice = zipay.invoice_status(&track_id()).await.unwrap();
        assert_eq!(invoice.status, status);
        assert_eq!(invoice.status.as_str(), text);
    }
}

#[tokio::test]
async fn amounts_are_exact_to_the_last_documented_decimal() {
    let (account, zipay) = Provider::with_client().await;
    for (text, code) in [
        ("0.12345678901234567890", "USDT"),
        ("100.990", "USD"),
        ("9007199254740993", "IRT"),
        ("79228162514264337593543950335", "IRT"),
    ] {
        let answer = with(&invoice_status(), "/result/amount", json!(text));
        let answer = with(&answer, "/result/coin/currency", json!(code));
        account.answer("invoice-status", answer);
        let invoice = zipay.invoice_status(&track_id()).await.unwrap();
        assert_eq!(invoice.amount.amount(), text);
        assert_eq!(invoice.amount.currency().code(), code);
    }
}

/// PHP escapes slashes and whatever is not ASCII; others do not, or write the fields in another order.
#[tokio::test]
async fn escapes_white_space_and_the_order_of_fields_do_not_matter() {
    let (account, zipay) = Provider::with_client().await;
    let plain = r#" {"status":200, "success":true, "result":{
        "coin":{"symbol":"$","currency":"USD"}, "amount":"100.99", "payer_firstname":"نام \/ ۱",
        "status":"pending", "merchant_terminal_number":1003, "invoice_number":"الف-۱",
        "trackid":"de7d44ae-9df9-487f-a175-ade1ecfab28b", "new_field":[{"a":null}] }} "#;
    let escaped: String = plain
        .chars()
        .map(|c| match c {
            'ا' | 'ل' | 'ف' | '۱' | 'ن' | 'م' => format!("\\u{:04x}", u32::from(c)),
            _ => c.to_string(),
        })
        .collect();
    assert_ne!(plain, escaped);
    for text in [plain.to_owned(), escaped, format!("\u{feff}{plain}")] {
        account.answer("invoice-status", Answer::json(text));
        let invoice = zipay.invoice_status(&track_id()).await.unwrap();
        assert_eq!(invoice.invoice_number, "الف-۱");
        assert_eq!(invoice.payer_first_name.as_deref(), Some("نام / ۱"));
        assert_eq!(invoice.payer_last_name, None);
        assert_eq!(invoice.unreadable, Vec::<&str>::new());
    }
}

// Fields that are only shown may be missing or malformed; then they are `None`, and settling goes on.

/// Each row: the name under which it is noted, its place in the result with dots, and the invoice's serialised field.
const SHOWN: [(&str, &str); 13] = [
    ("coin.name", "currency_name"),
    ("coin.symbol", "currency_symbol"),
    ("time", "created_at"),
    ("date", "date"),
    ("datew3c", "date_w3c"),
    ("pay_date", "pay_date"),
    ("pay_datew3c", "pay_date_w3c"),
    ("invoice_transaction_id", "transaction_id"),
    ("national_id", "national_id"),
    ("payer_firstname", "payer_first_name"),
    ("payer_lastname", "payer_last_name"),
    ("payer_email", "payer_email"),
    ("payer_account_number", "payer_account_number"),
];

fn place(name: &str) -> String {
    format!("/result/{}", name.replace('.', "/"))
}

const NUMBERS: [&str; 3] = ["time", "invoice_transaction_id", "payer_account_number"];

fn is_readable(name: &str, value: &Value) -> bool {
    if NUMBERS.contains(&name) {
        value.is_u64()
    } else {
        value.is_string()
    }
}

fn shown_as(invoice: &Invoice, field: &str) -> Value {
    shown(invoice)[field].clone()
}

#[tokio::test]
async fn one_of_another_type_is_left_out_and_named() {
    let (account, zipay) = Provider::with_client().await;
    for (name, field) in SHOWN {
        let bad = of_every_kind().into_iter();
        for value in bad.filter(|value| !value.is_null() && !is_readable(name, value)) {
            let answer = with(&invoice_status(), &place(name), value.clone());
            account.answer("invoice-status", answer);
            let invoice = zipay.invoice_status(&track_id()).await.unwrap();
            assert_eq!(shown_as(&invoice, field), Value::Null, "{name} {value}");
            assert_eq!(invoice.unreadable, [name], "{value}");
        }
    }
}

#[tokio::test]
async fn one_that_is_absent_or_null_is_left_out_and_not_named() {
    let (account, zipay) = Provider::with_client().await;
    for (name, field) in SHOWN {
        let null = with(&invoice_status(), &place(name), Value::Null);
        for answer in [without(&invoice_status(), &place(name)), null] {
            account.answer("invoice-status", answer);
            let invoice = zipay.invoice_status(&track_id()).await.unwrap();
            assert_eq!(shown_as(&invoice, field), Value::Null, "{name}");
            assert_eq!(invoice.unreadable, Vec::<&str>::new(), "{name}");
        }
    }
}

#[tokio::test]
async fn an_empty_national_id_is_none_and_a_given_one_is_kept() {
    let (account, zipay) = Provider::with_client().await;
    for (told, read) in [("", None), ("0076229645", Some("0076229645"))] {
        let answer = with(&invoice_status(), "/result/national_id", json!(told));
        account.answer("invoice-status", answer);
        let invoice = zipay.invoice_status(&track_id()).await.unwrap();
        assert_eq!(invoice.national_id.as_deref(), read);
    }
}

/// All at once, in both answers: what decides is there, so the payment is settled.
#[tokio::test]
async fn settling_goes_on_although_every_one_is_unreadable() {
    let spoilt = |answer: Value| {
        SHOWN.iter().fold(answer, |answer, (name, _)| {
            with(&answer, &place(name), json!([{"odd": true}]))
        })
    };
    let account = Provider::start().await;
    account.answer("invoice-status", spoilt(invoice_in("pending")));
    account.answer("invoice-verify", spoilt(invoice_verify()));
    let zipay = account.client();

    let invoice = zipay.invoice_status(&track_id()).await.unwrap();
    let mut unreadable = invoice.unreadable.clone();
    unreadable.sort_unstable();
    let mut names = SHOWN.map(|(name, _)| name);
    names.sort_unstable();
    assert_eq!(unreadable, names);

    let settlement = zipay.settle(&expected()).await.unwrap();
    assert_matches!(settlement, Settlement::Settled(_));
}

#[tokio::test]
async fn the_payer_s_data_stays_out_of_debug() {
    let account = Provider::start().await;
    let national_id = json!("0076229645");
    let answer = with(&invoice_status(), "/result/national_id", national_id);
    account.answer("invoice-status", answer);
    let invoice = account.client().invoice_status(&track_id()).await.unwrap();
    let debug = format!("{invoice:?} {invoice:#?}");
    assert!(debug.contains("1000"), "the merchant's own number: {debug}");
    for personal in ["0076229645", "نام", "payer@example.com", "10025"] {
        assert!(!debug.contains(personal), "{debug}");
    }
}

// How large an answer may be: 256 KiB, and 4 MiB for a list.

const KIB: usize = 1024;

/// The answer with blanks up to this many bytes.
fn filled(answer: &Value, bytes: usize) -> Answer {
    let mut text = answer.to_string().into_bytes();
    assert!(text.len() <= bytes);
    text.resize(bytes, b' ');
    Answer::json(text)
}

#[tokio::test]
async fn an_answer_up_to_the_cap_is_read() {
    let (account, zipay) = Provider::with_client().await;
    account.answer("invoice-status", filled(&invoice_in("pending"), 256 * KIB));
    zipay.invoice_status(&track_id()).await.unwrap();
    account.answer("invoice-list", filled(&invoice_list(), 4 * KIB * KIB));
    zipay.list_invoices(ListInvoices::new()).await.unwrap();
}

#[tokio::test]
async fn a_byte_more_is_too_large() {
    let (account, zipay) = Provider::with_client().await;
    let more = filled(&invoice_in("completed"), 256 * KIB + 1);
    account.answer("invoice-status", more);
    let error = zipay.invoice_status(&track_id()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(error.effect(), Effect::NotExecuted, "it was only read");
    let error = zipay.settle(&expected()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);

    let more = filled(&invoice_list(), 4 * KIB * KIB + 1);
    account.answer("invoice-list", more);
    let list = ListInvoices::new();
    let error = zipay.list_invoices(list.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let error = zipay.all_invoices(list).next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_create_whose_answer_is_too_large_may_have_been_carried_out() {
    let account = Provider::start().await;
    let more = filled(&create_invoice(), 256 * KIB + 1);
    account.answer("create-invoice", more);
    let price = Money::new("1", Currency::Usdt).unwrap();
    let invoice = NewInvoice::new("1000", price, "https://shop.example/back").unwrap();
    let error = account.client().create_invoice(invoice).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.handle().unwrap().reference(), Some("1000"));
    assert_eq!(account.called(), ["create-invoice"]);
}
