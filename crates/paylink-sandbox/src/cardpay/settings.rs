use std::time::Duration;

use crate::settings::{choices, settings};

/// How long a payment waits for its deposit, by default. The document names no time.
pub const TIME_ALLOWED: Duration = Duration::from_secs(15 * 60);

choices! {
    /// The HTTP status of code 404, for which the document allows two.
    NotFoundStatus as CardpayNotFoundStatus {
        /// HTTP 404.
        NotFound,
        /// HTTP 200.
        Ok,
    }

    /// What becomes of a payment that the bank's message does not show to come from the recorded card.
    ///
    /// The document says both: a note that such a payment "will be lost", and a code, 199, for a payment
    /// that succeeded from another card.
    CardMismatch as CardpayCardMismatch {
        /// It is paid, and every check answers 199; never 201 or 200.
        Reported,
        /// It is over, and the money is there: checks answer 7 until its time is over, then 6.
        Lost,
    }

    /// The form of codes, on which the document's samples and its table leave no certainty.
    CodeForm as CardpayCodeForm {
        /// A JSON number, as in the samples.
        Number,
        /// A JSON string.
        Text,
        /// A JSON string, as is every other number of the answer, and `status` is 1 or 0: what a script in
        /// PHP makes of what its database gives it.
        EverythingText,
    }

    /// What the payer's browser brings back to the callback, on which the document is silent.
    ReturnQuery as CardpayReturnQuery {
        /// The callback as it was sent.
        Nothing,
        /// The callback with `pay_id` after the query it has already.
        PayId,
    }
}

// A deposit from another card is reported, for which the code exists; one that names no card cannot
// be shown to come from another and is lost, as the note says.
settings!("CardPay" as CardpaySettings {
    /// The HTTP status with which an endpoint is answered that does not exist.
    not_found_status: NotFoundStatus = NotFoundStatus::default(),
    /// What becomes of a payment if the deposit comes from another card than the recorded one.
    another_card: CardMismatch = CardMismatch::Reported,
    /// What becomes of a payment with a recorded card if the bank's message names no card.
    missing_card: CardMismatch = CardMismatch::Lost,
    /// In which form codes are written.
    code_form: CodeForm = CodeForm::default(),
    /// What the payer's browser brings back to the callback.
    return_query: ReturnQuery = ReturnQuery::default(),
    /// The field of `create` that carries the callback.
    callback_field: String = "callbackUrl".to_owned(),
    /// How long payments created from now on wait for their deposit.
    #[serde(rename = "time_allowed_seconds", with = "seconds")]
    #[schema(value_type = u64, default = 900)]
    time_allowed: Duration = TIME_ALLOWED,
});

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
