use std::fmt;

use serde::Serialize;

/// Something that a provider may offer beyond creating, settling and resolving.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Capability {
    /// Reading a payment's state without changing it.
    State,
    /// Giving a settled payment back.
    Refund,
    /// Making an unpaid payment one that nobody can pay.
    Disable,
    /// Sending the payer the link again.
    Resend,
    /// Listing the merchant's payments.
    List,
    /// Looking up whether a create whose answer was lost was carried out.
    FindCreated,
    /// Bringing something readable back with the payer's browser.
    ReadReturn,
    /// Calling a webhook with something readable.
    ReadWebhook,
    /// Answering a create with a link to send the payer to, where the payment has a return URL.
    PayLink,
    /// Answering a create with an exact amount and the cards to transfer it to.
    ExactTransfer,
    /// Answering a create with the time until which it can be paid.
    Expiry,
}

impl Capability {
    /// Every capability there is, in a fixed order.
    pub const ALL: &'static [Capability] = &[
        Capability::State,
        Capability::Refund,
        Capability::Disable,
        Capability::Resend,
        Capability::List,
        Capability::FindCreated,
        Capability::ReadReturn,
        Capability::ReadWebhook,
        Capability::PayLink,
        Capability::ExactTransfer,
        Capability::Expiry,
    ];

    /// The capability in the words of a sentence: "a refund".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Capability::State => "reading a payment's state",
            Capability::Refund => "a refund",
            Capability::Disable => "disabling a payment",
            Capability::Resend => "sending a link again",
            Capability::List => "a list of payments",
            Capability::FindCreated => "looking up a lost create",
            Capability::ReadReturn => "a readable return",
            Capability::ReadWebhook => "a readable webhook",
            Capability::PayLink => "a pay link",
            Capability::ExactTransfer => "an exact amount to transfer",
            Capability::Expiry => "a time until which it can be paid",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a provider offers a [`Capability`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "offered", content = "why")]
pub enum Ability {
    /// It does, as the method's documentation says.
    Yes,
    /// It does not; the text says why, as a whole sentence.
    No(&'static str),
}

impl Ability {
    /// Whether it is offered.
    #[must_use]
    pub fn is_yes(self) -> bool {
        self == Ability::Yes
    }
}
