//! The page where a person sees what to transfer, and acts as the bank.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::card::{CardNumber, MerchantCard};
use super::payment::{Deposit, Fate, Payment, Status};
use super::{CardpaySandbox, MERCHANT};
use crate::calendar;
use crate::page::{Outcome, Policy, Reader, Shown, bilingual, lost, page, persian, status_of};
use crate::view::view;

/// Serves the pay page, relative to the provider's root.
///
/// A payment without a callback has no link in the script's answers; here it has a page all the same,
/// so that a person can pay it.
pub(super) fn routes(cardpay: CardpaySandbox) -> Router {
    Router::new()
        .route("/payment/{pay_id}", get(show))
        .route("/payment/{pay_id}/transfer", post(transfer))
        .with_state(cardpay)
}

async fn show(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<String>,
    reader: Reader,
) -> Response {
    match find(&cardpay, &pay_id) {
        Some(payment) => render(&cardpay, &payment, &reader, None),
        None => unknown(&reader),
    }
}

/// Sends the payer back to the merchant once the payment is paid; until then the page tells what the
/// transfers have come to.
async fn transfer(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<String>,
    reader: Reader,
    body: Bytes,
) -> Response {
    let Some(payment) = find(&cardpay, &pay_id) else {
        return unknown(&reader);
    };
    let form = match TransferForm::read(&cardpay, &payment, &body) {
        Ok(form) => form,
        Err(error) => return render(&cardpay, &payment, &reader, Some(error)),
    };
    let Ok(deposit) = cardpay.transfer_to(form.to, payment.pay_id, form.amount, form.from) else {
        return unknown(&reader);
    };
    let is_paid = matches!(deposit.fate, Fate::Paid | Fate::PaidFromAnotherCard)
        && deposit.matched == Some(payment.pay_id);
    let back = cardpay.return_url(&payment).filter(|_| is_paid);
    let next = back.unwrap_or_else(|| cardpay.pay_path(payment.pay_id));
    Redirect::to(&next).into_response()
}

fn find(cardpay: &CardpaySandbox, pay_id: &str) -> Option<Payment> {
    cardpay.payment(pay_id.parse().ok()?)
}

fn render(
    cardpay: &CardpaySandbox,
    payment: &Payment,
    reader: &Reader,
    problem: Option<FormError>,
) -> Response {
    let view = PayPage::of(cardpay, payment, reader, problem);
    page(
        reader,
        status_of(problem.as_ref()),
        &view,
        Policy::leads_to(payment.callback.as_ref()),
    )
}

fn unknown(reader: &Reader) -> Response {
    let text = "نشانی این صفحه به هیچ پرداختی نمی‌رسد. پیوند را از فروشگاه دوباره بگیرید.";
    lost(
        reader,
        Some("CardPay"),
        bilingual("پرداخت پیدا نشد", ""),
        bilingual(text, ""),
    )
}

/// What a person asks the bank to do.
#[derive(Debug)]
struct TransferForm<'a> {
    amount: u64,
    to: &'a MerchantCard,
    /// The payer's card, if the bank's message is to name it.
    from: Option<CardNumber>,
}

/// What the person has to correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FormError {
    Amount,
    Card,
}

impl<'a> TransferForm<'a> {
    fn read(
        cardpay: &'a CardpaySandbox,
        payment: &Payment,
        body: &[u8],
    ) -> Result<Self, FormError> {
        let fields: HashMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let typed = |name| {
            let is_mark = |mark: char| mark.is_whitespace() || matches!(mark, ',' | '٬' | '-');
            persian::typed_digits(field(name)).replace(is_mark, "")
        };
        let amount = typed("amount").parse().ok().filter(|amount| *amount > 0);
        let from = match (field("from"), &payment.card) {
            ("recorded", Some(card)) => Some(card.clone()),
            _ => CardNumber::parse(&typed("card")),
        };
        let chosen = field("to").parse().ok();
        let chosen = chosen.and_then(|place: usize| cardpay.merchant_cards().get(place));
        let [first, ..] = &cardpay.0.cards;
        Ok(Self {
            amount: amount.ok_or(FormError::Amount)?,
            to: chosen.unwrap_or(first),
            from: Some(from.ok_or(FormError::Card)?).filter(|_| !field("names_card").is_empty()),
        })
    }
}

view! {
    /// What the payer sees of a payment.
    #[derive(Debug, Template)]
    #[template(path = "cardpay/pay.html")]
    struct PayPage<'a> of (cardpay: &'a CardpaySandbox, payment: &'a Payment, by: &'a Reader, problem: Option<FormError>) {
        reader: &'a Reader = by,
        merchant: &'static str = MERCHANT,
        initial: String = MERCHANT.chars().take(1).collect(),
        invoice_number: u64 = payment.fid,
        rial: String = persian::amount(&payment.amount.to_string()),
        toman: String = persian::toman(payment.amount),
        /// The amount as the form offers it.
        typed_amount: u64 = payment.amount,
        state: Shown = payment.status.shown(),
        /// Nothing once the payment takes no deposit any more.
        time_left: Option<String> = is_open.then(|| time_left(payment.expires_at, cardpay.now())),
        expires_at: Option<String> = calendar::in_tehran(payment.expires_at),
        cards: Vec<CardView> = cardpay.merchant_cards().iter().map(CardView::of).collect(),
        recorded_card: Option<String> = payment.card.as_ref().map(|card| grouped(&card.masked())),
        /// A card to transfer from, other than the recorded one.
        offered_card: String = grouped(offered_card(cardpay, payment)),
        outcome: Option<Outcome> = outcome(payment.status),
        /// What was transferred from this page and belongs to no payment or to another.
        strays: Vec<Stray> = meant.map(Stray::of).collect(),
        amount_problem: bool = problem == Some(FormError::Amount),
        card_problem: bool = problem == Some(FormError::Card),
        path: String = cardpay.pay_path(payment.pay_id),
        return_url: Option<String> = cardpay.return_url(payment),
    } with {
        let is_open = payment.status == Status::Open;
        let deposits = cardpay.deposits();
        let meant = deposits.iter().filter(|deposit| {
            deposit.meant_for == payment.pay_id && deposit.matched != Some(payment.pay_id)
        });
    }
}

view! {
    #[derive(Debug)]
    struct CardView of (card: &MerchantCard) {
        number: String = grouped(card.number.number()),
        name: &'static str = card.name,
        bank: &'static str = card.bank,
    }
}

view! {
    #[derive(Debug)]
    struct Stray of (deposit: &Deposit) {
        amount: String = persian::amount(&deposit.amount.to_string()),
        fate: &'static str = match deposit.fate {
            Fate::Unmatched => "با هیچ پرداختی جور نشد",
            Fate::Paid | Fate::PaidFromAnotherCard | Fate::Lost => "برای پرداخت دیگری حساب شد",
        },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_said_in_minutes_and_seconds() {
        let now = SystemTime::now();
        let written = |seconds| time_left(now + Duration::from_secs(seconds), now);
        assert_eq!(written(900), "۱۵ دقیقه");
        assert_eq!(written(899), "۱۴ دقیقه و ۵۹ ثانیه");
        assert_eq!(written(5), "۵ ثانیه");
        assert_eq!(time_left(now, now + Duration::from_secs(1)), "۰ ثانیه");
    }
}
