//! The page to which a pay link leads, where a person pays or declines.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::link::{EventKind, Link, Status};
use super::{NAME, SizpaySandbox};
use crate::calendar;
use crate::page::{Outcome, lost, page, persian};

/// Serves the pay page, relative to the provider's root.
pub(super) fn routes(sizpay: SizpaySandbox) -> Router {
    Router::new()
        .route("/{pay_link_name}/{code}", get(show))
        .route("/{pay_link_name}/{code}/pay", post(pay))
        .route("/{pay_link_name}/{code}/decline", post(decline))
        .with_state(sizpay)
}

/// The path of the page where a link is paid.
pub(super) fn path(link: &Link) -> String {
    format!("/{NAME}/{}/{}", link.pay_link_name, link.code)
}

type Address = Path<(String, String)>;

async fn show(State(sizpay): State<SizpaySandbox>, address: Address) -> Response {
    match find(&sizpay, &address) {
        Some(link) => page(StatusCode::OK, &PayPage::of(&sizpay, &link), None),
        None => unknown(),
    }
}

async fn pay(State(sizpay): State<SizpaySandbox>, address: Address) -> Response {
    act(&sizpay, &address, |link| {
        // A link that was closed meanwhile: the page tells how things stand.
        let _ = sizpay.pay(link.send_id);
    })
}

async fn decline(State(sizpay): State<SizpaySandbox>, address: Address) -> Response {
    act(&sizpay, &address, |link| {
        let _ = sizpay.decline(link.send_id);
    })
}

/// Does what the payer chose and shows the page, which then says what has become of it.
fn act(sizpay: &SizpaySandbox, address: &Address, choose: impl FnOnce(&Link)) -> Response {
    match find(sizpay, address) {
        Some(link) => {
            choose(&link);
            Redirect::to(&path(&link)).into_response()
        }
        None => unknown(),
    }
}

fn find(sizpay: &SizpaySandbox, Path((pay_link_name, code)): &Address) -> Option<Link> {
    let store = sizpay.store();
    store
        .all()
        .find(|link| link.pay_link_name == *pay_link_name && link.code == *code)
        .cloned()
}

fn unknown() -> Response {
    let text = "این نشانی به هیچ لینک پرداختی نمی‌رسد. آن را از پیامک دوباره باز کنید.";
    lost(
        StatusCode::NOT_FOUND,
        Some("SizPay"),
        "لینک پرداخت پیدا نشد",
        text,
    )
}

/// What the payer sees of a pay link.
#[derive(Debug, Template)]
#[template(path = "sizpay/pay.html")]
struct PayPage {
    merchant: String,
    initial: String,
    pay_link_name: String,
    amount: String,
    toman: String,
    invoice_number: String,
    customer_name: String,
    description: String,
    state: &'static str,
    tone: &'static str,
    reference_number: Option<String>,
    paid_at: Option<String>,
    outcome: Option<Outcome>,
    /// Whether there is still something to pay.
    open: bool,
    path: String,
}

impl PayPage {
    fn of(sizpay: &SizpaySandbox, link: &Link) -> Self {
        let merchants = sizpay.merchants().into_iter();
        let merchant = merchants
            .filter(|merchant| merchant.pay_link_name() == link.pay_link_name)
            .map(|merchant| merchant.name().to_owned())
            .next()
            .unwrap_or_default();
        let paid = link
            .history
            .iter()
            .find(|event| event.kind == EventKind::Paid);
        Self {
            initial: merchant.chars().take(1).collect(),
            merchant,
            pay_link_name: link.pay_link_name.clone(),
            amount: persian::amount(&link.amount.to_string()),
            toman: persian::toman(link.amount),
            invoice_number: link.invoice_number.clone(),
            customer_name: link.customer_name.clone(),
            description: link.description.clone(),
            state: link.status.title(),
            tone: link.status.tone(),
            reference_number: link.reference_number.clone(),
            paid_at: paid.and_then(|event| calendar::in_tehran(event.at)),
            outcome: outcome(link),
            open: link.status == Status::Open,
            path: path(link),
        }
    }
}

fn outcome(link: &Link) -> Option<Outcome> {
    let (heading, text) = match link.status {
        Status::Open if link.was_declined() => (
            "از پرداخت انصراف دادید",
            "مبلغی کم نشد. تا وقتی لینک فعال است می‌توانید دوباره پرداخت کنید.",
        ),
        Status::Open => return None,
        Status::Paid => (
            "پرداخت انجام شد",
            "شمارهٔ ارجاع را نگه دارید؛ این لینک دوباره پرداخت نمی‌شود.",
        ),
        Status::Disabled => (
            "این لینک غیرفعال است",
            "پذیرنده این لینک را غیرفعال کرده است و نمی‌توان آن را پرداخت.",
        ),
    };
    Some(Outcome { heading, text })
}
