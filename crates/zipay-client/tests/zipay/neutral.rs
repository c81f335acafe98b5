//! ZiPay through the trait that all providers share.

use std::time::{Duration, SystemTime};

use paylink_core::provider::{
    Created, Cursor, ExpectedPayment, ListPayments, NewPayment, Payment, PaymentPage,
    PaymentRecord, PaymentState, Resolved,
};
use paylink_core::{
    ComparedField, PaymentProvider, Resolution, Settlement, Timeouts, without_rate_limit_retries,
};
use paylink_testkit::Answer;
use serde_json::{Value, json};
use zipay_client::{Currency, Effect, Error, ErrorKind, Handle, Money, NationalId, ReturnUrl};

use crate::provider::{NOW, Provider};
use crate::samples::{
    OTHER_TRACKID, TRACKID, create_invoice, invoice_in, invoice_list, invoice_status, with,
};

const NATIONAL_ID: &str = "0076229645";

fn money(amount: &str, currency: Currency) -> Money {
    Money::new(amount, currency).unwrap()
}

pub(crate) fn price() -> Money {
    money("100.99", Currency::Usd)
}

/// The payment of the samples, with nothing but what is needed.
pub(crate) fn payment_of(price: Money) -> NewPayment {
    let payment = NewPayment::new("1000", price).unwrap();
    payment
        .with_return_url("https://shop.example/back")
        .unwrap()
}

/// The client as a program has it that chose it at run time.
fn neutral(account: &Provider) -> Box<dyn PaymentProvider> {
    Box::new(account.client())
}

/// Creates the payment of the samples, and forgets that it was asked for.
async fn created(account: &Provider) -> Created {
    let link = account.url(&format!("/invoice_v1/{TRACKID}"));
    let answer = with(&create_invoice(), "/result/redirect", json!(link));
    account.answer("create-invoice", answer);
    let created = neutral(account).create(&payment_of(price())).await;
    assert_eq!(account.take_called(), ["create-invoice"]);
    created.unwrap()
}

/// The record as the merchant's store has it: what is made of this JSON, with one place changed.
fn record_with(pointer: &str, value: Value) -> PaymentRecord {
    let record = json!({
        "version": "1",
        "provider": "zipay",
        "reference": "1000",
        "amount": price(),
        "merchant": "1003",
        "ids": [{"name": "trackid", "value": TRACKID}],
        "created_at_ms": NOW * 1000,
    });
    serde_json::from_value(with(&record, pointer, value)).unwrap()
}

fn record() -> PaymentRecord {
    record_with("/version", json!("1"))
}

/// The order's own books: its reference, its price, and the record that was stored with it.
fn books(record: PaymentRecord) -> ExpectedPayment {
    ExpectedPayment::new("1000".parse().unwrap(), price(), record)
}

// What a create sends, and what comes of it.

const EVERYTHING: &str = "terminal_number=1003&amount=100.99&currency=USD&invoice_number=1000\
    &national_id=0076229645&callback=https%3A%2F%2Fshop.example%2Fback\
    &webhook=https%3A%2F%2Fshop.example%2Fhook%3Fshop%3D7";

#[tokio::test]
async fn every_input_that_is_taken_is_sent() {
    let account = Provider::start().await;
    account.answer("create-invoice", create_invoice());
    let payment = payment_of(price())
        .with_notify_url("https://shop.example/hook?shop=7")
        .unwrap()
        .with_national_id(NATIONAL_ID.parse().unwrap());
    let _ = neutral(&account).create(&payment).await.unwrap();
    let requests = account.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].uri_str(), account.url("/api/create-invoice"));
    assert_eq!(requests[0].body_string(), EVERYTHING);
}

#[tokio::test]
async fn a_foreigner_and_an_app_go_out_to_the_letter() {
    let account = Provider::start().await;
    account.answer("create-invoice", create_invoice());
    let app = ReturnUrl::parse_app(ReturnUrl::KEY, "myapp://back?order=1000").unwrap();
    let foreigner = NationalId::parse_foreign("۱۰۰۲۳۴۵۶۷۸۹۰").unwrap();
    let payment = payment_of(price())
        .with_parsed_return_url(app)
        .with_national_id(foreigner);
    let _ = neutral(&account).create(&payment).await.unwrap();
    assert_eq!(
        account.requests()[0].body_string(),
        "terminal_number=1003&amount=100.99&currency=USD&invoice_number=1000&national_id=100234567890\
         &callback=myapp%3A%2F%2Fback%3Forder%3D1000"
    );
}

