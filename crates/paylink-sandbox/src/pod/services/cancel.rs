use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::refusal::Refusal;

/// Cancels an invoice that is not paid for good, as only its issuer may.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("id")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?;
    store.cancel(id, call.now)?;
    Answer::of(&true)
}
