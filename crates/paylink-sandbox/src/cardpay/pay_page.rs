//! The page where a person sees what to transfer, and acts as the bank.

mod texts;

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use texts::{TEXTS, Texts};

use super::card::{CardNumber, MerchantCard};
use super::payment::{Deposit, Fate, Payment, Status, TransferError};
use super::{CardpaySandbox, MERCHANT};
use crate::page::{
    Deadline, Failure, Failures, Outcome, Policy, Price, Reader, Shown, Unit, closed, lost, page,
    persian, status_of,
};
use crate::view::view;

const TITLE: &str = "CardPay";

/// Serves the pay page, relative to the provider's root.
///
/// A payment without a callback has no link in the script's answers; here it has a page all the same,
/// so that a person can pay it.
pub(super) fn routes(cardpay: CardpaySandbox) -> Router {
    Router::new()
        .route("/payment/{pay_id}", get(show))
        .route("/payment/{pay_id}/transfer", post(transfer))
        .route("/payment/{pay_id}/fail", post(fail))
        .route("/payment/{pay_id}/closed", get(close))
        .with_state(cardpay)
}

async fn show(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<String>,
    reader: Reader,
) -> Response {
    match find(&cardpay, &pay_id) {
        Some(payment) => render(&cardpay, &reader, &payment, None),
        None => unknown(&reader),
    }
}

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
        Err(problem) => return answer(&cardpay, &reader, &payment, Some(problem)),
    };
    let done = cardpay.transfer_to(form.to, payment.pay_id, form.amount, form.from);
    conclude(&cardpay, &reader, &payment, done)
}

/// Fails as the payer asks. What the bank refuses moves nothing; the other failures are transfers.
async fn fail(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<String>,
    reader: Reader,
    body: Bytes,
) -> Response {
    let Some(payment) = find(&cardpay, &pay_id) else {
        return unknown(&reader);
    };
    let amount = match Failure::asked(&body, offered(payment.status)) {
        Some(Failure::OneRialLess) => payment.amount.saturating_sub(1),
        Some(Failure::PayAgain | Failure::TooLate) => payment.amount,
        failure => {
            let refused = failure.and_then(|failure| failure.of_the_bank(&reader));
            return answer(&cardpay, &reader, &payment, refused.map(Problem::Bank));
        }
    };
    let card = payment.card.as_ref().map(CardNumber::number);
    let card = card.unwrap_or(cardpay.payer_card());
    let done = cardpay.transfer(payment.pay_id, amount, Some(card));
    conclude(&cardpay, &reader, &payment, done)
}

async fn close(
    State(cardpay): State<CardpaySandbox>,
    Path(pay_id): Path<String>,
    reader: Reader,
) -> Response {
    match find(&cardpay, &pay_id) {
        Some(payment) => closed(&reader, TITLE, &cardpay.pay_path(payment.pay_id)),
        None => unknown(&reader),
    }
}

/// What a payer can try while the payment stands so.
fn offered(status: Status) -> &'static [Failure] {
    const OPEN: [Failure; 4] = [
        Failure::NotEnoughMoney,
        Failure::WrongPassword,
        Failure::WrongCard,
        Failure::OneRialLess,
    ];
    match status {
        Status::Open => &OPEN,
        Status::Paid | Status::PaidFromAnotherCard | Status::Lost => &[Failure::PayAgain],
        Status::Expired => &[Failure::TooLate],
    }
}

/// Sends the payer back to the merchant once the payment is paid; until then the page tells what the
/// transfers have come to.
fn conclude(
    cardpay: &CardpaySandbox,
    reader: &Reader,
    payment: &Payment,
    done: Result<Deposit, TransferError>,
) -> Response {
    let Ok(deposit) = done else {
        return unknown(reader);
    };
    let is_paid = matches!(deposit.fate, Fate::Paid | Fate::PaidFromAnotherCard)
        && deposit.matched == Some(payment.pay_id);
    let back = cardpay.return_url(payment).filter(|_| is_paid);
    let next = back.unwrap_or_else(|| cardpay.pay_path(payment.pay_id));
    Redirect::to(&next).into_response()
}

fn find(cardpay: &CardpaySandbox, pay_id: &str) -> Option<Payment> {
    cardpay.payment(pay_id.parse().ok()?)
}

/// Shows the page as the answer to a form.
fn answer(
    cardpay: &CardpaySandbox,
    reader: &Reader,
    payment: &Payment,
    problem: Option<Problem>,
) -> Response {
    let reader = reader.at(&cardpay.pay_path(payment.pay_id));
    render(cardpay, &reader, payment, problem)
}

fn render(
    cardpay: &CardpaySandbox,
    reader: &Reader,
    payment: &Payment,
    problem: Option<Problem>,
) -> Response {
    let view = PayPage::of(cardpay, reader, payment, problem);
    let policy = Policy::leads_to(payment.callback.as_ref());
    page(reader, status_of(problem.as_ref()), &view, policy)
}

fn unknown(reader: &Reader) -> Response {
    let text = TEXTS.pair(|it| it.lost_text);
    lost(reader, Some(TITLE), TEXTS.pair(|it| it.lost), text)
}

/// What a person asks the bank to do.
#[derive(Debug)]
struct TransferForm<'a> {
    amount: u64,
    to: &'a MerchantCard,
    /// The payer's card, if the bank's message is to name it.
    from: Option<CardNumber>,
}

