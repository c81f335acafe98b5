//! What became of an operation whose outcome was unknown, by the letter and by the clock.

use std::time::Duration;

use paylink_testkit::{Answer, FaultServer, MockRequest, Wire, assert_matches, faults};
use serde_json::{Value, json};
use zipay_client::{
    Currency, Effect, Error, ErrorKind, Found, Handle, ListInvoices, Money, NewInvoice, Resolution,
    ZiPay,
};

use crate::provider::Provider;
use crate::samples::{
    OTHER_TRACKID, TRACKID, invoice_in, invoice_list, invoice_status, track_id, with,
};

const SETTLING: u64 = 180;

fn new_invoice() -> NewInvoice {
    let price = Money::new("100.99", Currency::Usd).unwrap();
    NewInvoice::new("1000", price, "https://shop.example/back").unwrap()
}

fn lost() -> Answer {
    Answer::json("").status(504)
}

/// The handle of an error, as it comes back from the merchant's store.
fn stored(error: &Error) -> Handle {
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    let text = serde_json::to_string(error.handle().unwrap()).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A create whose answer was lost this long ago, and the client that sent it.
async fn lost_create(seconds: u64) -> (Provider, ZiPay, Handle) {
    let account = Provider::start().await;
    account.answer("create-invoice", lost());
    let zipay = account.client();
    let handle = stored(&zipay.create_invoice(new_invoice()).await.unwrap_err());
    account.clock().advance(Duration::from_secs(seconds));
    account.take_called();
    (account, zipay, handle)
}

/// The invoice of the samples, which is the one that was lost.
fn ours() -> Value {
    invoice_status()["result"].clone()
}

/// Invoices of other numbers at the same terminal.
fn others(numbers: impl IntoIterator<Item = u64>) -> Vec<Value> {
    numbers
        .into_iter()
        .map(|number| {
            let other = with(&ours(), "/trackid", json!(format!("id-{number}")));
            with(&other, "/invoice_number", json!(number.to_string()))
        })
        .collect()
}

fn page(invoices: &[Value], total: impl Into<Value>) -> Answer {
    let mut page = with(&invoice_list(), "/items", json!(invoices));
    page["total"] = total.into();
    page["limit"] = json!(100);
    page.as_object_mut().unwrap().remove("page");
    page.into()
}

fn still_unknown(seconds: u64) -> Resolution<Found> {
    Resolution::StillUnknown {
        retry_after: Duration::from_secs(seconds),
    }
}

#[tokio::test]
async fn the_settling_time_is_over_when_the_question_begins_and_not_when_it_is_answered() {
    let (provider, zipay, handle) = lost_create(170).await;
    provider.answer("invoice-list", page(&[], 0));
    provider.answers_take(Duration::from_secs(12));
    assert_eq!(zipay.resolve(&handle).await.unwrap(), still_unknown(10));
    // It is asked at 182 s, and the create has come in meanwhile.
    provider.answer("invoice-list", page(&[ours()], 1));
    let found = zipay.resolve(&handle).await.unwrap();
    assert_matches!(found, Resolution::Executed(_));
    provider.answer("invoice-list", page(&[], 0));
    let never = zipay.resolve(&handle).await.unwrap();
    assert_eq!(never, Resolution::NotExecuted);
}

#[tokio::test]
async fn the_first_attempt_of_a_look_up_is_what_counts() {
    let (provider, zipay, handle) = lost_create(170).await;
    provider.answers_take(Duration::from_secs(6));
    let answers = [lost(), lost(), page(&[], 0)];
    provider.answers("invoice-list", answers);
    assert_eq!(zipay.resolve(&handle).await.unwrap(), still_unknown(10));
}

#[tokio::test]
async fn a_handle_that_was_stored_before_sending_counts_from_when_it_had_left_at_the_latest() {
    let account = Provider::start().await;
    account.answer("invoice-list", page(&[], 0));
    let zipay = account.client();
    let handle = zipay.create_invoice(new_invoice()).handle();
    // A minute to begin with, 45 s for the call.
    for (passed, expected) in [
        (0, still_unknown(105 + SETTLING)),
        (SETTLING, still_unknown(105)),
        (104, still_unknown(1)),
        (1, Resolution::NotExecuted),
    ] {
        account.clock().advance(Duration::from_secs(passed));
        assert_eq!(zipay.resolve(&handle).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_settling_time_shorter_than_a_call_counts_as_long_as_a_call() {
    let (provider, _, handle) = lost_create(44).await;
    provider.answer("invoice-list", page(&[], 0));
    for settling in [0, 3, 30] {
        let builder = provider.client_builder();
        let zipay = builder.settling_time(Duration::from_secs(settling));
        let zipay = zipay.build().unwrap();
        assert_eq!(zipay.resolve(&handle).await.unwrap(), still_unknown(1));
    }
    provider.clock().advance(Duration::from_secs(1));
    let zipay = provider.client_builder().settling_time(Duration::ZERO);
    let never = zipay.build().unwrap().resolve(&handle).await.unwrap();
    assert_eq!(never, Resolution::NotExecuted);
}

#[tokio::test]
async fn another_number_or_another_terminal_is_another_invoice() {
    let (provider, zipay, handle) = lost_create(SETTLING).await;
    let at_another_terminal = with(&ours(), "/merchant_terminal_number", json!(1004));
    let with_another_number = with(&ours(), "/invoice_number", json!("10001"));
    for other in [at_another_terminal, with_another_number] {
        let other = with(&other, "/trackid", json!(OTHER_TRACKID));
        provider.answer("invoice-list", page(std::slice::from_ref(&other), 1));
        let never = zipay.resolve(&handle).await.unwrap();
        assert_eq!(never, Resolution::NotExecuted, "{other}");
        provider.answer("invoice-list", page(&[other, ours()], 2));
        let Resolution::Executed(found) = zipay.resolve(&handle).await.unwrap() else {
            panic!("it is there");
        };
        assert_eq!(found.invoice.track_id, track_id());
        assert!(found.redirect.as_str().ends_with(TRACKID));
    }
}

/// A `total` that counts the page, and a filter that is passed over.
#[tokio::test]
async fn the_list_is_read_to_its_end_whatever_its_total_says() {
    let (provider, zipay, handle) = lost_create(SETTLING).await;
    for total in [json!(10), json!(0), json!(11), Value::Null] {
        let pages = [
            page(&others(11..21), total.clone()),
            page(&others(1..11), total.clone()),
            page(&[ours()], total.clone()),
            page(&others(11..21), total.clone()),
        ];
        provider.answers("invoice-list", pages);
        let found = zipay.resolve(&handle).await.unwrap();
        assert!(matches!(found, Resolution::Executed(_)), "{total}");
    }
    let asked = provider.requests();
    let asked: Vec<String> = asked.iter().map(MockRequest::body_string).collect();
    let question = "terminal_number=1003&invoice_number=1000&limit=100";
    let pages = ["1&sort=desc", "1&sort=asc", "2&sort=asc"];
    let pages = pages.map(|it| format!("{question}&page={it}"));
    assert_eq!(asked[..3], pages);
    assert_eq!(asked.len(), 4 * 3, "nothing is read after it was found");
}

/// However many invoices the merchant has: the filter may be passed over.
#[tokio::test]
async fn a_create_of_a_minute_ago_is_found_with_one_request() {
    let (provider, zipay, handle) = lost_create(60).await;
    let mut newest = others(1..100);
    newest.insert(0, ours());
    provider.answers("invoice-list", [page(&newest, 30_000), lost()]);
    let found = zipay.resolve(&handle).await.unwrap();
    assert_matches!(found, Resolution::Executed(_));
    assert_eq!(provider.take_called(), ["invoice-list"]);
}

/// A number names one invoice of a terminal: what ZiPay lists behind it is not read.
#[tokio::test]
async fn an_invoice_on_a_full_page_ends_the_search() {
    let (provider, zipay, handle) = lost_create(SETTLING).await;
    let mut oldest = others(1..100);
    oldest.push(ours());
    let pages = [
        page(&others(101..201), 30_000),
        page(&oldest, 30_000),
        lost(),
    ];
    provider.answers("invoice-list", pages);
    let found = zipay.resolve(&handle).await.unwrap();
    assert_matches!(found, Resolution::Executed(_));
    assert_eq!(provider.take_called(), ["invoice-list"; 2]);
}

/// ZiPay's own sample has three on a page, and its `total` may count that page.
#[tokio::test]
async fn a_page_that_is_full_by_zipay_s_own_words_is_not_the_last_one() {
    let (provider, zipay, handle) = lost_create(SETTLING).await;
    let by_three = |number: u64, invoices: &[Value]| {
        let list = with(&invoice_list(), "/items", json!(invoices));
        let list = with(&list, "/total", json!(invoices.len()));
        let list = with(&list, "/page", json!(number));
        Answer::from(with(&list, "/limit", json!(3)))
    };
    let newest = || by_three(1, &others(4..7));
    let oldest = || by_three(1, &others(1..4));
    provider.answers("invoice-list", [newest(), oldest(), by_three(2, &[ours()])]);
    let found = zipay.resolve(&handle).await.unwrap();
    assert_matches!(found, Resolution::Executed(_));
    let absent = || [oldest(), by_three(2, &others(4..6))];
    let all = [vec![newest()], absent().to_vec(), absent().to_vec()].concat();
    provider.answers("invoice-list", all);
    let never = zipay.resolve(&handle).await.unwrap();
    assert_eq!(never, Resolution::NotExecuted);
}

#[tokio::test]
async fn a_list_that_moves_while_it_is_read_proves_nothing() {
    let (provider, zipay, handle) = lost_create(SETTLING).await;
    let whole = || [page(&others(1..11), 15), page(&others(11..16), 15)];
    let replaced = [page(&others(2..12), 15), page(&others(12..17), 15)];
    let fewer = [page(&others(1..11), 14), page(&others(11..15), 14)];
    let moved = [
        // The first reading and the second one differ.
        [whole(), replaced].concat(),
        [whole(), fewer].concat(),
        // One invoice on both pages: one was put in between.
        vec![page(&others(1..11), 15), page(&others(10..15), 15)],
        // There are more than were shown.
        vec![page(&others(1..11), 16), page(&others(11..16), 16)],
        vec![page(&[], 1)],
    ];
    let newest = || vec![page(&others(1..11), 15)];
    for answers in moved {
        provider.answers("invoice-list", [newest(), answers].concat());
        let unknown = zipay.resolve(&handle).await.unwrap();
        assert_eq!(unknown, still_unknown(10));
    }
    let steady = [newest(), whole().to_vec(), whole().to_vec()].concat();
    provider.answers("invoice-list", steady);
    let never = zipay.resolve(&handle).await.unwrap();
    assert_eq!(never, Resolution::NotExecuted);
}

#[tokio::test]
async fn a_list_without_end_decides_nothing() {
    let (provider, zipay, handle) = lost_create(SETTLING).await;
    provider.answer("invoice-list", page(&others(1..11), Value::Null));
    let error = zipay.resolve(&handle).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate, "{error}");
    assert_eq!(stored(&error), handle);
    assert!(error.to_string().contains("panel"), "{error}");
}

#[tokio::test]
async fn a_look_up_that_fails_leaves_everything_unknown() {
    let (provider, zipay, handle) = lost_create(SETTLING).await;
    let full = page(&others(1..11), Value::Null);
    let full = || full.clone();
    for answers in [
        vec![lost()],
        vec![full(), lost()],
        vec![full(), full(), lost()],
    ] {
        provider.answers("invoice-list", answers);
        let error = zipay.resolve(&handle).await.unwrap_err();
        assert_eq!(stored(&error), handle);
    }
    provider.answer("invoice-verify", lost());
    let verify = stored(&zipay.verify_invoice(&track_id()).await.unwrap_err());
    provider.answer("invoice-status", lost());
    let error = zipay.resolve(&verify).await.unwrap_err();
    assert_eq!(stored(&error), verify);
}

/// On a kept connection it would be taken for the answer: an empty list names no question.
#[tokio::test]
async fn a_spare_answer_does_not_say_that_nothing_is_there() {
    let list = |invoices: Value| {
        let list = with(&invoice_list(), "/items", invoices);
        let list = with(&list, "/total", Value::Null);
        Answer::json(with(&list, "/page", json!(1)).to_string())
    };
    let spare = faults::late_spare_answer(&list(json!([ours()])), &list(json!([])));
    let server = FaultServer::start(Wire::Plain, spare).await.unwrap();
    let zipay = ZiPay::builder("api-key", "secret-key").terminal(1003);
    let zipay = zipay.base_url(server.url()).build().unwrap();
    let handle = zipay.create_invoice(new_invoice()).handle();
    drop(zipay.list_invoices(ListInvoices::new()).await.unwrap());
    let found = zipay.resolve(&handle).await.unwrap();
    assert_matches!(found, Resolution::Executed(_));
}

#[tokio::test]
async fn a_verify_and_a_refund_are_told_by_the_state_and_the_clock() {
    let (account, zipay) = Provider::with_client().await;
    for operation in ["invoice-verify", "invoice-refund"] {
        account.answer(operation, lost());
    }
    let verify = stored(&zipay.verify_invoice(&track_id()).await.unwrap_err());
    let refund = stored(&zipay.refund_invoice(&track_id()).await.unwrap_err());
    let resolved = async |handle: &Handle, status: &str| {
        account.answer("invoice-status", invoice_in(status));
        zipay.resolve(handle).await.unwrap()
    };
    for status in ["completed", "refunded"] {
        let done = resolved(&verify, status).await;
        assert!(matches!(done, Resolution::Executed(_)), "{status}");
    }
    let done = resolved(&refund, "refunded").await;
    assert!(matches!(done, Resolution::Executed(_)));
    // A rejected invoice is verified no more, however little time has passed.
    let never = resolved(&verify, "rejected").await;
    assert_eq!(never, Resolution::NotExecuted);

    account.clock().advance(Duration::from_secs(170));
    account.answers_take(Duration::from_secs(12));
    let open = [
        (&verify, "pending"),
        (&refund, "completed"),
        (&refund, "rejected"),
    ];
    assert_eq!(resolved(open[0].0, open[0].1).await, still_unknown(10));
    for (handle, status) in open {
        let never = resolved(handle, status).await;
        assert_eq!(never, Resolution::NotExecuted, "{status}");
    }
}

/// What is wrong with a stored handle tells nothing of what it stands for.
#[tokio::test]
async fn a_handle_that_cannot_be_looked_up_leaves_everything_unknown() {
    let (account, zipay) = Provider::with_client().await;
    let now = std::time::SystemTime::now();
    let create = || {
        let amount = Money::new("100.99", Currency::Usd).unwrap();
        Handle::new("zipay", "create-invoice", now).with_amount(amount)
    };
    for handle in [
        create()
            .with_merchant("1003")
            .with_reference("1000\u{200f}"),
        create().with_reference("1000").with_merchant("x"),
        create().with_reference("1000").with_merchant("0"),
        create().with_reference("1000"),
        Handle::new("zipay", "verify", now).with_id("trackid", "a\u{200f}"),
        Handle::new("zipay", "refund", now),
    ] {
        let error = zipay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}: {error}");
        assert_eq!(stored(&error), handle);
    }
    assert_eq!(account.called(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_no_handle_of_a_lost_operation_is_refused_before_anything_is_asked() {
    let (account, zipay) = Provider::with_client().await;
    let now = std::time::SystemTime::now();
    let create = || Handle::new("zipay", "create-invoice", now);
    let amount = Money::new("100.99", Currency::Usd).unwrap();
    for handle in [
        // Whole but for whose it is: what another provider has is not looked for here.
        Handle::new("sizpay", "create-invoice", now)
            .with_reference("1000")
            .with_merchant("1003")
            .with_amount(amount),
        Handle::new("sizpay", "verify", now).with_id("trackid", "7"),
        Handle::new("zipay", "list", now),
        Handle::new("zipay", "verify", now),
        Handle::new("zipay", "refund", now).with_id("trackid", "../x"),
        create().with_merchant("1003").with_amount(amount),
        create().with_reference("1000").with_amount(amount),
        create().with_reference("1000").with_merchant("1003"),
    ] {
        let error = zipay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}: {error}");
    }
    assert_eq!(account.called(), Vec::<String>::new());
}
