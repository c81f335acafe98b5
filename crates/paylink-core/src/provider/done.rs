use serde::Serialize;

use super::Payment;

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
    pub fn payment(mut self, payment: Payment) -> Done {
        self.payment = Some(payment);
        self
    }

    /// Adds what the provider said, shortened.
    #[must_use]
    pub fn message(mut self, message: Option<&str>) -> Done {
        self.message = message.map(|text| crate::text::excerpt(text, 200));
        self
    }

    /// How the payment stands now, where the provider says so.
    #[must_use]
    pub fn stands(&self) -> Option<&Payment> {
        self.payment.as_ref()
    }

    /// What the provider said, for a log.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        self.message.as_deref()
    }
}
