use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paylink_core::provider::{Created, Input, NewPayment};
use paylink_core::{Currency, Invalid, Money, PaymentProvider};

use super::Recorder;

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

/// A value for every input of a payment. The defaults are made to be recognised in a request.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Where the payer goes afterwards.
    pub return_url: String,
    /// Where the provider calls.
    pub notify_url: String,
    /// The payer's mobile number.
    pub mobile: String,
    /// The payer's name.
    pub payer_name: String,
    /// The payer's national id.
    pub national_id: String,
    /// The payer's card.
    pub payer_card: String,
    /// What the payment is for.
    pub description: String,
}

impl Default for Samples {
    fn default() -> Samples {
        Samples {
            return_url: "http://127.0.0.1:9/back?kind=sample".to_owned(),
            notify_url: "http://127.0.0.1:9/notify?kind=sample".to_owned(),
            mobile: "09122272731".to_owned(),
            payer_name: "سارا & Sam".to_owned(),
            national_id: "0076229645".to_owned(),
            payer_card: "6037991234567893".to_owned(),
            description: "one <pair> of shoes".to_owned(),
        }
    }
}

impl Samples {
    /// Adds the value of this input to a payment; [`Input::ListDay`] is no part of one.
    pub(super) fn put(&self, payment: NewPayment, input: Input) -> Result<NewPayment, Invalid> {
        match input {
            Input::ReturnUrl => payment.with_return_url(&self.return_url),
            Input::NotifyUrl => payment.with_notify_url(&self.notify_url),
            Input::Mobile => Ok(payment.with_mobile(self.mobile.parse()?)),
            Input::PayerName => payment.with_payer_name(&self.payer_name),
            Input::NationalId => Ok(payment.with_national_id(self.national_id.parse()?)),
            Input::PayerCard => Ok(payment.with_payer_card(self.payer_card.parse()?)),
            Input::Description => payment.with_description(&self.description),
            Input::ListDay => Ok(payment),
            _ => Err(Invalid::new(input.key(), "is unknown to the suite")),
        }
    }

    /// What of this input has to be in a request, however a provider writes it.
    pub(super) fn on_the_wire(&self, input: Input) -> &str {
        match input {
            Input::ReturnUrl => &self.return_url,
            Input::NotifyUrl => &self.notify_url,
            // +98 or 0 may stand before it.
            Input::Mobile => self.mobile.trim_start_matches('0'),
            Input::PayerName => &self.payer_name,
            Input::NationalId => &self.national_id,
            Input::PayerCard => &self.payer_card,
            _ => &self.description,
        }
    }
}
