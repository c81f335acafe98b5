//! POD's services, one file each.

mod cancel;
mod close;
mod confirm_payment_sms;
mod invoices;
mod issue_invoice;
mod mark_paid;
mod one_time_token;
mod pay_any_invoice;
mod pay_in_future;
mod pay_own_invoice;
mod pay_with_invoice;
mod payment_link;
mod pos_payment;
mod send_payment_sms;
mod share_link;
mod verify_and_close;
mod verify_invoice;

use super::answer::Answer;
use super::call::Call;
use super::refusal::Refusal;
use super::service::Service;

impl Service {
    pub(super) fn execute(self, call: &Call<'_>) -> Result<Answer, Refusal> {
        match self {
            Self::PayAnyInvoice => pay_any_invoice::execute(call),
            Self::PayOwnInvoice => pay_own_invoice::execute(call),
            Self::SendPaymentSms => send_payment_sms::execute(call),
            Self::ConfirmPaymentSms => confirm_payment_sms::execute(call),
            Self::PaymentLink => payment_link::execute(call),
            Self::MarkPaid => mark_paid::execute(call),
            Self::PayWithInvoice => pay_with_invoice::execute(call),
            Self::PayInFuture => pay_in_future::execute(call),
            Self::PosPayment => pos_payment::execute(call),
            Self::ShareLink => share_link::execute(call),
            Self::IssueInvoice => issue_invoice::execute(call),
            Self::Invoices => invoices::execute(call),
            Self::VerifyInvoice => verify_invoice::execute(call),
            Self::VerifyAndClose => verify_and_close::execute(call),
            Self::Close => close::execute(call),
            Self::Cancel => cancel::execute(call),
            Self::OneTimeToken => one_time_token::execute(call),
        }
    }
}
