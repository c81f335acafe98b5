//! SizPay's pay links as the dashboard shows them.

use super::link::{EventKind, Link, Status};
use super::{NAME, SizpaySandbox, pay_page};
use crate::page::{Shown, Unit, bilingual};
use crate::simulated::{Action, Amount, Payment, Stage, history};

pub(super) fn payment(link: &Link) -> Payment {
    let act = |title, act| Action {
        title,
        path: format!("/_sandbox/{NAME}/links/{}/{act}", link.send_id),
    };
    Payment {
        id: link.send_id.to_string(),
        order: link.invoice_number.clone(),
        amount: Amount(link.amount.to_string(), Unit::Rial),
        state: link.status.shown(),
        stage: stage(link.status),
        link: pay_page::path(link),
        history: history(&link.history, shown),
        deadline: None,
        actions: match link.status {
            Status::Open => vec![
                act(bilingual("پرداخت", "Pay"), "pay"),
                act(bilingual("لغو", "Decline"), "decline"),
            ],
            Status::Paid | Status::Disabled => Vec::new(),
        },
    }
}

fn stage(status: Status) -> Stage {
    match status {
        Status::Open => Stage::Open,
        Status::Paid => Stage::Settled,
        Status::Disabled => Stage::Failed,
    }
}

fn shown(event: EventKind) -> Shown {
    match event {
        EventKind::Sent => Shown::waiting("لینک ارسال شد", "link sent"),
        EventKind::Resent => Shown::waiting("پیامک دوباره ارسال شد", "SMS sent again"),
        EventKind::Declined => Shown::bad("پرداخت‌کننده لغو کرد", "declined by the payer"),
        EventKind::Paid => Shown::good("پرداخت شد", "paid"),
        EventKind::Disabled => Shown::bad("فروشگاه غیرفعال کرد", "disabled by the merchant"),
    }
}

pub(super) fn sample(sizpay: &SizpaySandbox) -> String {
    format!(
        "curl {}PayLinkSend -H 'content-type: application/json' -d '{{\"UserName\":\"'\"$PAYLINK_SIZPAY_USER_NAME\"'\",\
         \"Password\":\"'\"$PAYLINK_SIZPAY_PASSWORD\"'\",\"PayLinkName\":\"'\"$PAYLINK_SIZPAY_PAY_LINK_NAME\"'\",\
         \"Amount\":120000,\"MobileNo\":\"09120000001\",\"InvoiceNo\":\"1000\",\"CustomerName\":\"\",\"Description\":\"\"}}'",
        sizpay.0.base_url
    )
}
