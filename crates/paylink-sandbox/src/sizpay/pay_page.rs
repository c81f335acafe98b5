//! The page to which a pay link leads, where a person pays or declines.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::link::{EventKind, Link, Status};
use super::{Merchant, NAME, SizpaySandbox};
use crate::calendar;
use crate::page::{Outcome, Policy, Reader, Shown, bilingual, lost, page, persian};
use crate::view::view;

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

async fn show(State(sizpay): State<SizpaySandbox>, address: Address, reader: Reader) -> Response {
    match find(&sizpay, &address) {
        Some(link) => page(
            &reader,
            StatusCode::OK,
            &PayPage::of(&sizpay, &link, &reader),
            Policy::default(),
        ),
        None => unknown(&reader),
    }
}

async fn pay(State(sizpay): State<SizpaySandbox>, address: Address, reader: Reader) -> Response {
    act(&sizpay, &address, &reader, |link| {
        // A link that was closed meanwhile: the page tells how things stand.
        let _ = sizpay.pay(link.send_id);
    })
}

async fn decline(
    State(sizpay): State<SizpaySandbox>,
    address: Address,
    reader: Reader,
) -> Response {
    act(&sizpay, &address, &reader, |link| {
        let _ = sizpay.decline(link.send_id);
    })
}

/// Does what the payer chose and shows the page, which then says what has become of it.
fn act(
    sizpay: &SizpaySandbox,
    address: &Address,
    reader: &Reader,
    choose: impl FnOnce(&Link),
) -> Response {
    match find(sizpay, address) {
        Some(link) => {
            choose(&link);
            Redirect::to(&path(&link)).into_response()
        }
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

fn unknown(reader: &Reader) -> Response {
    let text = "این نشانی به هیچ لینک پرداختی نمی‌رسد. آن را از پیامک دوباره باز کنید.";
    lost(
        reader,
        Some("SizPay"),
        bilingual("لینک پرداخت پیدا نشد", ""),
        bilingual(text, ""),
    )
}

view! {
    /// What the payer sees of a pay link.
    #[derive(Debug, Template)]
    #[template(path = "sizpay/pay.html")]
    struct PayPage<'a> of (sizpay: &'a SizpaySandbox, of: &'a Link, by: &'a Reader) {
        reader: &'a Reader = by,
        merchant: &'a str = merchant,
        initial: String = merchant.chars().take(1).collect(),
        link: &'a Link = of,
        amount: String = persian::amount(&of.amount.to_string()),
        toman: String = persian::toman(of.amount),
        state: Shown = of.status.shown(),
        paid_at: Option<String> = paid.and_then(|event| calendar::in_tehran(event.at)),
        outcome: Option<Outcome> = outcome(of),
        /// Whether there is still something to pay.
        open: bool = of.status == Status::Open,
        path: String = path(of),
    } with {
        let mut merchants = sizpay.merchants().into_iter();
        let merchant = merchants.find(|merchant| merchant.pay_link_name() == of.pay_link_name);
        let merchant = merchant.map(Merchant::name).unwrap_or_default();
        let paid = of.history.iter().find(|event| event.kind == EventKind::Paid);
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
