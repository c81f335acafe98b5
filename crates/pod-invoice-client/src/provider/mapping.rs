use paylink_core::provider::{Hint, OrderReference, Payment, PaymentRecord, PaymentState};
use paylink_core::{Account, Invalid};

use super::issuing::under;
use crate::account::PodAccount;
use crate::operations::INVOICE_ID;
use crate::returns::ERROR_RESULT;
use crate::settle::Unpaid;
use crate::{BillNumber, Expected, Invoice, InvoiceId, Return, State};

/// The invoice that a record is about.
pub(super) fn invoice_id(record: &PaymentRecord) -> Result<InvoiceId, Invalid> {
    record.needed_id(INVOICE_ID)?.parse()
}

pub(super) fn expected(record: &PaymentRecord) -> Result<Expected, Invalid> {
    let number: Result<BillNumber, _> = record.reference().as_str().parse();
    let number = under(OrderReference::KEY, number)?;
    Expected::new(invoice_id(record)?, number, *record.amount())
}

pub(super) fn view(invoice: &Invoice) -> Payment {
    view_as(invoice, neutral(invoice.state()))
}

/// The view of an invoice that is not paid, after POD was asked to verify it if it could be.
pub(super) fn view_of_unpaid(invoice: &Invoice, unpaid: Option<Unpaid>) -> Payment {
    let state = match unpaid {
        Some(Unpaid::NotYet) => PaymentState::Unpaid,
        Some(Unpaid::AtTheGateway) => PaymentState::Paying,
        None => neutral(invoice.state()),
    };
    view_as(invoice, state)
}

fn view_as(invoice: &Invoice, told: PaymentState) -> Payment {
    let state = invoice.state();
    // POD numbers an invoice before anybody has paid it.
    let receipt = (state == State::Paid).then_some(invoice.payment_reference.as_deref());
    Payment::new(PodAccount::PROVIDER, told, state.as_str())
        .reference(invoice.bill_number.as_deref())
        .amount(invoice.payable_amount)
        .receipt(receipt.flatten())
        .id(INVOICE_ID, invoice.id.to_string())
}

pub(super) fn hint(back: Return) -> Result<Hint, Invalid> {
    let payment = match back {
        Return::Payment(payment) => payment,
        Return::Refused(_) => {
            return Err(Invalid::new(
                ERROR_RESULT,
                "says that POD refused the payment, and names none",
            )
            .remedy("show the payer the order's page, and settle the order"));
        }
    };
    let hint = Hint::new(PodAccount::PROVIDER).id(INVOICE_ID, payment.invoice_id.to_string());
    Ok(match payment.bill_number {
        Some(number) => hint.reference(number.as_str()),
        None => hint,
    })
}

fn neutral(state: State) -> PaymentState {
    match state {
        State::Unpaid => PaymentState::Unpaid,
        State::AwaitingGateway => PaymentState::Paying,
        State::Unverified => PaymentState::Unconfirmed,
        State::Promised => PaymentState::Promised,
        State::Paid => PaymentState::Paid,
        State::Cancelled => PaymentState::Cancelled,
        State::Unclear => PaymentState::Unclear(state.as_str().into()),
    }
}
