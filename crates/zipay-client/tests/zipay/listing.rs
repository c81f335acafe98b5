//! All pages of a list: each invoice once, in order, and an error rather than silence where the pages do not add up.

use paylink_testkit::MockRequest;
use serde_json::{Value, json};
use zipay_client::{Effect, Error, ErrorKind, Invoices, ListInvoices, Sort, Status};

use crate::provider::Provider;
use crate::samples::{invoice_list, with};
use paylink_testkit::Answer;

/// A page with the invoices of these numbers.
fn page(number: u64, total: impl Into<Value>, invoices: impl IntoIterator<Item = u64>) -> Answer {
    let item = invoice_list()["items"][0].clone();
    let items: Vec<Value> = invoices
        .into_iter()
        .map(|it| {
            let item = with(&item, "/trackid", json!(format!("id-{it}")));
            with(&item, "/invoice_number", json!(it.to_string()))
        })
        .collect();
    json!({
        "items": items, "total": total.into(), "limit": 3, "page": number, "sort": "asc",
        "success": true, "status": 200
    })
    .into()
}

/// The numbers that came, and the error that ended it, if one did. After that there is nothing more.
async fn read(mut invoices: Invoices<'_>) -> (Vec<u64>, Option<Error>) {
    let mut numbers = Vec::new();
    let mut error = None;
    while let Some(next) = invoices.next().await {
        assert!(error.is_none(), "nothing comes after an error");
        match next {
            Ok(invoice) => numbers.push(invoice.invoice_number.parse().unwrap()),
            Err(failed) => error = Some(failed),
        }
    }
    assert!(invoices.next().await.is_none(), "the end is the end");
    (numbers, error)
}

fn bodies(account: &Provider) -> Vec<String> {
    let requests = account.requests();
    requests.iter().map(MockRequest::body_string).collect()
}

fn by_three() -> ListInvoices {
    ListInvoices::new().with_limit(3).unwrap()
}

#[tokio::test]
async fn every_page_is_read_oldest_first_and_each_invoice_comes_once() {
    let account = Provider::start().await;
    let pages = [
        page(1, 7, [1, 2, 3]),
        page(2, 7, [4, 5, 6]),
        page(3, 7, [7]),
    ];
    account.answers("invoice-list", pages);
    let zipay = account.client();
    let list = by_three().with_status(Status::Pending);
    let (numbers, error) = read(zipay.all_invoices(list)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
    let asked = [1, 2, 3].map(|it| format!("status=pending&limit=3&page={it}&sort=asc"));
    assert_eq!(bodies(&account), asked);
}

#[tokio::test]
async fn another_order_and_a_later_first_page_are_respected() {
    let account = Provider::start().await;
    account.answers("invoice-list", [page(2, 7, [4, 3, 2]), page(3, 7, [1])]);
    let zipay = account.client();
    let list = by_three()
        .with_sort(Sort::NewestFirst)
        .with_page(2)
        .unwrap();
    let (numbers, error) = read(zipay.all_invoices(list)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(numbers, [4, 3, 2, 1]);
    let asked = [2, 3].map(|it| format!("limit=3&page={it}&sort=desc"));
    assert_eq!(bodies(&account), asked);
}

#[tokio::test]
async fn nothing_is_asked_for_before_it_is_wanted() {
    let account = Provider::start().await;
    account.answers(
        "invoice-list",
        [page(1, 6, [1, 2, 3]), page(2, 6, [4, 5, 6])],
    );
    let zipay = account.client();
    let mut invoices = zipay.all_invoices(by_three());
    assert_eq!(account.requests().len(), 0);
    for expected in ["1", "2", "3"] {
        let invoice = invoices.next().await.unwrap().unwrap();
        assert_eq!(invoice.invoice_number, expected);
    }
    assert_eq!(account.requests().len(), 1);
    assert!(invoices.next().await.unwrap().is_ok());
    assert_eq!(account.requests().len(), 2);
}

#[tokio::test]
async fn an_empty_list_is_empty() {
    let account = Provider::start().await;
    for total in [json!(0), json!(null), json!("0")] {
        account.answer("invoice-list", page(1, total, []));
        let (numbers, error) = read(account.client().all_invoices(by_three())).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(numbers, Vec::<u64>::new());
        assert_eq!(account.take_called().len(), 1);
    }
}

#[tokio::test]
async fn a_page_that_overlaps_the_one_before_brings_only_what_is_new() {
    let account = Provider::start().await;
    let pages = [page(1, 5, [1, 2, 3]), page(2, 5, [3, 4, 5])];
    account.answers("invoice-list", pages);
    let (numbers, error) = read(account.client().all_invoices(by_three())).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_page_that_repeats_is_an_error() {
    let account = Provider::start().await;
    // The page's own number goes on, its invoices do not.
    let pages = (1..).map(|it| page(it, 9, [1, 2, 3])).take(9);
    account.answers("invoice-list", pages);
    let (numbers, error) = read(account.client().all_invoices(by_three())).await;
    assert_eq!(numbers, [1, 2, 3]);
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(error.to_string().contains("repeats"), "{error}");
    assert_eq!(account.requests().len(), 2);
}

#[tokio::test]
async fn another_page_than_the_one_asked_for_is_an_error() {
    let account = Provider::start().await;
    // A server that knows no `page` and sends the first one for ever.
    account.answer("invoice-list", page(1, 9, [1, 2, 3]));
    let zipay = account.client();
    let (numbers, error) = read(zipay.all_invoices(by_three())).await;
    assert_eq!(numbers, [1, 2, 3]);
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    assert!(error.to_string().contains("another page"), "{error}");

    let second = by_three().with_page(2).unwrap();
    let error = zipay.list_invoices(second).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Untrusted);
}

#[tokio::test]
async fn more_pages_than_the_bound_are_an_error() {
    let account = Provider::start().await;
    let pages = [
        page(1, 9, [1, 2, 3]),
        page(2, 9, [4, 5, 6]),
        page(3, 9, [7, 8, 9]),
    ];
    account.answers("invoice-list", pages.clone());
    let zipay = account.client();
    let (numbers, error) = read(zipay.all_invoices(by_three()).most_pages(2)).await;
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    assert!(error.to_string().contains("more pages"), "{error}");
    assert_eq!(account.take_called().len(), 2);

    account.answers("invoice-list", pages);
    let (numbers, error) = read(zipay.all_invoices(by_three()).most_pages(3)).await;
    assert!(error.is_none(), "three pages of three: {error:?}");
    assert_eq!(numbers.len(), 9);
}

/// The largest page is not documented: a server may put fewer on it than were asked for.
#[tokio::test]
async fn a_page_shorter_than_asked_for_is_not_taken_for_the_last_one() {
    for total in [json!(7), json!(null), json!("7")] {
        let account = Provider::start().await;
        let pages = [
            page(1, total.clone(), [1, 2, 3]),
            page(2, total.clone(), [4]),
            page(3, total.clone(), [5, 6, 7]),
            page(4, total.clone(), []),
        ];
        account.answers("invoice-list", pages);
        let hundred = ListInvoices::new().with_limit(100).unwrap();
        let (numbers, error) = read(account.client().all_invoices(hundred)).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7], "total {total}");
    }
}

