//! ZiPay's invoices as the dashboard shows them.

use super::invoice::{EventKind, Invoice, Status};
use super::{NAME, ZipaySandbox};
use crate::page::{Shown, bilingual};
use crate::simulated::{Action, Amount, Payment, Stage, history};

impl ZipaySandbox {
    pub(super) fn shown(&self, invoice: &Invoice) -> Payment {
        let trackid = &invoice.trackid;
        let act = |title, act| Action {
            title,
            path: format!("/_sandbox/{NAME}/invoices/{trackid}/{act}"),
        };
        let stage = stage(invoice.status);
        Payment {
            id: trackid.clone(),
            order: invoice.invoice_number.clone(),
            amount: Amount(invoice.amount.clone(), invoice.currency.counted_in()),
            state: invoice.status.shown(),
            stage,
            link: self.pay_path(trackid),
            history: history(&invoice.history, shown),
            deadline: invoice
                .deadline()
                .filter(|_| invoice.status == Status::Pending),
            actions: match stage {
                Stage::Open => vec![
                    act(bilingual("پرداخت", "Pay"), "pay"),
                    act(bilingual("لغو", "Decline"), "decline"),
                ],
                _ => Vec::new(),
            },
        }
    }
}

fn stage(status: Status) -> Stage {
    match status {
        Status::Generated | Status::Waiting => Stage::Open,
        Status::Pending => Stage::Paid,
        Status::Completed => Stage::Settled,
        Status::Rejected | Status::Refunded => Stage::Failed,
    }
}

fn shown(event: EventKind) -> Shown {
    match event {
        EventKind::Created => Shown::waiting("ایجاد شد", "created"),
        EventKind::Opened => Shown::waiting("صفحهٔ پرداخت باز شد", "payment page opened"),
        EventKind::Paid => Shown::good("پرداخت شد", "paid"),
        EventKind::Declined => Shown::bad("پرداخت‌کننده لغو کرد", "declined by the payer"),
        EventKind::Verified => Shown::good("فروشگاه تأیید کرد", "verified"),
        EventKind::VerifiedAgain => Shown::waiting("دوباره تأیید شد", "verified again"),
        EventKind::GivenBack => Shown::bad("مبلغ خودکار برگشت", "money went back by itself"),
        EventKind::Refunded => Shown::bad("وجه مسترد شد", "refunded"),
    }
}

/// Creates an invoice whose payer comes back to the dashboard.
pub(super) fn sample(zipay: &ZipaySandbox) -> String {
    let origin = &zipay.0.world.origin;
    let back: String = form_urlencoded::byte_serialize(origin.as_bytes()).collect();
    let terminal = zipay.terminal();
    format!(
        "body='terminal_number={terminal}&amount=250000&currency=IRT&invoice_number=1000&callback={back}'\n\
         sign=$(printf %s \"$body\" | openssl dgst -sha256 -hmac \"$PAYLINK_ZIPAY_SECRET_KEY\" -binary | base64)\n\
         curl {}create-invoice -H \"api_key: $PAYLINK_ZIPAY_API_KEY\" -H \"api_sign: $sign\" --data-binary \"$body\"",
        zipay.base_url()
    )
}
