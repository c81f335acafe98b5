use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::refusal::Refusal;

/// Pays an invoice that was issued to the caller from the caller's wallet.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    call.params.wallet()?;
    let from = call.params.delegations()?;
    let mut store = call.pod.store();
    call.owed(&store, id)?;
    store.pay_from_wallet(id, call.caller.user_id(), &from, call.now)?;
    Answer::of(&true)
}
