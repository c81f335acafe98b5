use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::refusal::Refusal;
use crate::pod::settings::LinkEnding;

/// Makes a link to the pay page of an invoice that the caller has issued.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let mut store = call.pod.store();
    call.issued(&store, id)?.require_payable()?;
    let hash = call.pod.0.random.hex(2);
    store.links.make(hash.clone(), id, call.now);
    drop(store);
    let ending = match call.pod.settings().link_ending {
        LinkEnding::Ampersand => "&",
        LinkEnding::Bare => "",
    };
    Answer::of(&format!(
        "{}v1/pbc/PayInvoiceDispatcher/?h={hash}{ending}",
        call.pod.pay_url()
    ))
}
