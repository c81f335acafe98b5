use std::time::{Duration, SystemTime};

use askama::Template;

use super::form::FormError;
use crate::calendar;
use crate::cardpay::card::{CardNumber, MerchantCard};
use crate::cardpay::deposit::Fate;
use crate::cardpay::payment::{Payment, Status};
use crate::cardpay::{CardpaySandbox, MERCHANT};
use crate::page::persian;

/// What the payer sees of a payment.
#[derive(Debug, Template)]
#[template(path = "cardpay/pay.html")]
pub(super) struct PayPage {
    merchant: &'static str,
    initial: String,
    invoice_number: u64,
    rial: String,
    toman: String,
    /// The amount as the form offers it.
    typed_amount: u64,
    state: &'static str,
    tone: &'static str,
    /// Nothing once the payment takes no deposit any more.
    time_left: Option<String>,
    expires_at: Option<String>,
    cards: Vec<CardView>,
    recorded_card: Option<String>,
    /// A card to transfer from, other than the recorded one.
    offered_card: String,
    outcome: Option<Outcome>,
    /// What was transferred from this page and belongs to no payment or to another.
    strays: Vec<Stray>,
    amount_problem: bool,
    card_problem: bool,
    path: String,
    return_url: Option<String>,
}

#[derive(Debug)]
struct CardView {
    number: String,
    name: &'static str,
    bank: &'static str,
}

#[derive(Debug)]
struct Outcome {
    heading: &'static str,
    text: &'static str,
}

#[derive(Debug)]
struct Stray {
    amount: String,
    fate: &'static str,
}

/// What a payer sees whose link leads to no payment.
#[derive(Debug, Template)]
#[template(path = "cardpay/unknown.html")]
pub(super) struct UnknownPaymentPage;

impl PayPage {
    pub(super) fn of(
        cardpay: &CardpaySandbox,
        payment: &Payment,
        problem: Option<FormError>,
    ) -> Self {
        let is_open = payment.status == Status::Open;
        Self {
            merchant: MERCHANT,
            initial: MERCHANT.chars().take(1).collect(),
            invoice_number: payment.fid,
            rial: persian::amount(&payment.amount.to_string()),
            toman: persian::toman(payment.amount),
            typed_amount: payment.amount,
            state: payment.status.title(),
            tone: payment.status.tone(),
            time_left: is_open.then(|| time_left(payment.expires_at, cardpay.now())),
            expires_at: calendar::in_tehran(payment.expires_at),
            cards: cardpay
                .merchant_cards()
                .iter()
                .map(CardView::from)
                .collect(),
            recorded_card: payment.card.as_ref().map(|card| grouped(&card.masked())),
            offered_card: grouped(offered_card(cardpay, payment)),
            outcome: outcome(payment.status),
            strays: strays(cardpay, payment),
            amount_problem: problem == Some(FormError::Amount),
            card_problem: problem == Some(FormError::Card),
            path: cardpay.pay_path(payment.pay_id),
            return_url: cardpay.return_url(payment),
        }
    }
}

impl From<&MerchantCard> for CardView {
    fn from(card: &MerchantCard) -> Self {
        Self {
            number: grouped(card.number.number()),
            name: card.name,
            bank: card.bank,
        }
    }
}

fn offered_card(cardpay: &CardpaySandbox, payment: &Payment) -> &'static str {
    let recorded = payment.card.as_ref().map(CardNumber::number);
    if recorded == Some(cardpay.payer_card()) {
        cardpay.other_payer_card()
    } else {
        cardpay.payer_card()
    }
}

/// Writes a card number in groups of four, as it stands on the card.
fn grouped(number: &str) -> String {
    let mut written = String::with_capacity(number.len() + 3);
    for (place, digit) in number.chars().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            written.push(' ');
        }
        written.push(digit);
    }
    written
}

fn time_left(until: SystemTime, now: SystemTime) -> String {
    let left = until.duration_since(now).unwrap_or(Duration::ZERO);
    let (minutes, seconds) = (left.as_secs() / 60, left.as_secs() % 60);
    let text = match (minutes, seconds) {
        (0, seconds) => format!("{seconds} ثانیه"),
        (minutes, 0) => format!("{minutes} دقیقه"),
        (minutes, seconds) => format!("{minutes} دقیقه و {seconds} ثانیه"),
    };
    persian::digits(&text)
}

fn outcome(status: Status) -> Option<Outcome> {
    let (heading, text) = match status {
        Status::Open => return None,
        Status::Paid => ("واریز شما رسید", "پیامک بانک با این پرداخت جور شد."),
        Status::PaidFromAnotherCard => (
            "واریز از کارت دیگری رسید",
            "لطفاً دوباره پرداخت نکنید. مبلغ رسید، ولی نه از کارتی که برای این پرداخت ثبت شده است. فروشگاه باید آن را بررسی کند.",
        ),
        Status::Lost => (
            "واریز رسید، ولی شناخته نشد",
            "لطفاً دوباره پرداخت نکنید. پیامک بانک کارت ثبت‌شده را نشان نداد و پرداخت شناسایی نشد. برای پیگیری با فروشگاه تماس بگیرید.",
        ),
        Status::Expired => (
            "مهلت پرداخت تمام شد",
            "دیگر به این پرداخت واریز نکنید. اگر واریز کرده‌اید، دوباره پرداخت نکنید و با فروشگاه تماس بگیرید؛ وگرنه در فروشگاه پرداخت جدیدی ایجاد کنید.",
        ),
    };
    Some(Outcome { heading, text })
}

fn strays(cardpay: &CardpaySandbox, payment: &Payment) -> Vec<Stray> {
    let deposits = cardpay.deposits();
    let meant = deposits
        .iter()
        .filter(|deposit| deposit.meant_for == payment.pay_id)
        .filter(|deposit| deposit.matched != Some(payment.pay_id));
    meant
        .map(|deposit| Stray {
            amount: persian::amount(&deposit.amount.to_string()),
            fate: match deposit.fate {
                Fate::Unmatched => "با هیچ پرداختی جور نشد",
                Fate::Paid | Fate::PaidFromAnotherCard | Fate::Lost => "برای پرداخت دیگری حساب شد",
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_said_in_minutes_and_seconds() {
        let now = SystemTime::now();
        let said = |seconds| time_left(now + Duration::from_secs(seconds), now);
        assert_eq!(said(900), "۱۵ دقیقه");
        assert_eq!(said(899), "۱۴ دقیقه و ۵۹ ثانیه");
        assert_eq!(said(5), "۵ ثانیه");
        assert_eq!(time_left(now, now + Duration::from_secs(1)), "۰ ثانیه");
    }
}
