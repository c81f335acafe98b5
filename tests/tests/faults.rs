//! Every fault that a socket can play, against every operation.

mod cardpay_check;
mod cardpay_create;
mod cardpay_set_card;
mod create_invoice;
pub(crate) mod play;
mod pod_invoices;
mod pod_issue_invoice;
mod pod_once;
mod sizpay_resend;
mod sizpay_send;
mod sizpay_status;
