use paylink_core::Invalid;
use paylink_core::provider::{Input, NewPayment};

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
