use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Notified, Pages, Returned, routes};
use crate::desk::{Arrival, Desk, DeskError, OrderStore, Outcome};
use crate::{Error, Hint, PaymentProvider};

/// After how much time a provider or a payer may ask again.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// How long a request waits for another call that holds the order. Senders of notifications hang up after a few seconds.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The routes `return/{order}` and `notify/{order}`, by GET and by POST, with the order named as in the store.
///
/// Both look at the order, whatever came with the request: a hint that cannot be read, that the order's provider does not
/// document, or that names another payment is as good as none, and the last two are logged. A return is answered with one
/// of the [`Pages`]. A notification is answered with 200 when the order was looked at, and with 503 when that has to be
/// done again, within two seconds if another call is at the order; an order that is not there gets the same 200 as one
/// that is.
///
/// A caller who hangs up before the look has begun is forgotten; after that the work goes on. Bodies are bounded in size
/// and in time. How many requests come at once, and how slowly their heads arrive, is for the server to bound, or for the
/// proxy in front of it.
pub fn router<S, P>(desk: Arc<Desk<S>>, pages: P) -> Router
where
    S: OrderStore + 'static,
    P: Pages,
{
    let counter = Counter {
        desk,
        pages: Arc::new(pages),
    };
    let returns = get(returned::<S, P>).post(returned::<S, P>);
    let notifications = get(notified::<S, P>).post(notified::<S, P>);
    Router::new()
        .route(&routes::return_path(), returns)
        .route(&routes::notify_path(), notifications)
        .with_state(counter)
}

/// What both routes share.
struct Counter<S, P> {
    desk: Arc<Desk<S>>,
    pages: Arc<P>,
}

impl<S, P> Clone for Counter<S, P> {
    fn clone(&self) -> Counter<S, P> {
        Counter {
            desk: Arc::clone(&self.desk),
            pages: Arc::clone(&self.pages),
        }
    }
}

async fn returned<S, P>(State(counter): State<Counter<S, P>>, returned: Returned) -> Response
where
    S: OrderStore + 'static,
    P: Pages,
{
    let read = |provider: &dyn PaymentProvider| returned.hint(provider);
    let arrival = counter.arrive(returned.order(), read).await;
    to_the_end(async move {
        let order = returned.order();
        let page = match counter.go_on(order, arrival).await {
            Ok(outcome) => counter.pages.outcome(order, &outcome).await,
            Err(Trouble::NoSuchOrder) => counter.pages.unknown(order).await,
            Err(Trouble::AskAgain) => counter.pages.unsure(order).await,
        };
        private(page)
    })
    .await
}

async fn notified<S, P>(State(counter): State<Counter<S, P>>, notified: Notified) -> Response
where
    S: OrderStore + 'static,
    P: Pages,
{
    let read = |provider: &dyn PaymentProvider| notified.hint(provider);
    let arrival = counter.arrive(notified.order(), read).await;
    let answer = to_the_end(async move {
        match counter.go_on(notified.order(), arrival).await {
            Ok(Outcome::TooSoon { retry_after, .. }) => ask_again(retry_after),
            Ok(Outcome::Busy { .. } | Outcome::Unresolved { .. }) | Err(Trouble::AskAgain) => {
                ask_again(ASK_AGAIN)
            }
            // Nobody is told apart from whom: a stranger who guesses numbers learns nothing.
            Ok(_) | Err(Trouble::NoSuchOrder) => StatusCode::OK.into_response(),
        }
    });
    answer.await
}

/// Why an order could not be looked at.
enum Trouble {
    NoSuchOrder,
    AskAgain,
}

impl<S, P> Counter<S, P>
where
    S: OrderStore + 'static,
    P: Pages,
{
    /// Comes to the order with what its own provider reads. Nothing is lost if the caller hangs up in it.
    async fn arrive(
        &self,
        order: &str,
        read: impl FnOnce(&dyn PaymentProvider) -> Result<Option<Hint>, Error>,
    ) -> Result<Arrival, DeskError<S::Error>> {
        let hint = self.hint(order, read).await?;
        self.desk.arrive(order, hint, PATIENCE).await
    }

    /// Looks at the order, if that is still to be done, and passes the delivery on that may come of it.
    async fn go_on(
        &self,
        order: &str,
        arrival: Result<Arrival, DeskError<S::Error>>,
    ) -> Result<Outcome, Trouble> {
        let looked = match arrival {
            Ok(Arrival::Answered(outcome)) => Ok(outcome),
            Ok(Arrival::InFront(visit)) => self.desk.visit_in_front(visit).await,
            Err(error) => Err(error),
        };
        let outcome = looked.map_err(|error| trouble(order, &error))?;
        match &outcome {
            Outcome::DeliverNow(delivery) => self.pages.deliver(delivery).await,
            Outcome::Mismatch(mismatch) => {
                tracing::error!(order, %mismatch, "a payment is not the order's");
            }
            _ => {}
        }
        Ok(outcome)
    }

    async fn hint(
        &self,
        order: &str,
        read: impl FnOnce(&dyn PaymentProvider) -> Result<Option<Hint>, Error>,
    ) -> Result<Option<Hint>, DeskError<S::Error>> {
        let stored = self.desk.order(order).await?;
        let Ok(provider) = self.desk.accounts().get(stored.account()) else {
            // Looking at the order says what is wrong with it.
            return Ok(None);
        };
        Ok(read(&**provider).unwrap_or_else(|error| {
            tracing::warn!(order, %error, "a hint cannot be read; the order is looked at without it");
            None
        }))
    }
}

fn trouble<E: std::error::Error>(order: &str, error: &DeskError<E>) -> Trouble {
    if let DeskError::NoSuchOrder = error {
        tracing::info!(order, "a return or a notification names no order");
        return Trouble::NoSuchOrder;
    }
    tracing::error!(order, %error, "an order cannot be looked at");
    Trouble::AskAgain
}

/// Lets work come to its end even if the caller hangs up half-way, so that no order waits for the end of a claim.
async fn to_the_end(work: impl Future<Output = Response> + Send + 'static) -> Response {
    match tokio::spawn(work).await {
        Ok(response) => response,
        // It panicked, in the merchant's pages or store. The order is as it was.
        Err(_) => ask_again(ASK_AGAIN),
    }
}

fn ask_again(after: Duration) -> Response {
    let whole = u64::from(after.subsec_nanos() > 0).saturating_add(after.as_secs());
    let later = [(header::RETRY_AFTER, whole.to_string())];
    (StatusCode::SERVICE_UNAVAILABLE, later).into_response()
}

/// Keeps a payer's page out of caches, and its address out of other sites' logs.
fn private(mut page: Response) -> Response {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        let value = header::HeaderValue::from_static(value);
        page.headers_mut().insert(name, value);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_told_in_whole_seconds_and_not_too_short() {
        for (millis, told) in [(4_000, "4"), (4_001, "5"), (1, "1")] {
            let answer = ask_again(Duration::from_millis(millis));
            assert_eq!(answer.headers()[header::RETRY_AFTER], told);
        }
    }
}
