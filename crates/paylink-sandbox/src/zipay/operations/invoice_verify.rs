use axum::response::Response;

use super::Call;
use crate::zipay::envelope::Refusal;
use crate::zipay::invoice::EventKind;
use crate::zipay::life::{Verified, WrongState};
use crate::zipay::settings::SecondVerify;

/// Confirms a paid invoice: the money becomes the merchant's.
pub(super) fn execute(call: &Call<'_>) -> Result<Response, Refusal> {
    let second_verify = call.zipay.settings().second_verify;
    call.on_invoice(|invoice, now| match (invoice.verify(now), second_verify) {
        (Ok(Verified::Now), _) => Ok(()),
        (Ok(Verified::Before), SecondVerify::AnswersCompleted) => {
            invoice.note(EventKind::VerifiedAgain, now);
            Ok(())
        }
        (Ok(Verified::Before), SecondVerify::Refuses) => {
            Err(Refusal::invalid("The invoice was verified before."))
        }
        (Err(WrongState(status)), _) => Err(Refusal::invalid(format!(
            "Only a pending invoice can be verified; this one is {}.",
            status.as_str()
        ))),
    })
}