#[tokio::test]
async fn an_invoice_that_cannot_be_trusted_spoils_its_page() {
    let (account, zipay) = Provider::with_client().await;
    for (pointer, value) in [
        ("/items", Value::Null),
        ("/items", json!({})),
        ("/items/1", Value::Null),
        ("/items/1", json!([])),
        ("/items/1/amount", json!(-1000)),
        ("/items/1/invoice_number", json!(10.5)),
        ("/items/1/trackid", Value::Null),
        ("/items/1/coin/currency", json!("EUR")),
        ("/items/1/merchant_terminal_number", json!("01003")),
        ("/success", json!("yes")),
        ("/status", json!(500)),
        // Whether there is another page hangs on these.
        ("/page", json!("first")),
        ("/page", json!([1])),
        ("/total", json!("many")),
        ("/total", json!(9.5)),
    ] {
        account.answer("invoice-list", with(&invoice_list(), pointer, value));
        let (numbers, error) = read(zipay.all_invoices(by_three())).await;
        assert_eq!(numbers, Vec::<u64>::new(), "{pointer}");
        assert_eq!(error.unwrap().kind(), ErrorKind::Untrusted, "{pointer}");
    }
}

#[tokio::test]
async fn an_error_on_a_later_page_comes_after_the_invoices_before_it() {
    let account = Provider::start().await;
    let refusal = json!({"success": false, "status": 403, "message": "no"});
    account.answers("invoice-list", [page(1, 9, [1, 2, 3]), refusal.into()]);
    let (numbers, error) = read(account.client().all_invoices(by_three())).await;
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(error.unwrap().kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn numbers_as_text_and_text_as_numbers_are_a_list_all_the_same() {
    let account = Provider::start().await;
    let mut answer = invoice_list();
    for (pointer, value) in [
        ("/items/1/amount", json!(1000)),
        ("/items/1/invoice_number", json!(10131)),
        ("/items/1/merchant_terminal_number", json!("1003")),
        ("/items/1/time", json!("1680282113")),
        ("/success", json!(1)),
        ("/status", json!("200")),
        ("/total", json!("9")),
        ("/limit", json!("3")),
        ("/page", json!("1")),
    ] {
        answer = with(&answer, pointer, value);
    }
    let zipay = account.client();
    account.answer("invoice-list", invoice_list());
    let documented = zipay.list_invoices(by_three()).await.unwrap();
    account.answer("invoice-list", answer);
    assert_eq!(zipay.list_invoices(by_three()).await.unwrap(), documented);
}

#[tokio::test]
async fn a_page_says_how_it_was_made() {
    let (account, zipay) = Provider::with_client().await;
    account.answer("invoice-list", invoice_list());
    let page = zipay.list_invoices(by_three()).await.unwrap();
    assert_eq!((page.limit, page.sort.as_deref()), (Some(3), Some("desc")));
    assert_eq!(page.unreadable, Vec::<&str>::new());

    let odd = with(&invoice_list(), "/limit", json!([3]));
    let odd = with(&odd, "/sort", json!(-1));
    account.answer("invoice-list", odd);
    let page = zipay.list_invoices(by_three()).await.unwrap();
    assert_eq!((page.limit, page.sort), (None, None));
    assert_eq!(page.unreadable, ["limit", "sort"]);
}
