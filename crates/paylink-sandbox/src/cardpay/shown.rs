//! CardPay's payments as the dashboard shows them.

use super::payment::{EventKind, Payment, Status};
use super::{CardpaySandbox, NAME};
use crate::page::{Shown, Unit, bilingual};
use crate::simulated::{self, Action, Amount, Stage, history};

impl CardpaySandbox {
    pub(super) fn shown(&self, payment: &Payment) -> simulated::Payment {
        let pay_id = payment.pay_id;
        let pay = Action {
            title: bilingual("واریز مبلغ دقیق", "Transfer the exact amount"),
            path: format!("/_sandbox/{NAME}/payments/{pay_id}/pay"),
        };
        let is_open = payment.status == Status::Open;
        simulated::Payment {
            id: pay_id.to_string(),
            order: payment.fid.to_string(),
            amount: Amount(payment.amount.to_string(), Unit::Rial),
            state: payment.status.shown(),
            stage: stage(payment),
            link: self.pay_path(pay_id),
            history: history(&payment.history, shown),
            deadline: is_open.then_some(payment.expires_at),
            actions: is_open.then_some(pay).into_iter().collect(),
        }
    }
}

fn stage(payment: &Payment) -> Stage {
    match payment.status {
        Status::Open => Stage::Open,
        Status::Paid if payment.times_first_verified() > 0 => Stage::Settled,
        Status::Paid | Status::PaidFromAnotherCard => Stage::Paid,
        Status::Lost | Status::Expired => Stage::Failed,
    }
}

fn shown(event: EventKind) -> Shown {
    match event {
        EventKind::Created => Shown::waiting("ایجاد شد", "created"),
        EventKind::CardRecorded => Shown::waiting("کارت ثبت شد", "card recorded"),
        EventKind::Paid => Shown::good("مبلغ واریز شد", "paid"),
        EventKind::PaidFromAnotherCard => {
            Shown::waiting("واریز از کارت دیگر", "paid from another card")
        }
        EventKind::Lost => Shown::bad("واریز شناسایی نشد", "deposit not recognised"),
        EventKind::Expired => Shown::bad("مهلت تمام شد", "time is over"),
        EventKind::Verified => Shown::good("فروشگاه تأیید کرد", "verified"),
        EventKind::VerifiedAgain => Shown::waiting("دوباره تأیید شد", "verified again"),
    }
}

pub(super) fn sample(cardpay: &CardpaySandbox) -> String {
    format!(
        "curl {}create -H \"token: $PAYLINK_CARDPAY_TOKEN\" -d price=11000 -d fid=1000",
        cardpay.base_url()
    )
}
