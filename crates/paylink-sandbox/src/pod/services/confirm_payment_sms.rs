use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::invoice::EventKind;
use crate::pod::refusal::Refusal;
use crate::pod::settings::ConfirmationAnswer;

/// Pays an invoice from a wallet outside POD, with the code its user was sent.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let code = call.params.required("code")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?.require_payable()?;
    let expected = store.codes.get(code);
    if expected.is_none_or(|pending| pending.invoice != id) {
        return Err(Refusal::BAD_CODE);
    }
    store.pay_from_outside(id, EventKind::PaidByOutsideWallet, call.now)?;
    store.codes.used(code);
    drop(store);
    match call.pod.settings().confirmation {
        ConfirmationAnswer::Truth => Answer::of(&true),
        ConfirmationAnswer::Text => Answer::of(&"true"),
    }
}
