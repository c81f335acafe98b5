use askama::Template;

use super::path;
use crate::calendar;
use crate::page::persian;
use crate::sizpay::SizpaySandbox;
use crate::sizpay::link::{EventKind, Link};
use crate::sizpay::status::Status;

/// What the payer sees of a pay link.
#[derive(Debug, Template)]
#[template(path = "sizpay/pay.html")]
pub(super) struct PayPage {
    merchant: String,
    initial: String,
    pay_link_name: String,
    amount: String,
    toman: String,
    invoice_number: String,
    customer_name: String,
    description: String,
    state: &'static str,
    tone: &'static str,
    reference_number: Option<String>,
    paid_at: Option<String>,
    outcome: Option<Outcome>,
    /// Whether there is still something to pay.
    open: bool,
    path: String,
}

#[derive(Debug)]
struct Outcome {
    heading: &'static str,
    text: &'static str,
}

/// What a payer sees whose link leads nowhere.
#[derive(Debug, Template)]
#[template(path = "sizpay/unknown.html")]
pub(super) struct UnknownLinkPage;

impl PayPage {
    pub(super) fn of(sizpay: &SizpaySandbox, link: &Link) -> Self {
        let merchants = sizpay.merchants().into_iter();
        let merchant = merchants
            .filter(|merchant| merchant.pay_link_name() == link.pay_link_name)
            .map(|merchant| merchant.name().to_owned())
            .next()
            .unwrap_or_default();
        let paid = link
            .history
            .iter()
            .find(|event| event.kind == EventKind::Paid);
        Self {
            initial: merchant.chars().take(1).collect(),
            merchant,
            pay_link_name: link.pay_link_name.clone(),
            amount: persian::amount(&link.amount.to_string()),
            toman: persian::toman(link.amount),
            invoice_number: link.invoice_number.clone(),
            customer_name: link.customer_name.clone(),
            description: link.description.clone(),
            state: link.status.title(),
            tone: link.status.tone(),
            reference_number: link.reference_number.clone(),
            paid_at: paid.and_then(|event| calendar::in_tehran(event.at)),
            outcome: outcome(link),
            open: link.status == Status::Open,
            path: path(link),
        }
    }
}

fn outcome(link: &Link) -> Option<Outcome> {
    let (heading, text) = match link.status {
        Status::Open if link.was_declined() => (
            "از پرداخت انصراف دادید",
            "مبلغی کم نشد. تا وقتی لینک فعال است می‌توانید دوباره پرداخت کنید.",
        ),
        Status::Open => return None,
        Status::Paid => (
            "پرداخت انجام شد",
            "شمارهٔ ارجاع را نگه دارید؛ این لینک دوباره پرداخت نمی‌شود.",
        ),
        Status::Disabled => (
            "این لینک غیرفعال است",
            "پذیرنده این لینک را غیرفعال کرده است و نمی‌توان آن را پرداخت.",
        ),
    };
    Some(Outcome { heading, text })
}
