use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::gateway::WayBack;
use crate::pod::refusal::Refusal;
use crate::pod::sms::{Content, Pending};

/// Sends the user of an invoice a text message with which to pay it.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let content = match call.params.get("smsContentType") {
        None => Content::Code,
        Some(text) => Content::from_wire(text).ok_or_else(|| Refusal::invalid("smsContentType"))?,
    };
    let way_back = WayBack {
        redirect: call.params.url("redirectUri")?,
        call: call.params.url("callbackUri")?,
    };
    let from = call.params.delegations()?;
    let mut store = call.pod.store();
    let invoice = call.issued(&store, id)?.clone();
    invoice.require_payable()?;
    let accounts = &call.pod.0.accounts;
    let user = invoice.user_id.and_then(|user| accounts.with_user_id(user));
    let mobile = user.ok_or(Refusal::NO_USER)?.mobile();
    let mobile = mobile.ok_or(Refusal::NO_MOBILE)?;
    let code = content
        .has_code()
        .then(|| call.pod.fresh_code(&store.codes));
    if let Some(code) = &code {
        let pending = Pending { invoice: id, from };
        store.codes.expect(code.clone(), pending);
    }
    drop(store);
    let link = content
        .has_link()
        .then(|| call.pod.unique_number_link(&invoice, &way_back));
    let issuer = call.caller.name();
    call.pod
        .ask_for_payment(issuer, mobile, &invoice, code.as_deref(), link.as_deref());
    call.done()
}
