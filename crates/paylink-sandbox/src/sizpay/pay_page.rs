//! The page to which a pay link leads, where a person pays or declines.

mod view;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::link::Link;
use super::{NAME, SizpaySandbox};
use crate::page::page;
use view::{PayPage, UnknownLinkPage};

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
    page(StatusCode::NOT_FOUND, &UnknownLinkPage, None)
}
