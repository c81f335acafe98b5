//! Payers who come back, and providers who call: `paylink::web` does it, and this says what to show.

use std::sync::Arc;

use async_trait::async_trait;
use axum::response::{IntoResponse, Redirect, Response};
use paylink::desk::{Delivery, Outcome};
use paylink::web::Pages;

use crate::counter::Counter;

/// Payers who come back go on to their order's page.
pub(crate) struct Returns(pub(crate) Arc<Counter>);

#[async_trait]
impl Pages for Returns {
    async fn deliver(&self, delivery: &Delivery) {
        let number = delivery.order();
        if let Err(error) = self.0.hand_out(number).await {
            // The sweep empties the outbox.
            tracing::warn!(number, %error, "a paid order is handed out later");
        }
    }

    async fn outcome(&self, order: &str, _: &Outcome) -> Response {
        Redirect::to(&format!("/orders/{order}")).into_response()
    }
}