#[tokio::test]
async fn a_way_back_that_holds_zipays_own_names_stops_the_payment() {
    let account = Provider::start().await;
    let back = payment_of(price()).with_return_url("https://shop.example/?trackid=7");
    let hook = payment_of(price()).with_notify_url("https://shop.example/?invoice_number=7");
    for (payment, field) in [(back, "return_url"), (hook, "notify_url")] {
        let created = neutral(&account).create(&payment.unwrap()).await;
        let error = created.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.invalids()[0].key(), field, "{error}");
    }
    assert_eq!(account.called(), Vec::<String>::new());
}

#[tokio::test]
async fn what_comes_of_it_is_stored_and_comes_back_equal() {
    let account = Provider::start().await;
    let created = created(&account).await;
    assert_eq!(created.record(), &record());
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    assert_eq!(created.record().created_at(), now);
    let link = created.link().unwrap().as_str();
    assert_eq!(link, account.url(&format!("/invoice_v1/{TRACKID}")));
    assert_eq!(created.transfer(), None);
    assert_eq!(created.expires_at(), None);

    let stored = serde_json::to_string(&created).unwrap();
    assert_eq!(serde_json::from_str::<Created>(&stored).unwrap(), created);
    let stored = serde_json::to_string(created.record()).unwrap();
    let back: PaymentRecord = serde_json::from_str(&stored).unwrap();
    assert_eq!(&back, created.record());
}

// What ZiPay does not take or offer is refused before a byte leaves, by preparing and creating alike.

/// Holds both ways to a create against one another.
async fn refused(zipay: &dyn PaymentProvider, payment: &NewPayment) -> Error {
    let prepared = zipay.prepare(payment).unwrap_err();
    let created = zipay.create(payment).await.unwrap_err();
    assert_eq!(prepared.to_string(), created.to_string());
    for error in [&prepared, &created] {
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.attempts(), 0);
        assert_eq!(error.kind(), created.kind());
    }
    created
}

#[tokio::test]
async fn a_payment_needs_a_terminal() {
    let account = Provider::start().await;
    let homeless = account.client_builder().build().unwrap();
    let error = refused(&homeless, &payment_of(price())).await;
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.invalid().unwrap().key(), "terminal");
    assert!(error.to_string().contains("terminal"), "{error}");
    assert_eq!(account.called(), Vec::<String>::new());
}

// One page a call, and a cursor that goes on where it ended.

/// A page with the invoices of these numbers.
fn page(number: u64, total: Value, invoices: &[u64]) -> Value {
    let item = invoice_list()["items"][0].clone();
    let items = invoices.iter().map(|it| {
        let item = with(&item, "/trackid", json!(format!("id-{it}")));
        with(&item, "/invoice_number", json!(it.to_string()))
    });
    let items: Vec<Value> = items.collect();
    let page = with(&invoice_list(), "/items", json!(items));
    with(&with(&page, "/total", total), "/page", json!(number))
}

fn references(page: &PaymentPage) -> Vec<&str> {
    let references = page.payments().iter().map(|it| it.reference());
    references.map(Option::unwrap).collect()
}

#[tokio::test]
async fn the_document_s_page_is_read_in_the_shared_words() {
    let account = Provider::start().await;
    account.answer("invoice-list", invoice_list());
    let page = neutral(&account).list(&ListPayments::new()).await.unwrap();
    assert_eq!(references(&page), ["981", "10131", "10031"]);
    let states: Vec<_> = page.payments().iter().map(Payment::state).collect();
    let expected = [
        PaymentState::Unpaid,
        PaymentState::Paid,
        PaymentState::Failed,
    ];
    assert_eq!(states, expected.each_ref());
    let body = account.requests()[0].body_string();
    assert_eq!(body, "terminal_number=1003&limit=100&page=1&sort=desc");
}

