//! One vocabulary for every provider: what a payment is asked for with, what comes back, and who can do what.
//!
//! A [`PaymentProvider`] is chosen at run time. It takes the same [`NewPayment`] for every provider, says what it
//! cannot do in its [`Capabilities`], and keeps every promise of the client behind it: an error answers
//! [`Error::effect`], a settlement compares before it confirms, and only a comparison makes a
//! [`Proof`](crate::Proof).
//!
//! **Nothing is dropped in silence.** An optional input is sent, or the payment is refused before a byte leaves. Rial and
//! toman convert where the provider begins, exactly or not at all.
//!
//! A new provider implements the four methods that have no default, declares what it offers, and overrides the
//! methods of what it offers beyond them.

mod capabilities;
mod descriptor;
pub(crate) mod hint;
mod payment;
mod prepared;
mod record;

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

pub use capabilities::{Capabilities, Capability, Input, InputRule, Support};
pub use descriptor::{
    Codes, Descriptor, FromSettings, OperationInfo, PanelNote, Required, Setting, SettingKind,
    Settings, Variant,
};
pub use hint::Hint;
pub use hint::{Cursor, ListPayments, PaymentPage};
pub use payment::{NewPayment, OrderReference, Payment, PaymentState};
pub use prepared::{Created, Done, PayToCard, PreparedPayment, Resolved, Transfer};
pub use record::{ExpectedPayment, PaymentRecord};

use crate::{Error, Handle, Resolution, Settlement, Timeouts};

/// A provider of payments, whichever it is.
///
/// It is object-safe: a program keeps an `Arc<dyn PaymentProvider>` and chooses when it starts.
///
/// | what the caller wants | ask first | then |
/// |---|---|---|
/// | a payment | [`prepare`](PaymentProvider::prepare), and store the handle | [`PreparedPayment::create`] within 30 seconds, and store the record |
/// | to know whether it was paid | | [`settle`](PaymentProvider::settle), as often as needed |
/// | to know what became of a lost answer | | [`resolve`](PaymentProvider::resolve) the handle |
/// | anything else | [`capabilities`](PaymentProvider::capabilities) | the method |
#[async_trait]
pub trait PaymentProvider: Debug + Send + Sync {
    /// What it offers, takes and counts in. What is declared here is true: the conformance suite checks it.
    fn capabilities(&self) -> &Capabilities;

    /// How long one request to the provider may take at the most, all attempts included. A program that holds an order while it
    /// is created or settled holds it for longer than that.
    ///
    /// The default is that of a [`Transport`](crate::Transport) as it comes.
    fn longest_call(&self) -> Duration {
        Timeouts::default().total
    }

    /// Checks, builds and signs a payment without sending anything.
    ///
    /// Store the [`handle`](PreparedPayment::handle) **before** [`PreparedPayment::create`]. It says by when the create had
    /// left: begin to create within 30 seconds, or prepare again.
    ///
    /// # Errors
    ///
    /// An input that this provider does not take, one that it needs, a currency it does not count in, a value it cannot
    /// hold. Nothing was sent; correct the payment.
    fn prepare(&self, payment: &NewPayment) -> Result<PreparedPayment<'_>, Error>;

    /// Prepares and creates a payment in one step, for a program that stores no handle. It must happen once.
    ///
    /// A program that can lose its memory between the two steps does them apart: see [`PreparedPayment`].
    ///
    /// # Errors
    ///
    /// | effect | what to do |
    /// |---|---|
    /// | `NotExecuted` | correct what the error names, create again |
    /// | `Unknown` | [`resolve`](PaymentProvider::resolve) the error's handle; never create again before it says so |
    async fn create(&self, payment: &NewPayment) -> Result<Created, Error> {
        self.prepare(payment)?.create().await
    }

    /// Holds what the provider has against the merchant's own books, and confirms the payment if that is needed.
    ///
    /// It may be done again at any time, after an error as well.
    ///
    /// # Errors
    ///
    /// Settle again later: either nothing was confirmed, or the next call reads what was.
    async fn settle(&self, expected: &ExpectedPayment) -> Result<Settlement<Payment>, Error>;

    /// Finds out what became of an operation whose outcome was unknown.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a handle of another provider;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where the provider offers no look-up: the outcome stays
    /// unknown, and the message says what is left to do. Anything else means that asking failed: ask again.
    async fn resolve(&self, handle: &Handle) -> Result<Resolution<Resolved>, Error>;

