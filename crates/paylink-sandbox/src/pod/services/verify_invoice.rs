use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::life::Verified;
use crate::pod::refusal::Refusal;
use crate::pod::settings::SecondVerify;
use crate::pod::wire::InvoiceAnswer;

/// Verifies the payment of an invoice, named by its id or by the business's own number.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.require_business()?;
    let second = call.pod.settings().second_verify;
    let (id, number) = (call.params.id("id")?, call.params.get("billNumber"));
    let mut store = call.pod.store();
    let id = match (id, number) {
        (Some(id), None) => id,
        (None, Some(number)) => {
            let found = store.with_bill_number(call.caller.user_id(), number);
            found.ok_or(Refusal::NO_INVOICE)?.id
        }
        (None, None) => return Err(Refusal::missing("id")),
        (Some(_), Some(_)) => return Err(Refusal::invalid("billNumber")),
    };
    call.issued(&store, id)?;
    match (store.verify(id, call.now)?, second) {
        (Verified::Now, _) | (Verified::Before, SecondVerify::AnswersInvoice) => {}
        (Verified::Before, SecondVerify::Refuses) => return Err(Refusal::ALREADY_PAID),
    }
    Answer::of(&InvoiceAnswer::of(store.get(id)?, &call.pod.0.accounts))
}
