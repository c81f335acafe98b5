use std::fmt;
use std::pin::Pin;

use super::Created;
use crate::{Effect, Error, Handle};

/// A payment that was checked, built and signed, and not sent: store its [`handle`](PreparedPayment::handle), then
/// [`create`](PreparedPayment::create) it within 30 seconds.
///
/// ```
/// use paylink_core::provider::{Created, NewPayment};
/// use paylink_core::{Effect, Error, Handle, PaymentProvider};
///
/// # fn store(_: &Handle) {}
/// async fn create(provider: &dyn PaymentProvider, payment: &NewPayment) -> Result<Created, Error> {
///     let prepared = provider.prepare(payment)?;
///     store(prepared.handle());
///     let created = prepared.create().await;
///     if let Err(error) = &created
///         && error.effect() == Effect::Unknown
///         && let Some(handle) = error.handle()
///     {
///         // The same handle, which says by now when the create ended: the payment can be looked up sooner.
///         store(handle);
///     }
///     created
/// }
/// ```
#[must_use = "a prepared payment does nothing until it is created"]
pub struct PreparedPayment<'a> {
    handle: Handle,
    create: Pin<Box<dyn Future<Output = Result<Created, Error>> + Send + 'a>>,
}

impl<'a> PreparedPayment<'a> {
    /// A payment that `create` sends and that `handle` finds again. Adapters of providers make it.
    ///
    /// `create` borrows the provider alone: it owns what it needs of the payment. It has to refuse to send anything later
    /// than `handle` says, as [`Prepared::send`](crate::Prepared::send) does.
    pub fn new(
        handle: Handle,
        create: impl Future<Output = Result<Created, Error>> + Send + 'a,
    ) -> PreparedPayment<'a> {
        PreparedPayment {
            handle,
            create: Box::pin(create),
        }
    }

    /// What finds the payment again if the outcome of creating it is unknown. Store it before [`create`](PreparedPayment::create).
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Sends it, once. Begin within 30 seconds after preparing; later it is refused, and nothing is sent.
    ///
    /// # Errors
    ///
    /// As for [`PaymentProvider::create`](super::PaymentProvider::create). An error of an unknown outcome holds this
    /// payment's handle, whatever the provider's adapter put into it, with the moment when the create ended if the adapter
    /// told it.
    pub async fn create(self) -> Result<Created, Error> {
        let PreparedPayment { handle, create } = self;
        create.await.map_err(|error| match error.effect() {
            Effect::NotExecuted => error,
            Effect::Unknown => {
                let handle = match error.handle() {
                    Some(told) => handle.ended_like(told),
                    None => handle,
                };
                error.with_handle(handle)
            }
        })
    }
}

impl fmt::Debug for PreparedPayment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedPayment")
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::ErrorKind;

    const TOLD: Duration = Duration::from_secs(90);

    fn handle(operation: &str, prepared_at: u64) -> Handle {
        let prepared_at = SystemTime::UNIX_EPOCH + Duration::from_secs(prepared_at);
        Handle::new("kiosk", operation, prepared_at).ended_by(prepared_at + TOLD)
    }

    fn failing(effect: Effect, told: Option<Handle>) -> Error {
        let error = Error::new(ErrorKind::Disconnected, effect, "the connection broke");
        match told {
            Some(told) => error.with_handle(told),
            None => error,
        }
    }

    async fn create(own: &Handle, error: Error) -> Error {
        let prepared = PreparedPayment::new(own.clone(), async move { Err(error) });
        assert_eq!(prepared.handle(), own);
        prepared.create().await.unwrap_err()
    }

    #[tokio::test]
    async fn an_unknown_outcome_leaves_with_the_handle_of_this_create() {
        let own = handle("create", 1_000)
            .reference("57")
            .id("url", "https://a");
        let ended = SystemTime::UNIX_EPOCH + Duration::from_secs(1_020);
        let no_handle = create(&own, failing(Effect::Unknown, None)).await;
        assert_eq!(no_handle.handle(), Some(&own));

        // A call of the same create says when it ended, and knows less otherwise.
        let call = handle("create", 1_000).reference("57").failed_at(ended);
        let dated = create(&own, failing(Effect::Unknown, Some(call))).await;
        assert_eq!(dated.handle(), Some(&own.clone().failed_at(ended)));

        // Another operation, or another create, says nothing of this one.
        for other in [handle("list", 1_000), handle("create", 1_001)] {
            let other = other.failed_at(ended);
            let error = create(&own, failing(Effect::Unknown, Some(other))).await;
            assert_eq!(error.handle(), Some(&own));
        }
    }

    #[tokio::test]
    async fn what_was_not_executed_is_told_as_it_is() {
        let own = handle("create", 1_000);
        let error = create(&own, failing(Effect::NotExecuted, None)).await;
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(error.handle(), None);
    }
}