/// Why nothing was transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Amount,
    Card,
    /// What the bank says.
    Bank(&'static str),
}

impl<'a> TransferForm<'a> {
    fn read(cardpay: &'a CardpaySandbox, payment: &Payment, body: &[u8]) -> Result<Self, Problem> {
        let fields: HashMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let typed = |name| {
            let is_mark = |mark: char| mark.is_whitespace() || matches!(mark, ',' | '٬' | '-');
            persian::typed_digits(field(name)).replace(is_mark, "")
        };
        let amount = typed("amount").parse().ok().filter(|amount| *amount > 0);
        let from = match (field("from"), &payment.card, typed("card").as_str()) {
            ("recorded", Some(card), _) => Some(card.clone()),
            (_, _, "") => CardNumber::parse(offered_card(cardpay, payment)),
            (_, _, typed) => CardNumber::parse(typed),
        };
        let chosen = field("to").parse().ok();
        let chosen = chosen.and_then(|place: usize| cardpay.merchant_cards().get(place));
        let [first, ..] = &cardpay.0.cards;
        Ok(Self {
            amount: amount.ok_or(Problem::Amount)?,
            to: chosen.unwrap_or(first),
            from: Some(from.ok_or(Problem::Card)?).filter(|_| !field("names_card").is_empty()),
        })
    }
}

view! {
    /// What the payer sees of a payment.
    #[derive(Debug, Template)]
    #[template(path = "cardpay/pay.html")]
    struct PayPage<'a> of (
        cardpay: &'a CardpaySandbox, by: &'a Reader, payment: &'a Payment, problem: Option<Problem>
    ) {
        reader: &'a Reader = by,
        texts: &'static Texts = texts,
        merchant: &'static str = MERCHANT,
        invoice_number: u64 = payment.fid,
        pay_id: u64 = payment.pay_id,
        price: Price = Price::of(by, label, &payment.amount.to_string(), Unit::Rial),
        /// The amount as the form offers it, and as it is copied.
        exactly: u64 = payment.amount,
        state: Shown = payment.status.shown(),
        /// Nothing once the payment takes no deposit any more.
        deadline: Option<Deadline> = is_open.then(|| {
            let label = by.common().time_left;
            Deadline::of(by, label, payment.expires_at, cardpay.now())
        }),
        cards: Vec<CardView> = cardpay.merchant_cards().iter().map(CardView::of).collect(),
        recorded_card: Option<String> = payment.card.as_ref().map(masked),
        /// A card to transfer from, other than the recorded one.
        offered_card: String = offered.as_ref().map(masked).unwrap_or_default(),
        outcome: Option<Outcome> = outcome(payment.status, texts),
        /// What was transferred from this page and belongs to no payment or to another.
        strays: Vec<Stray> = meant.map(|deposit| Stray::of(by, texts, deposit)).collect(),
        amount_problem: bool = problem == Some(Problem::Amount),
        card_problem: bool = problem == Some(Problem::Card),
        bank_problem: Option<&'static str> = match problem {
            Some(Problem::Bank(says)) => Some(says),
            Some(Problem::Amount | Problem::Card) | None => None,
        },
        failures: Failures = Failures {
            action: format!("{path}/fail"),
            hidden: Vec::new(),
            failures: self::offered(payment.status).to_vec(),
            closed: is_open.then(|| format!("{path}/closed")),
        },
        path: String = path,
        return_url: Option<String> = cardpay.return_url(payment),
    } with {
        let texts = TEXTS.of(by.lang);
        let is_open = payment.status == Status::Open;
        let label = if is_open { texts.exactly } else { texts.this_amount };
        let offered = CardNumber::parse(offered_card(cardpay, payment));
        let deposits = cardpay.deposits();
        let meant = deposits.iter().filter(|deposit| {
            deposit.meant_for == payment.pay_id && deposit.matched != Some(payment.pay_id)
        });
        let path = cardpay.pay_path(payment.pay_id);
    }
}

view! {
    #[derive(Debug)]
    struct CardView of (card: &MerchantCard) {
        number: String = card.number.number().to_owned(),
        grouped: String = grouped(card.number.number()),
        name: &'static str = card.name,
        bank: &'static str = card.bank,
    }
}

view! {
    #[derive(Debug)]
    struct Stray of (reader: &Reader, texts: &Texts, deposit: &Deposit) {
        amount: String = reader.lang.amount(&deposit.amount.to_string(), Unit::Rial),
        fate: &'static str = match deposit.fate {
            Fate::Unmatched => texts.unmatched,
            Fate::Paid | Fate::PaidFromAnotherCard | Fate::Lost => texts.of_another,
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

fn masked(card: &CardNumber) -> String {
    grouped(&card.masked())
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

fn outcome(status: Status, texts: &Texts) -> Option<Outcome> {
    let (heading, text) = match status {
        Status::Open => return None,
        Status::Paid => (texts.paid, texts.paid_text),
        Status::PaidFromAnotherCard => (texts.another_card, texts.another_card_text),
        Status::Lost => (texts.not_recognised, texts.not_recognised_text),
        Status::Expired => (texts.expired, texts.expired_text),
    };
    Some(Outcome { heading, text })
}
