use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::refusal::Refusal;

/// Pays an invoice that was issued to the caller out of one that the caller has issued and that is
/// paid. The document calls the first the creditor's and the second the debtor's, and says of the
/// second that the creditor's is not paid.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let creditor = call.params.required_id("creditorInvoiceId")?;
    let debtor = call.params.required_id("debtorInvoiceId")?;
    let mut store = call.pod.store();
    call.issued(&store, debtor)?;
    // The document has one text for swapped numbers and for somebody else's token.
    call.owed(&store, creditor)
        .map_err(|_| Refusal::PERMISSION_DENIED)?;
    store.pay_out_of(debtor, creditor, call.now)?;
    Answer::of(&true)
}