/// ZiPay may put fewer invoices on a page than it was asked for.
#[tokio::test]
async fn a_list_goes_on_until_its_total_or_an_empty_page() {
    for total in [json!(5), Value::Null] {
        let account = Provider::start().await;
        let pages = [
            page(1, total.clone(), &[1, 2, 3]),
            page(2, total.clone(), &[4, 5]),
            page(3, total.clone(), &[]),
        ];
        account.answers("invoice-list", pages);
        let zipay = neutral(&account);
        let mut list = ListPayments::new();
        let mut read = Vec::new();
        loop {
            let page = zipay.list(&list).await.unwrap();
            read.extend(references(&page).iter().map(|it| (*it).to_owned()));
            let Some(next) = page.next() else { break };
            let stored = serde_json::to_string(next).unwrap();
            list = ListPayments::new().with_after(serde_json::from_str(&stored).unwrap());
        }
        assert_eq!(read, ["1", "2", "3", "4", "5"], "total {total}");
        let pages = if total.is_null() { 3 } else { 2 };
        assert_eq!(account.called().len(), pages, "total {total}");
        let last = account.requests()[pages - 1].body_string();
        assert!(last.contains(&format!("&page={pages}&")), "{last}");
    }
}

/// The filter may be ignored: a client of one terminal shows that one's payments, and counts all that came.
#[tokio::test]
async fn invoices_of_another_terminal_are_left_out() {
    let account = Provider::start().await;
    let mixed = page(1, json!(3), &[1, 2]);
    let mixed = with(&mixed, "/items/0/merchant_terminal_number", json!(1004));
    account.answers("invoice-list", [mixed, page(2, json!(3), &[3])]);
    let zipay = neutral(&account);
    let first = zipay.list(&ListPayments::new()).await.unwrap();
    assert_eq!(references(&first), ["2"]);
    let next = first.next().cloned().unwrap();
    let after = ListPayments::new().with_after(next);
    let second = zipay.list(&after).await.unwrap();
    assert_eq!(references(&second), ["3"]);
    assert_eq!(second.next(), None);
}

#[tokio::test]
async fn a_client_of_all_terminals_lists_them_all() {
    let account = Provider::start().await;
    account.answer("invoice-list", invoice_list());
    let zipay: Box<dyn PaymentProvider> = Box::new(account.client_builder().build().unwrap());
    let page = zipay.list(&ListPayments::new()).await.unwrap();
    assert_eq!(page.payments().len(), 3);
    let body = account.requests()[0].body_string();
    assert_eq!(body, "limit=100&page=1&sort=desc");
}

#[tokio::test]
async fn a_cursor_that_zipay_did_not_give_is_refused() {
    let account = Provider::start().await;
    let large = format!("{}.1", "9".repeat(11));
    for cursor in ["", "2", "x.3", "2.x", "0.0", "-1.0", "2.3.4", &large] {
        let list = ListPayments::new().with_after(Cursor::new(cursor));
        let error = neutral(&account).list(&list).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{cursor}");
    }
    assert_eq!(account.called(), Vec::<String>::new());
}

fn differs_in(outcome: &Settlement<Payment>, field: ComparedField) -> bool {
    matches!(outcome, Settlement::Mismatch(mismatch) if mismatch.has(field))
}

