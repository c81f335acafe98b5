use askama::Template;

use crate::calendar;
use crate::page::persian;
use crate::zipay::ZipaySandbox;
use crate::zipay::invoice::{EventKind, Invoice};
use crate::zipay::status::Status;

/// What the payer sees of an invoice.
#[derive(Debug, Template)]
#[template(path = "zipay/pay.html")]
pub(super) struct PayPage {
    merchant: String,
    initial: String,
    terminal: String,
    amount: String,
    unit: &'static str,
    invoice_number: String,
    state: &'static str,
    tone: &'static str,
    /// What has become of it, once nothing is left for the payer to do.
    outcome: Option<Outcome>,
    paid_at: Option<String>,
    asks_national_id: bool,
    problem: Option<&'static str>,
    path: String,
    return_url: String,
}

#[derive(Debug)]
struct Outcome {
    heading: &'static str,
    text: &'static str,
}

/// What a payer sees whose link leads to no invoice.
#[derive(Debug, Template)]
#[template(path = "zipay/unknown.html")]
pub(super) struct UnknownInvoicePage;

impl PayPage {
    pub(super) fn of(
        zipay: &ZipaySandbox,
        invoice: &Invoice,
        problem: Option<&'static str>,
    ) -> Self {
        let merchants = [zipay.merchant(), zipay.other_merchant()];
        let merchant = merchants
            .into_iter()
            .find(|merchant| merchant.has_terminal(invoice.terminal));
        let merchant = merchant
            .map(|merchant| merchant.name().to_owned())
            .unwrap_or_default();
        let payment = invoice.payment.as_ref();
        Self {
            initial: merchant.chars().take(1).collect(),
            merchant,
            terminal: persian::digits(&invoice.terminal.to_string()),
            amount: persian::amount(&invoice.amount),
            unit: invoice.currency.unit(),
            invoice_number: invoice.invoice_number.clone(),
            state: invoice.status.title(),
            tone: invoice.status.tone(),
            outcome: outcome(invoice),
            paid_at: payment.and_then(|payment| calendar::in_tehran(payment.at)),
            asks_national_id: invoice.national_id.is_some(),
            problem,
            path: zipay.pay_path(&invoice.trackid),
            return_url: invoice.return_url(),
        }
    }
}

fn outcome(invoice: &Invoice) -> Option<Outcome> {
    let (heading, text) = match invoice.status {
        Status::Generated | Status::Waiting => return None,
        Status::Pending => (
            "پرداخت انجام شد",
            "پذیرنده باید پرداخت را تا ۳۰ دقیقه تأیید کند؛ وگرنه مبلغ به حساب شما برمی‌گردد.",
        ),
        Status::Completed => ("پرداخت کامل شد", "پذیرنده پرداخت شما را تأیید کرده است."),
        Status::Refunded => (
            "مبلغ بازگردانده شد",
            "پذیرنده مبلغ این فاکتور را به شما برگردانده است.",
        ),
        Status::Rejected if was(invoice, EventKind::GivenBack) => (
            "مبلغ به حساب شما برگشت",
            "پذیرنده پرداخت را در ۳۰ دقیقه تأیید نکرد و مبلغ بازگردانده شد.",
        ),
        Status::Rejected => (
            "پرداخت لغو شد",
            "شما از پرداخت این فاکتور انصراف دادید و مبلغی کم نشد.",
        ),
    };
    Some(Outcome { heading, text })
}

fn was(invoice: &Invoice, kind: EventKind) -> bool {
    invoice.history.iter().any(|event| event.kind == kind)
}
