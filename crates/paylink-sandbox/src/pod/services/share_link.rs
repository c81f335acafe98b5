use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::gateway::WayBack;
use crate::pod::refusal::Refusal;

/// Sends another user the link of an invoice that was issued to the caller. The answer is `false` if
/// that user cannot be reached.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let user_id = call.params.required_id("userId")?;
    let way_back = WayBack {
        redirect: call.params.url("redirectUri")?,
        call: None,
    };
    let invoice = {
        let store = call.pod.store();
        call.owed(&store, id)?.clone()
    };
    invoice.require_payable()?;
    let user = call.pod.0.accounts.with_user_id(user_id);
    let Some(mobile) = user.ok_or(Refusal::NO_USER)?.mobile() else {
        return Answer::of(&false);
    };
    let link = call.pod.unique_number_link(&invoice, &way_back);
    call.pod.share(call.caller, mobile, &invoice, &link);
    Answer::of(&true)
}
