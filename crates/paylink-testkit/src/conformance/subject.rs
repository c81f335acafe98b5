use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{Created, NewPayment};
use paylink_core::{Currency, Invalid, Money, PaymentProvider};

use super::{Recorder, Samples};

/// Why a subject could not do its part.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// A provider that is to be checked, with its server and its payer.
///
/// Four methods have no default. The others say where the provider is particular.
#[async_trait]
pub trait Subject: Send + Sync {
    /// What the matrix calls it.
    fn name(&self) -> String;

    /// Connects the provider, with every one of its addresses led [through](Recorder::through) the recorder.
    ///
    /// The suite asks once for every case, and sometimes for one behind a recorder that refuses connections. All of them
    /// talk to one server.
    ///
    /// # Errors
    ///
    /// If it cannot be set up: every case then fails.
    async fn provider(&self, recorder: &Recorder) -> Result<Arc<dyn PaymentProvider>, Problem>;

    /// Pays what was created, as the payer does, and whole.
    ///
    /// # Errors
    ///
    /// If it cannot be paid. The suite expects that of a payment that was disabled.
    async fn pay(&self, created: &Created) -> Result<(), Problem>;

    /// The credentials that the provider was connected with: no output may show one. Each has 8 bytes or more.
    fn secrets(&self) -> Vec<String>;

    /// What payments are made of, beyond reference and price.
    fn samples(&self) -> Samples {
        Samples::default()
    }

    /// An order reference that nobody else has; `number` is another one each time.
    fn reference(&self, number: u64) -> String {
        number.to_string()
    }

    /// A price that the provider takes, in a currency that it counts in.
    ///
    /// # Errors
    ///
    /// If the currency is none that it counts in.
    fn price(&self, currency: Currency) -> Result<Money, Invalid> {
        let amount = match currency {
            Currency::Irr => "250000",
            Currency::Irt => "25000",
            _ => "120.5",
        };
        Money::new(amount, currency)
    }

    /// How many payments are more than one page of its list holds.
    fn more_than_a_page(&self) -> usize {
        3
    }

    /// Lets time pass, for the provider and for its server, and says whether it did.
    fn pass(&self, time: Duration) -> bool {
        let _ = time;
        false
    }

    /// The query with which the payer of this paid payment came back, as the server wrote it.
    ///
    /// # Errors
    ///
    /// If the payer did not come back.
    async fn returned(&self, created: &Created) -> Result<String, Problem> {
        let _ = created;
        Err("the subject does not say with what query a payer comes back".into())
    }

    /// The body of the webhook about this paid payment, as the server wrote it.
    ///
    /// # Errors
    ///
    /// If none was called.
    async fn notified(&self, created: &Created) -> Result<Vec<u8>, Problem> {
        let _ = created;
        Err("the subject does not say what a webhook brings".into())
    }

    /// The same payment, created and paid at another merchant of the same server; `None` if the server has only one.
    ///
    /// # Errors
    ///
    /// If the other merchant could not create it.
    async fn at_another_merchant(
        &self,
        recorder: &Recorder,
        payment: &NewPayment,
    ) -> Result<Option<Created>, Problem> {
        let _ = (recorder, payment);
        Ok(None)
    }
}
