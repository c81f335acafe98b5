use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::refusal::Refusal;

/// Notes that an invoice of the caller was paid outside POD.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?;
    store.mark_paid(id, call.now)?;
    call.done()
}
