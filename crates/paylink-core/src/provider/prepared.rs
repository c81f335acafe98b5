use std::fmt;
use std::pin::Pin;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{Payment, PaymentRecord};
use crate::settlement::handle::{from_millis, to_millis};
use crate::{Effect, Error, Handle, Money, WebUrl};

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
    /// than `handle` says, as [`Prepared::send`](crate::Prepared::send) does. Once that has sent, the payment may exist: every
    /// error after it has to be [`Effect::Unknown`], with [`Error::while_resolving`] if nothing else says so.
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

/// A payment that was created: what to store, and what the payer has to know.
///
/// It serialises whole, so that a shop that shows it again stores it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "the record has to be stored before the payer is told anything"]
pub struct Created {
    record: PaymentRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<WebUrl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transfer: Option<Transfer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<u64>,
}

impl Created {
    /// A payment of this record. Adapters of providers make it.
    pub fn new(record: PaymentRecord) -> Created {
        Created {
            record,
            link: None,
            transfer: None,
            expires_at_ms: None,
        }
    }

    crate::setters! { self: Created;
        /// Adds the page where the payer pays.
        with_link(link: Option<WebUrl>) => self.link = link;
        /// Adds what the payer has to transfer, and to which cards.
        with_transfer(transfer: Transfer) => self.transfer = Some(transfer);
        /// Adds until when it can be paid.
        with_expires_at(at: Option<SystemTime>) => self.expires_at_ms = at.map(to_millis);
    }

    crate::getters! { self;
        /// What to store with the order before the payer is told anything.
        record: &PaymentRecord = &self.record;
        /// Where to send the payer; show it as it came. `None` where the provider tells the payer by itself, by SMS say, did
        /// not repeat the link of a payment that was found again, or makes one only for a payment with a return URL.
        link: Option<&WebUrl> = self.link.as_ref();
        /// What the payer has to transfer, for a payment from card to card.
        transfer: Option<&Transfer> = self.transfer.as_ref();
    }

    /// Until when it can be paid, where the provider says so.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at_ms.map(from_millis)
    }
}

/// A transfer from card to card: the exact amount, to the rial, and the cards it may go to.
///
/// The amount can differ from the price: what differs makes it recognisable. Show both amount and cards as they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    exactly: Money,
    cards: Vec<PayToCard>,
}

impl Transfer {
    /// This amount, to any of these cards.
    #[must_use]
    pub fn new(exactly: Money, cards: Vec<PayToCard>) -> Transfer {
        Transfer { exactly, cards }
    }

    /// What to transfer, neither more nor less.
    #[must_use]
    pub fn amount(&self) -> &Money {
        &self.exactly
    }

    /// The merchant's cards, to any of which it may go.
    #[must_use]
    pub fn cards(&self) -> &[PayToCard] {
        &self.cards
    }
}

/// One of the merchant's own cards. `Debug` leaves number and holder out; serialising writes all of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayToCard {
    number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
}

impl PayToCard {
    /// A card as the provider wrote it.
    #[must_use]
    pub fn new(number: &str, holder: Option<String>, bank: Option<String>) -> PayToCard {
        PayToCard {
            number: number.to_owned(),
            holder,
            bank,
        }
    }

    crate::getters! { self;
        /// The whole number, for the payer's eyes: never write it to a log or an error.
        number: &str = &self.number;
        /// The holder's name; personal data.
        holder: Option<&str> = self.holder.as_deref();
        /// The bank's name.
        bank: Option<&str> = self.bank.as_deref();
    }
}

impl fmt::Debug for PayToCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayToCard")
            .field("bank", &self.bank)
            .finish_non_exhaustive()
    }
}

/// Something was done to a payment, and what the provider said about it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Done {
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Payment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Done {
    /// Done, and the provider said nothing more.
    #[must_use]
    pub fn new() -> Done {
        Done::default()
    }

    /// Adds how the payment stands now.
    #[must_use]
    pub fn with_payment(mut self, payment: Payment) -> Done {
        self.payment = Some(payment);
        self
    }

    /// Adds what the provider said, shortened.
    #[must_use]
    pub fn with_message(mut self, message: Option<&str>) -> Done {
        self.message = message.map(|text| crate::text::excerpt(text, 200));
        self
    }

    /// How the payment stands now, where the provider says so.
    #[must_use]
    pub fn payment(&self) -> Option<&Payment> {
        self.payment.as_ref()
    }

    /// What the provider said, for a log.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

/// What was found of an operation that was carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "what was found has to be stored"]
#[non_exhaustive]
pub enum Resolved {
    /// The payment was created: store its record now.
    Created(Box<Created>),
    /// The payment was changed, and stands so.
    Changed(Box<Payment>),
}

impl Resolved {
    /// The payment that was created, if that was the operation.
    #[must_use]
    pub fn created(&self) -> Option<&Created> {
        match self {
            Resolved::Created(created) => Some(created),
            Resolved::Changed(_) => None,
        }
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
        Handle::new("kiosk", operation, prepared_at).with_deadline(prepared_at + TOLD)
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
            .with_reference("57")
            .with_id("url", "https://a");
        let ended = SystemTime::UNIX_EPOCH + Duration::from_secs(1_020);
        let no_handle = create(&own, failing(Effect::Unknown, None)).await;
        assert_eq!(no_handle.handle(), Some(&own));

        // A call of the same create says when it ended, and knows less otherwise.
        let call = handle("create", 1_000)
            .with_reference("57")
            .with_failed_at(ended);
        let dated = create(&own, failing(Effect::Unknown, Some(call))).await;
        assert_eq!(dated.handle(), Some(&own.clone().with_failed_at(ended)));

        // Another operation, or another create, says nothing of this one.
        for other in [handle("list", 1_000), handle("create", 1_001)] {
            let other = other.with_failed_at(ended);
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

    #[test]
    fn what_is_shown_names_the_payment_and_no_card() {
        let own = handle("create", 1_000);
        let prepared = PreparedPayment::new(own.clone(), async {
            Err(failing(Effect::NotExecuted, None))
        });
        let shown = format!("{prepared:?}");
        assert_eq!(shown, format!("PreparedPayment {{ handle: {own:?}, .. }}"));
        let card = PayToCard::new(
            "6037701689095443",
            Some("Sara".to_owned()),
            Some("Melli".to_owned()),
        );
        let shown = format!("{card:?}");
        assert_eq!(shown, r#"PayToCard { bank: Some("Melli"), .. }"#);
    }
}
