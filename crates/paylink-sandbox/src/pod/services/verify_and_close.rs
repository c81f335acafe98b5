use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::life::Verified;
use crate::pod::refusal::Refusal;
use crate::pod::settings::SecondVerify;
use crate::pod::wire::InvoiceAnswer;

/// Verifies the payment of an invoice and closes it.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("id")?;
    let second = call.pod.settings().second_verify;
    let mut store = call.pod.store();
    call.issued(&store, id)?;
    match (store.verify(id, call.now)?, second) {
        (Verified::Now, _) | (Verified::Before, SecondVerify::AnswersInvoice) => {}
        (Verified::Before, SecondVerify::Refuses) => return Err(Refusal::ALREADY_PAID),
    }
    store.close(id, call.now)?;
    Answer::of(&InvoiceAnswer::of(store.get(id)?, &call.pod.0.accounts))
}
