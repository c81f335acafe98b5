//! One page a call, and a cursor that goes on where it ended.

use paylink_core::provider::{Cursor, ListPayments, Payment, PaymentPage, PaymentState};
use serde_json::{Value, json};
use zipay_client::ErrorKind;

use super::neutral;
use crate::provider::Provider;
use crate::samples::{invoice_list, with};

/// A page with the invoices of these numbers.
fn page(number: u64, total: Value, invoices: &[u64]) -> Value {
    let item = invoice_list()["items"][0].clone();
    let items: Vec<Value> = invoices
        .iter()
        .map(|it| {
            let item = with(&item, "/trackid", json!(format!("id-{it}")));
            with(&item, "/invoice_number", json!(it.to_string()))
        })
        .collect();
    let page = with(&invoice_list(), "/items", json!(items));
    with(&with(&page, "/total", total), "/page", json!(number))
}

fn references(page: &PaymentPage) -> Vec<&str> {
    let references = page.payments().iter().map(|it| it.reported_reference());
    references.map(Option::unwrap).collect()
}

#[tokio::test]
async fn the_document_s_page_is_read_in_the_shared_words() {
    let provider = Provider::start().await;
    provider.answer("invoice-list", invoice_list());
    let page = neutral(&provider).list(&ListPayments::new()).await.unwrap();
    assert_eq!(references(&page), ["981", "10131", "10031"]);
    let states: Vec<_> = page.payments().iter().map(Payment::state).collect();
    assert_eq!(
        states,
        [
            &PaymentState::Unpaid,
            &PaymentState::Paid,
            &PaymentState::Failed
        ]
    );
    let body = provider.requests()[0].body_string();
    assert_eq!(body, "terminal_number=1003&limit=100&page=1&sort=desc");
}

/// ZiPay may put fewer invoices on a page than it was asked for.
#[tokio::test]
async fn a_list_goes_on_until_its_total_or_an_empty_page() {
    for total in [json!(5), Value::Null] {
        let provider = Provider::start().await;
        let pages = [
            page(1, total.clone(), &[1, 2, 3]),
            page(2, total.clone(), &[4, 5]),
            page(3, total.clone(), &[]),
        ];
        provider.answers("invoice-list", pages.map(Into::into));
        let zipay = neutral(&provider);
        let mut list = ListPayments::new();
        let mut read = Vec::new();
        loop {
            let page = zipay.list(&list).await.unwrap();
            read.extend(references(&page).iter().map(|it| (*it).to_owned()));
            let Some(next) = page.next() else { break };
            let stored = serde_json::to_string(next).unwrap();
            list = ListPayments::new().after(serde_json::from_str(&stored).unwrap());
        }
        assert_eq!(read, ["1", "2", "3", "4", "5"], "total {total}");
        let pages = if total.is_null() { 3 } else { 2 };
        assert_eq!(provider.asked().len(), pages, "total {total}");
        let last = provider.requests()[pages - 1].body_string();
        assert!(last.contains(&format!("&page={pages}&")), "{last}");
    }
}

/// The filter may be ignored: a client of one terminal shows that one's payments, and counts all that came.
#[tokio::test]
async fn invoices_of_another_terminal_are_left_out() {
    let provider = Provider::start().await;
    let mixed = page(1, json!(3), &[1, 2]);
    let mixed = with(&mixed, "/items/0/merchant_terminal_number", json!(1004));
    provider.answers(
        "invoice-list",
        [mixed.into(), page(2, json!(3), &[3]).into()],
    );
    let zipay = neutral(&provider);
    let first = zipay.list(&ListPayments::new()).await.unwrap();
    assert_eq!(references(&first), ["2"]);
    let next = first.next().cloned().unwrap();
    let second = zipay.list(&ListPayments::new().after(next)).await.unwrap();
    assert_eq!(references(&second), ["3"]);
    assert_eq!(second.next(), None);
}

#[tokio::test]
async fn a_client_of_all_terminals_lists_them_all() {
    let provider = Provider::start().await;
    provider.answer("invoice-list", invoice_list());
    let zipay: Box<dyn paylink_core::PaymentProvider> =
        Box::new(provider.client_builder().build().unwrap());
    let page = zipay.list(&ListPayments::new()).await.unwrap();
    assert_eq!(page.payments().len(), 3);
    let body = provider.requests()[0].body_string();
    assert_eq!(body, "limit=100&page=1&sort=desc");
}

#[tokio::test]
async fn a_cursor_of_somebody_else_is_refused() {
    let provider = Provider::start().await;
    for cursor in [
        "",
        "2",
        "x.3",
        "2.x",
        "0.0",
        "-1.0",
        "2.3.4",
        "99999999999.1",
    ] {
        let list = ListPayments::new().after(Cursor::new(cursor));
        let error = neutral(&provider).list(&list).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{cursor}");
    }
    assert_eq!(provider.asked(), Vec::<String>::new());
}
