use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a payment waits for its deposit, by default. The document names no time.
pub const TIME_ALLOWED: Duration = Duration::from_secs(15 * 60);

/// The HTTP status of code 404, for which the document allows two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NotFoundStatus {
    /// HTTP 404.
    #[default]
    NotFound,
    /// HTTP 200.
    Ok,
}

/// What becomes of a payment that the bank's message does not show to come from the recorded card.
///
/// The document says both: a note that such a payment "will be lost", and a code, 199, for a payment
/// that succeeded from another card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CardMismatch {
    /// It is paid, and every check answers 199; never 201 or 200.
    Reported,
    /// It is over, and the money is there: checks answer 7 until its time is over, then 6.
    Lost,
}

/// The form of codes, on which the document's samples and its table leave no certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CodeForm {
    /// A JSON number, as in the samples.
    #[default]
    Number,
    /// A JSON string.
    Text,
    /// A JSON string, as is every other number of the answer, and `status` is 1 or 0: what a script in
    /// PHP makes of what its database gives it.
    EverythingText,
}

/// What the payer's browser brings back to the callback, on which the document is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReturnQuery {
    /// The callback with `pay_id` after the query it has already.
    #[default]
    PayId,
    /// The callback as it was sent.
    Nothing,
}

/// What can be chosen about the sandboxed CardPay while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = CardpaySettings)]
#[non_exhaustive]
pub struct Settings {
    /// The HTTP status with which an endpoint is answered that does not exist.
    pub not_found_status: NotFoundStatus,
    /// What becomes of a payment if the deposit comes from another card than the recorded one.
    pub another_card: CardMismatch,
    /// What becomes of a payment with a recorded card if the bank's message names no card.
    pub missing_card: CardMismatch,
    /// In which form codes are written.
    pub code_form: CodeForm,
    /// What the payer's browser brings back to the callback.
    pub return_query: ReturnQuery,
    /// The field of `create` that carries the callback.
    pub callback_field: String,
    /// How long payments created from now on wait for their deposit.
    #[serde(rename = "time_allowed_seconds", with = "seconds")]
    #[schema(value_type = u64)]
    pub time_allowed: Duration,
}

/// A deposit from another card is reported, for which the code exists; one that names no card cannot
/// be shown to come from another and is lost, as the note says.
impl Default for Settings {
    fn default() -> Self {
        Self {
            not_found_status: NotFoundStatus::default(),
            another_card: CardMismatch::Reported,
            missing_card: CardMismatch::Lost,
            code_form: CodeForm::default(),
            return_query: ReturnQuery::default(),
            callback_field: "callbackUrl".to_owned(),
            time_allowed: TIME_ALLOWED,
        }
    }
}

/// Writes a duration as a number of seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(time.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_secs)
    }
}
