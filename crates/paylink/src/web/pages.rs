use async_trait::async_trait;
use axum::response::Response;

use super::plain_page::PlainPage;
use crate::desk::{Delivery, Outcome};

/// What a merchant's shop says to payers who come back, and does when an order is paid.
///
/// Every method has a default: a plain page in Persian that shows the order's number and where it stands, a link to the
/// [shop](Self::shop), and nothing that is not a payer's business. Anybody can call an order's return address, so a page of one's own shows no more to whoever
/// is not known to be the payer. The router adds `Cache-Control: no-store` and `Referrer-Policy: no-referrer`.
///
/// ```
/// use paylink::web::Pages;
///
/// /// A shop that is content with plain pages.
/// struct Plain;
///
/// impl Pages for Plain {
///     fn shop(&self) -> Option<&str> {
///         Some("https://shop.example/basket")
///     }
/// }
/// ```
#[async_trait]
pub trait Pages: Send + Sync + 'static {
    /// Returns the shop's address, to which the plain pages lead back: a path of the same site that begins with a slash, or a
    /// whole `https` or `http` address. Any other, and `None`, is shown as no link. By default it is `/`.
    fn shop(&self) -> Option<&str> {
        Some("/")
    }

    /// Acts on an order that was paid just now. It is called once for an order, by whichever of its returns and
    /// notifications was first.
    ///
    /// The delivery stands in the store's outbox already, where it is found again should the process die here: this is
    /// for not having to wait until the outbox is emptied. By default nothing is done.
    async fn deliver(&self, delivery: &Delivery) {
        let _ = delivery;
    }

    /// Shows where an order stands.
    async fn outcome(&self, order: &str, outcome: &Outcome) -> Response {
        PlainPage::of(outcome).response(order, self.shop())
    }

    /// Says that it could not be found out now where the order stands, and that nothing is lost by it.
    async fn unsure(&self, order: &str) -> Response {
        PlainPage::UNSURE.response(order, self.shop())
    }

    /// Says that there is no such order.
    async fn unknown(&self, order: &str) -> Response {
        PlainPage::UNKNOWN.response(order, self.shop())
    }
}
