//! Payers who come back: they go on to the shop's own page.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use paylink::desk::{Delivery, Outcome};
use paylink::web::Pages;
use url::Url;

use crate::service::Service;

/// Leads a payer to the shop's own page, with the order's name and nothing that proves anything: the shop asks the service.
/// Where an order names no page, the payer sees a plain one.
pub(crate) struct LeadsToTheShop(pub(crate) Arc<Service>);

/// The plain pages. Where the shop is, the service does not know.
struct Plain;

impl Pages for Plain {
    fn shop(&self) -> Option<&str> {
        None
    }
}

/// What a payer sees who comes back while there is no room: the page asks again by itself.
pub(crate) async fn one_moment(order: &str) -> Response {
    let mut page = Plain.unsure(order).await;
    *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    page
}

#[async_trait]
impl Pages for LeadsToTheShop {
    fn shop(&self) -> Option<&str> {
        Plain.shop()
    }

    /// Of a return or a notification: nobody waits for the event.
    async fn deliver(&self, _: &Delivery) {
        self.0.handed_out();
    }

    async fn outcome(&self, order: &str, outcome: &Outcome) -> Response {
        if !matches!(outcome, Outcome::DeliverNow(_)) {
            self.0.saw(order, outcome);
        }
        match self.shops_page(order).await {
            Some(page) => page,
            None => Plain.outcome(order, outcome).await,
        }
    }

    async fn unsure(&self, order: &str) -> Response {
        match self.shops_page(order).await {
            Some(page) => page,
            None => Plain.unsure(order).await,
        }
    }
}

impl LeadsToTheShop {
    async fn shops_page(&self, order: &str) -> Option<Response> {
        let beside = match self.0.store.beside(order).await {
            Ok(beside) => beside,
            Err(problem) => {
                tracing::error!(order, %problem, "the page of a returning payer cannot be read");
                None
            }
        };
        let own = beside.and_then(|beside| beside.return_to);
        let own = own.and_then(|page| Url::parse(&page).ok());
        let page = own.or_else(|| self.0.return_to.clone())?;
        let to = [(header::LOCATION, with_order(page, order))];
        Some((StatusCode::SEE_OTHER, to).into_response())
    }
}

/// The parameter that names the order. Shop systems have their own meaning for shorter ones.
const ORDER: &str = "paylink_order";

/// The page, with the order's name in its query.
fn with_order(mut page: Url, order: &str) -> String {
    page.query_pairs_mut().append_pair(ORDER, order);
    page.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_added_and_nothing_else_is_touched() {
        for (page, order, led) in [
            (
                "https://shop.example/paid",
                "1000",
                "https://shop.example/paid?paylink_order=1000",
            ),
            (
                "https://shop.example/?a=1&b=%2F",
                "7",
                "https://shop.example/?a=1&b=%2F&paylink_order=7",
            ),
            (
                "https://shop.example/",
                "a/b&c=d",
                "https://shop.example/?paylink_order=a%2Fb%26c%3Dd",
            ),
            (
                "https://shop.example/",
                "سفارش",
                "https://shop.example/?paylink_order=%D8%B3%D9%81%D8%A7%D8%B1%D8%B4",
            ),
        ] {
            assert_eq!(with_order(Url::parse(page).unwrap(), order), led);
        }
    }
}
