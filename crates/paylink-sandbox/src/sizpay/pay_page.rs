//! The page to which a pay link leads, where a person pays or declines.

pub(super) mod texts;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use texts::{TEXTS, Texts};

use super::link::{EventKind, Link, PayerError, Status};
use super::{Merchant, NAME, SizpaySandbox};
use crate::page::{
    Failure, Failures, Outcome, Policy, Price, Reader, Shown, Unit, closed, inert, lost, page,
    status_of,
};
use crate::view::view;

const TITLE: &str = "SizPay";

/// Serves the pay page, relative to the provider's root.
pub(super) fn routes(sizpay: SizpaySandbox) -> Router {
    Router::new()
        .route("/{pay_link_name}/{code}", get(show))
        .route("/{pay_link_name}/{code}/pay", post(pay))
        .route("/{pay_link_name}/{code}/decline", post(decline))
        .route("/{pay_link_name}/{code}/fail", post(fail))
        .route("/{pay_link_name}/{code}/closed", get(close))
        .with_state(sizpay)
}

/// The path of the page where a link is paid.
pub(super) fn path(link: &Link) -> String {
    format!("/{NAME}/{}/{}", link.pay_link_name, link.code)
}

type Address = Path<(String, String)>;

async fn show(State(sizpay): State<SizpaySandbox>, address: Address, reader: Reader) -> Response {
    match find(&sizpay, &address) {
        Some(link) => render(&sizpay, &reader, &link, None),
        None => unknown(&reader),
    }
}

async fn pay(State(sizpay): State<SizpaySandbox>, address: Address, reader: Reader) -> Response {
    match find(&sizpay, &address) {
        Some(link) => conclude(&sizpay, &reader, &link, sizpay.pay(link.send_id)),
        None => unknown(&reader),
    }
}

async fn decline(
    State(sizpay): State<SizpaySandbox>,
    address: Address,
    reader: Reader,
) -> Response {
    match find(&sizpay, &address) {
        Some(link) => conclude(&sizpay, &reader, &link, sizpay.decline(link.send_id)),
        None => unknown(&reader),
    }
}

/// Fails as the payer asks. A bank's refusal comes before SizPay hears of a payment.
async fn fail(
    State(sizpay): State<SizpaySandbox>,
    address: Address,
    reader: Reader,
    body: Bytes,
) -> Response {
    let Some(link) = find(&sizpay, &address) else {
        return unknown(&reader);
    };
    match Failure::asked(&body, offered(link.status)) {
        Some(Failure::PayAgain) => conclude(&sizpay, &reader, &link, sizpay.pay(link.send_id)),
        failure => {
            let problem = failure.and_then(|failure| failure.of_the_bank(&reader));
            render(&sizpay, &reader.at(&path(&link)), &link, problem)
        }
    }
}

async fn close(State(sizpay): State<SizpaySandbox>, address: Address, reader: Reader) -> Response {
    match find(&sizpay, &address) {
        Some(link) => closed(&reader, TITLE, &path(&link)),
        None => unknown(&reader),
    }
}

/// What a payer can try while the link stands so.
fn offered(status: Status) -> &'static [Failure] {
    match status {
        Status::Open => &Failure::OF_THE_BANK,
        Status::Paid => &[Failure::PayAgain],
        Status::Disabled => &[],
    }
}

/// Shows the page, which says what has become of the link, or why nothing has.
fn conclude(
    sizpay: &SizpaySandbox,
    reader: &Reader,
    before: &Link,
    outcome: Result<Link, PayerError>,
) -> Response {
    let texts = TEXTS.of(reader.lang);
    let problem = match outcome {
        Ok(link) => return Redirect::to(&path(&link)).into_response(),
        Err(PayerError::UnknownLink) => return unknown(reader),
        Err(PayerError::AlreadyPaid) => texts.paid_before,
        Err(PayerError::Disabled) => texts.disabled_before,
    };
    match sizpay.link(before.send_id) {
        Some(link) => render(sizpay, &reader.at(&path(&link)), &link, Some(problem)),
        None => unknown(reader),
    }
}

fn find(sizpay: &SizpaySandbox, Path((pay_link_name, code)): &Address) -> Option<Link> {
    let store = sizpay.store();
    store
        .all()
        .find(|link| link.pay_link_name == *pay_link_name && link.code == *code)
        .cloned()
}

fn render(
    sizpay: &SizpaySandbox,
    reader: &Reader,
    link: &Link,
    problem: Option<&'static str>,
) -> Response {
    let view = PayPage::of(sizpay, reader, link, problem);
    page(
        reader,
        status_of(problem.as_ref()),
        &view,
        Policy::default(),
    )
}

fn unknown(reader: &Reader) -> Response {
    let text = TEXTS.pair(|it| it.lost_text);
    lost(reader, Some(TITLE), TEXTS.pair(|it| it.lost), text)
}

view! {
    /// What the payer sees of a pay link.
    #[derive(Debug, Template)]
    #[template(path = "sizpay/pay.html")]
    struct PayPage<'a> of (
        sizpay: &'a SizpaySandbox, by: &'a Reader, of: &'a Link, why: Option<&'static str>
    ) {
        reader: &'a Reader = by,
        texts: &'static Texts = texts,
        merchant: &'a str = merchant,
        link: &'a Link = of,
        invoice_number: String = inert(&of.invoice_number),
        customer: String = inert(&of.customer_name),
        description: String = inert(&of.description),
        price: Price = Price::of(by, label, &of.amount.to_string(), Unit::Rial),
        state: Shown = of.status.shown(),
        paid_at: Option<String> = paid.map(|event| by.lang.moment(event.at)),
        outcome: Option<Outcome> = outcome(of, texts),
        problem: Option<&'static str> = why,
        /// Whether there is still something to pay.
        open: bool = is_open,
        failures: Failures = Failures {
            action: format!("{path}/fail"),
            hidden: Vec::new(),
            failures: offered(of.status).to_vec(),
            closed: is_open.then(|| format!("{path}/closed")),
        },
        path: String = path,
    } with {
        let texts = TEXTS.of(by.lang);
        let mut merchants = sizpay.merchants().into_iter();
        let merchant = merchants.find(|merchant| merchant.pay_link_name() == of.pay_link_name);
        let merchant = merchant.map(Merchant::name).unwrap_or_default();
        let paid = of.history.iter().find(|event| event.kind == EventKind::Paid);
        let is_open = of.status == Status::Open;
        let label = if is_open { texts.to_pay } else { texts.invoice_amount };
        let path = path(of);
    }
}

fn outcome(link: &Link, texts: &Texts) -> Option<Outcome> {
    let (heading, text) = match link.status {
        Status::Open if link.was_declined() => (texts.declined, texts.declined_text),
        Status::Open => return None,
        Status::Paid => (texts.paid, texts.paid_text),
        Status::Disabled => (texts.disabled, texts.disabled_text),
    };
    Some(Outcome { heading, text })
}