/// Without a terminal of its own the client goes by the record's, and the invoice still has to be of that one.
#[tokio::test]
async fn a_client_of_all_terminals_holds_the_invoice_against_the_record_s() {
    let account = Provider::start().await;
    let zipay: Box<dyn PaymentProvider> = Box::new(account.client_builder().build().unwrap());
    let elsewhere = books(record_with("/merchant", json!("1004")));
    account.answer("invoice-status", invoice_in("completed"));
    let outcome = zipay.settle(&elsewhere).await.unwrap();
    assert!(differs_in(&outcome, ComparedField::Merchant));
    let outcome = zipay.settle(&books(record())).await.unwrap();
    assert!(outcome.proof().is_some(), "{outcome:?}");
    for nowhere in [Value::Null, json!("a"), json!("0")] {
        let record = record_with("/merchant", nowhere);
        let error = zipay.settle(&books(record)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    assert_eq!(account.called(), ["invoice-status"; 2]);
}

/// A record of another terminal is a mismatch before anything is asked.
#[tokio::test]
async fn a_record_of_another_terminal_is_not_settled() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    for elsewhere in [json!("1004"), Value::Null] {
        let record = record_with("/merchant", elsewhere);
        let outcome = neutral(&account).settle(&books(record)).await.unwrap();
        assert!(differs_in(&outcome, ComparedField::Merchant));
    }
    assert!(account.called().is_empty());
}

#[tokio::test]
async fn the_longest_call_is_the_transport_s() {
    let account = Provider::start().await;
    let total = Timeouts::default().total;
    assert_eq!(neutral(&account).longest_call(), total);
    assert!(total > Duration::ZERO);
}

#[tokio::test]
async fn an_order_in_rial_is_settled_by_its_payment_in_toman() {
    let account = Provider::start().await;
    account.answer("create-invoice", create_invoice());
    let zipay = neutral(&account);
    let price = money("15000", Currency::Irr);
    let created = zipay.create(&payment_of(price)).await.unwrap();
    let expected = ExpectedPayment::new("1000".parse().unwrap(), price, created.record().clone());

    let completed = invoice_in("completed");
    let toman = with(&completed, "/result/coin/currency", json!("IRT"));
    let reports = |amount: &str| {
        let answer = with(&toman, "/result/amount", json!(amount));
        account.answer("invoice-status", answer);
    };
    reports("1500");
    let outcome = zipay.settle(&expected).await.unwrap();
    let proof = outcome.proof().unwrap();
    assert_eq!(proof.amount(), &money("1500", Currency::Irt));

    reports("15000");
    let outcome = zipay.settle(&expected).await.unwrap();
    assert!(differs_in(&outcome, ComparedField::Amount));
}

// Reading a payment's state, and giving its money back.

fn assert_is_the_sample(payment: &Payment) {
    assert_eq!(payment.provider(), "zipay");
    assert_eq!(payment.reference(), Some("1000"));
    assert_eq!(payment.amount(), Some(&price()));
    assert_eq!(payment.receipt(), None);
    let ids: Vec<_> = payment.ids().collect();
    assert_eq!(ids, [("trackid", TRACKID)]);
}

#[tokio::test]
async fn every_state_has_its_shared_word() {
    let account = Provider::start().await;
    for (status, state) in [
        ("generated", PaymentState::Unpaid),
        ("waiting", PaymentState::Paying),
        ("pending", PaymentState::Unconfirmed),
        ("completed", PaymentState::Paid),
        ("rejected", PaymentState::Failed),
        ("refunded", PaymentState::Refunded),
        ("paid", PaymentState::Unclear("paid".into())),
    ] {
        account.answer("invoice-status", invoice_in(status));
        let payment = neutral(&account).state(&record()).await.unwrap();
        assert_is_the_sample(&payment);
        assert_eq!(payment.state(), &state);
        assert_eq!(payment.provider_state(), status);
        let created = SystemTime::UNIX_EPOCH + Duration::from_secs(1_680_282_113);
        assert_eq!(payment.created_at(), Some(created));
        assert_eq!(account.take_called(), ["invoice-status"]);
    }
}

/// Work that strangers cause spends no more of the quota the less is left of it.
#[tokio::test]
async fn being_turned_away_is_not_tried_again_where_nobody_may_insist() {
    let account = Provider::start().await;
    let (zipay, record) = (neutral(&account), record());
    for (status, asked, is_turned_away) in [
        (429, None, true),
        (429, Some(7), true),
        (503, Some(7), true),
        (503, None, false),
    ] {
        let mut answer = Answer::new(status).body("no");
        if let Some(seconds) = asked {
            answer = answer.header("retry-after", seconds.to_string());
        }
        account.answer("invoice-status", answer);
        let error = without_rate_limit_retries(zipay.state(&record)).await;
        let error = error.unwrap_err();
        assert_eq!(error.retry_after(), asked.map(Duration::from_secs));
        let tried = account.take_called().len();
        let expected = if is_turned_away { 1 } else { 3 };
        assert_eq!(tried, expected, "{status} {asked:?}");
        // Work of the merchant's own goes on as before.
        zipay.state(&record).await.unwrap_err();
        assert_eq!(account.take_called().len(), 3, "{status} {asked:?}");
    }
}

#[tokio::test]
async fn the_payer_s_data_stay_behind() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    let payment = neutral(&account).state(&record()).await.unwrap();
    let shown = format!("{payment:?} {}", serde_json::to_string(&payment).unwrap());
    for personal in ["payer@example.com", "10025", "نام"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

#[tokio::test]
async fn a_refund_names_the_payment_of_the_record() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    account.answer("invoice-refund", invoice_in("refunded"));
    let done = neutral(&account).refund(&record()).await.unwrap();
    let payment = done.payment().unwrap();
    assert_is_the_sample(payment);
    assert_eq!(payment.state(), &PaymentState::Refunded);
    let requests = account.requests();
    assert_eq!(account.called(), ["invoice-status", "invoice-refund"]);
    assert_eq!(requests[1].body_string(), format!("trackid={TRACKID}"));
}

#[tokio::test]
async fn an_invoice_that_differs_from_the_record_is_not_given_back() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    account.answer("invoice-refund", invoice_in("refunded"));
    let cheaper = json!({"amount": "1", "currency": "USD"});
    for (pointer, value, field) in [
        ("/amount", cheaper, ComparedField::Amount),
        ("/reference", json!("1001"), ComparedField::Order),
    ] {
        let altered = record_with(pointer, value);
        let error = neutral(&account).refund(&altered).await.unwrap_err();
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().has(field), "{error}");
        assert_eq!(account.take_called(), ["invoice-status"]);
    }
}

