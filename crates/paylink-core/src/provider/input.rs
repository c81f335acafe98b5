use std::fmt;

use serde::Serialize;

use crate::FieldKey;

/// Something that may be said about a payment or a list beyond what is always needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Input {
    /// Where the payer's browser goes afterwards.
    ReturnUrl,
    /// Where the provider calls, unseen by the payer.
    NotifyUrl,
    /// The payer's mobile number.
    Mobile,
    /// The payer's name.
    PayerName,
    /// The national id of the only person who may pay.
    NationalId,
    /// The card that the payer will pay with.
    PayerCard,
    /// What the payment is for.
    Description,
    /// The day whose payments are listed.
    ListDay,
}

impl Input {
    /// Every input there is, in a fixed order.
    pub const ALL: &'static [Input] = &[
        Input::ReturnUrl,
        Input::NotifyUrl,
        Input::Mobile,
        Input::PayerName,
        Input::NationalId,
        Input::PayerCard,
        Input::Description,
        Input::ListDay,
    ];

    /// The field under which a value for it is refused.
    #[must_use]
    pub const fn key(self) -> FieldKey {
        match self {
            Input::ReturnUrl => FieldKey::new("return_url", "return URL"),
            Input::NotifyUrl => FieldKey::new("notify_url", "notify URL"),
            Input::Mobile => FieldKey::new("mobile", "mobile number"),
            Input::PayerName => FieldKey::new("payer_name", "payer name"),
            Input::NationalId => FieldKey::new("national_id", "national id"),
            Input::PayerCard => FieldKey::new("payer_card", "payer card"),
            Input::Description => FieldKey::new("description", "description"),
            Input::ListDay => FieldKey::new("day", "day"),
        }
    }

    /// The name by which a person knows it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.key().label()
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a provider does with an [`Input`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "demand", content = "why")]
pub enum Demand {
    /// It cannot do without.
    Needed,
    /// It is sent if it is there.
    Taken,
    /// It has no place for it: a payment that holds one is refused before anything is sent. The text says why, as a
    /// whole sentence.
    Refused(&'static str),
}