    /// Reads a payment's state and changes nothing; [`Capability::State`].
    ///
    /// # Errors
    ///
    /// It is a read: ask again.
    async fn state(&self, record: &PaymentRecord) -> Result<Payment, Error> {
        let _ = record;
        Err(self.capabilities().unsupported(Capability::State))
    }

    /// Gives the whole money of a settled payment back to its payer; [`Capability::Refund`]. It must happen once.
    ///
    /// # Errors
    ///
    /// On [`Effect::Unknown`](crate::Effect::Unknown) resolve the error's handle before asking again.
    async fn refund(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let _ = record;
        Err(self.capabilities().unsupported(Capability::Refund))
    }

    /// Makes an unpaid payment one that nobody can pay any more; [`Capability::Disable`]. It must happen once.
    ///
    /// # Errors
    ///
    /// On [`Effect::Unknown`](crate::Effect::Unknown) resolve the error's handle, or read the state.
    async fn disable(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let _ = record;
        Err(self.capabilities().unsupported(Capability::Disable))
    }

    /// Sends the payer the link once more; [`Capability::Resend`].
    ///
    /// # Errors
    ///
    /// On [`Effect::Unknown`](crate::Effect::Unknown) count the message as sent.
    async fn resend(&self, record: &PaymentRecord) -> Result<Done, Error> {
        let _ = record;
        Err(self.capabilities().unsupported(Capability::Resend))
    }

    /// Reads one page of the merchant's payments; [`Capability::List`].
    ///
    /// # Errors
    ///
    /// It is a read: ask again.
    async fn list(&self, list: &ListPayments) -> Result<PaymentPage, Error> {
        let _ = list;
        Err(self.capabilities().unsupported(Capability::List))
    }

    /// Reads the query with which a payer came back; [`Capability::ReadReturn`]. It sends nothing.
    ///
    /// # Errors
    ///
    /// If it names no payment, or a value is malformed: show the payer the order's page, and settle the order.
    fn read_return(&self, query: &str) -> Result<Hint, Error> {
        let _ = query;
        Err(self.capabilities().unsupported(Capability::ReadReturn))
    }

    /// Reads the body of a webhook; [`Capability::ReadWebhook`]. It sends nothing, and nothing signs a webhook.
    ///
    /// # Errors
    ///
    /// If it names no payment, or a value is malformed: answer with an error status; the payment is not lost.
    fn read_webhook(&self, body: &[u8]) -> Result<Hint, Error> {
        let _ = body;
        Err(self.capabilities().unsupported(Capability::ReadWebhook))
    }
}

#[cfg(test)]
mod tests {
    //! A provider that has the four methods that must be there, and nothing else.

    use std::time::SystemTime;

    use super::*;
    use crate::{Currency, ErrorKind, Money, Timeouts};

    #[derive(Debug)]
    struct Kiosk(Capabilities);

    #[async_trait]
    impl PaymentProvider for Kiosk {
        fn capabilities(&self) -> &Capabilities {
            &self.0
        }

        fn prepare(&self, _: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
            Err(self.0.unsupported(Capability::State))
        }

        async fn settle(&self, _: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
            Err(self.0.unsupported(Capability::State))
        }

        async fn resolve(&self, _: &Handle) -> Result<Resolution<Resolved>, Error> {
            Err(self.0.unsupported(Capability::State))
        }
    }

    #[tokio::test]
    async fn what_it_does_not_have_is_unsupported() {
        let kiosk = Kiosk(Capabilities::new("kiosk", &[Currency::Irr]));
        let price = Money::parse("1000", Currency::Irr).unwrap();
        let order = "1000".parse().unwrap();
        let record = PaymentRecord::new("kiosk", order, price, SystemTime::UNIX_EPOCH);
        for error in [
            kiosk.state(&record).await.err(),
            kiosk.refund(&record).await.err(),
            kiosk.disable(&record).await.err(),
            kiosk.resend(&record).await.err(),
            kiosk.list(&ListPayments::new()).await.err(),
            kiosk.read_return("order=1000").err(),
            kiosk.read_webhook(b"{}").err(),
        ] {
            assert_eq!(error.unwrap().kind(), ErrorKind::Unsupported);
        }
        assert_eq!(kiosk.longest_call(), Timeouts::default().total);
    }
}
