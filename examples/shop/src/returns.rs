//! Payers who come back, and providers who call: `paylink::web` does it, and this says what to show. And what is left to do
//! for an order that was handed out.

use std::error::Error;

use async_trait::async_trait;
use axum::response::{IntoResponse, Redirect, Response};
use paylink::desk::{Deliver, Delivery, Outcome};
use paylink::web::Pages;

/// Payers who come back go on to their order's page.
pub(crate) struct Returns;

#[async_trait]
impl Pages for Returns {
    async fn outcome(&self, order: &str, _: &Outcome) -> Response {
        Redirect::to(&format!("/orders/{order}")).into_response()
    }
}

/// Nothing leaves the shop: the code stands in the books since the order was handed out, and the outbox's worker writes
/// that the order is done. A shop that sends a mail or a parcel does it here.
pub(crate) struct NothingToSend;

#[async_trait]
impl Deliver for NothingToSend {
    async fn deliver(&self, _: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }
}
