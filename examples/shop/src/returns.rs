//! Payers who come back, and providers who call: `paylink::web` does it, and this says what to show. What is due is given
//! out by the outbox's worker.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use axum::response::{IntoResponse, Redirect, Response};
use paylink::desk::{Deliver, Delivery, Outcome};
use paylink::web::Pages;

use crate::counter::Counter;

/// Payers who come back go on to their order's page.
pub(crate) struct Returns;

#[async_trait]
impl Pages for Returns {
    async fn outcome(&self, order: &str, _: &Outcome) -> Response {
        Redirect::to(&format!("/orders/{order}")).into_response()
    }
}

/// Gives out the codes that are due, each once.
pub(crate) struct HandsOut(pub(crate) Arc<Counter>);

#[async_trait]
impl Deliver for HandsOut {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.0.hand_out(delivery.order())?;
        Ok(())
    }
}