#[tokio::test]
async fn a_record_without_a_trackid_is_not_acted_on() {
    let account = Provider::start().await;
    let zipay = neutral(&account);
    for wrong in [
        record_with("/ids", json!([])),
        record_with("/ids/0/name", json!("id")),
        record_with("/ids/0/value", json!("../7")),
    ] {
        let error = zipay.refund(&wrong).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{wrong:?}");
        assert_eq!(error.invalid().unwrap().key(), "record", "{wrong:?}");
        assert!(zipay.state(&wrong).await.is_err(), "{wrong:?}");
    }
    assert_eq!(account.called(), Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_about_another_invoice_is_no_state() {
    let account = Provider::start().await;
    let completed = invoice_in("completed");
    let other = with(&completed, "/result/trackid", json!(OTHER_TRACKID));
    account.answer("invoice-status", other);
    let error = neutral(&account).state(&record()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

// A create, a verify and a refund whose answers were lost.

/// The handle of an error, as it comes back from the merchant's store.
fn stored(error: &Error) -> Handle {
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    let text = serde_json::to_string(error.handle().unwrap()).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn list_of(invoices: &[Value]) -> Value {
    let list = with(&invoice_list(), "/items", json!(invoices));
    with(&list, "/total", json!(invoices.len()))
}

fn lost() -> Answer {
    Answer::json("").status(504)
}

#[tokio::test]
async fn a_lost_create_yields_what_it_would_have_yielded() {
    let account = Provider::start().await;
    let would_have = created(&account).await;
    let zipay = neutral(&account);
    account.answer("create-invoice", lost());
    let error = zipay.create(&payment_of(price())).await.unwrap_err();
    let prepared = zipay.prepare(&payment_of(price())).unwrap();
    let prepared = prepared.handle().clone();
    account.take_called();

    let ours = invoice_status()["result"].clone();
    account.answer("invoice-list", list_of(&[ours]));
    for handle in [stored(&error), prepared] {
        match zipay.resolve(&handle).await.unwrap() {
            Resolution::Executed(Resolved::Created(found)) => assert_eq!(*found, would_have),
            other => panic!("{other:?}"),
        }
        assert_eq!(account.take_called(), ["invoice-list"]);
    }
}

#[tokio::test]
async fn a_number_that_another_invoice_took_is_a_mismatch() {
    let account = Provider::start().await;
    account.answer("create-invoice", lost());
    let zipay = neutral(&account);
    let error = zipay.create(&payment_of(price())).await.unwrap_err();
    let other = with(&invoice_status()["result"], "/amount", json!("1.99"));
    account.answer("invoice-list", list_of(&[other]));
    let error = zipay.resolve(&stored(&error)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(error.mismatch().unwrap().has(ComparedField::Amount));
}

#[tokio::test]
async fn a_lost_verify_and_a_lost_refund_are_found_as_the_payment_stands() {
    let account = Provider::start().await;
    let zipay = neutral(&account);
    account.answer("invoice-status", invoice_in("pending"));
    account.answer("invoice-verify", lost());
    let verify = zipay.settle(&books(record())).await.unwrap_err();
    account.answer("invoice-refund", lost());
    let refund = zipay.refund(&record()).await.unwrap_err();
    for (error, status, state) in [
        (verify, "completed", PaymentState::Paid),
        (refund, "refunded", PaymentState::Refunded),
    ] {
        account.answer("invoice-status", invoice_in(status));
        match zipay.resolve(&stored(&error)).await.unwrap() {
            Resolution::Executed(Resolved::Changed(payment)) => {
                assert_eq!(payment.state(), &state);
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}
