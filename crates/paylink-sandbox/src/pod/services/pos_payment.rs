use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::invoice::EventKind;
use crate::pod::pos::PosPurchase;
use crate::pod::refusal::Refusal;
use crate::pod::settings::PosInquiry;

/// Pays an invoice of the caller by a purchase that was made at a point of sale.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let reported = PosPurchase {
        invoice_id: params.required_id("invoiceId")?,
        terminal_number: params.required("terminalNumber")?.to_owned(),
        merchant_code: params.required("merchantCode")?.to_owned(),
        reference_number: params.required("referenceNumber")?.to_owned(),
        tracking_number: params.required("trackingNumber")?.to_owned(),
        transaction_date: params.required("transactionDate")?.to_owned(),
    };
    params.moment("transactionDate")?;
    params.wallet()?;
    let inquiry = call.pod.settings().pos_inquiry;
    let mut store = call.pod.store();
    let id = reported.invoice_id;
    call.issued(&store, id)?.require_payable()?;
    if inquiry == PosInquiry::Checks && !store.purchases.has(&reported) {
        return Err(Refusal::NO_PURCHASE);
    }
    store.pay_from_outside(id, EventKind::PaidByPos, call.now)?;
    store.purchases.settle(&reported);
    call.done()
}
