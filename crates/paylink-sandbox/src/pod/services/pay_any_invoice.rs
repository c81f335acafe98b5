use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::refusal::Refusal;

/// Pays whosever invoice from the caller's wallet.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    call.params.required_wallet()?;
    let from = call.params.delegations()?;
    let payer = call.caller.user_id();
    call.pod
        .store()
        .pay_from_wallet(id, payer, &from, call.now)?;
    call.done()
}
