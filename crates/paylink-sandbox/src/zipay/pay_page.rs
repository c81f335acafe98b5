//! The page where a person pays or declines an invoice, and what follows: the webhook and the way back.

mod texts;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::Value;
use texts::{TEXTS, Texts};
use thiserror::Error;

use super::invoice::{Currency, EventKind, Invoice, Status, WrongState};
use super::merchant::WebhookEncoding;
use super::{Merchant, NAME, ZipaySandbox};
use crate::headers::FORM;
use crate::page::{
    Deadline, Failure, Failures, Outcome, Policy, Price, Reader, Shown, Unit, closed, inert, lost,
    page, persian, status_of,
};
use crate::view::view;

const TITLE: &str = "ZiPay";

/// Serves the pay page, relative to the provider's root.
pub(super) fn routes(zipay: ZipaySandbox) -> Router {
    Router::new()
        .route("/invoice_v1/{trackid}", get(show))
        .route("/invoice_v1/{trackid}/pay", post(pay))
        .route("/invoice_v1/{trackid}/decline", post(decline))
        .route("/invoice_v1/{trackid}/fail", post(fail))
        .route("/invoice_v1/{trackid}/closed", get(close))
        .with_state(zipay)
}

async fn show(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
    reader: Reader,
) -> Response {
    match zipay.open_page(&trackid) {
        Some(invoice) => render(&zipay, &reader, &invoice, None),
        None => unknown(&reader),
    }
}

async fn pay(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
    reader: Reader,
    body: Bytes,
) -> Response {
    let typed = form_urlencoded::parse(&body).find(|(name, _)| name == "national_id");
    let national_id = typed.map(|(_, value)| value).unwrap_or_default();
    let outcome = zipay.pay_as(&trackid, &national_id);
    conclude(&zipay, &reader, &trackid, outcome)
}

async fn decline(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
    reader: Reader,
) -> Response {
    let outcome = zipay.decline(&trackid);
    conclude(&zipay, &reader, &trackid, outcome)
}

/// Fails as the payer asks. A bank's refusal comes before ZiPay hears of a payment.
async fn fail(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
    reader: Reader,
    body: Bytes,
) -> Response {
    let Some(invoice) = zipay.open_page(&trackid) else {
        return unknown(&reader);
    };
    let problem = match Failure::asked(&body, offered(invoice.status)) {
        Some(Failure::PayAgain) => {
            let again = zipay.pay(&trackid);
            return conclude(&zipay, &reader, &trackid, again);
        }
        Some(failure) => failure.of_the_bank(&reader),
        None => None,
    };
    answer(&zipay, &reader, &invoice, problem)
}

async fn close(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
    reader: Reader,
) -> Response {
    match zipay.invoice(&trackid) {
        Some(_) => closed(&reader, TITLE, &zipay.pay_path(&trackid)),
        None => unknown(&reader),
    }
}

/// What a payer can try while the invoice stands so.
fn offered(status: Status) -> &'static [Failure] {
    match status {
        Status::Generated | Status::Waiting => &Failure::OF_THE_BANK,
        Status::Pending | Status::Completed => &[Failure::PayAgain],
        Status::Rejected | Status::Refunded => &[],
    }
}

/// Sends the payer back to the merchant, or shows the page again with the reason why not.
fn conclude(
    zipay: &ZipaySandbox,
    reader: &Reader,
    trackid: &str,
    outcome: Result<Invoice, PayerError>,
) -> Response {
    let texts = TEXTS.of(reader.lang);
    let problem = match outcome {
        Ok(invoice) => return Redirect::to(&invoice.return_url()).into_response(),
        Err(PayerError::UnknownInvoice) => return unknown(reader),
        Err(PayerError::NotPayable(Status::Pending | Status::Completed)) => texts.paid_before,
        Err(PayerError::NotPayable(_)) => texts.not_payable,
        Err(PayerError::AnotherPerson) => texts.another_person,
    };
    match zipay.open_page(trackid) {
        Some(invoice) => answer(zipay, reader, &invoice, Some(problem)),
        None => unknown(reader),
    }
}

/// Shows the page as the answer to a form.
fn answer(
    zipay: &ZipaySandbox,
    reader: &Reader,
    invoice: &Invoice,
    problem: Option<&'static str>,
) -> Response {
    let reader = reader.at(&zipay.pay_path(&invoice.trackid));
    render(zipay, &reader, invoice, problem)
}

fn render(
    zipay: &ZipaySandbox,
    reader: &Reader,
    invoice: &Invoice,
    problem: Option<&'static str>,
) -> Response {
    let view = PayPage::of(zipay, reader, invoice, problem);
    let policy = Policy::leads_to(Some(&invoice.callback));
    page(reader, status_of(problem.as_ref()), &view, policy)
}

fn unknown(reader: &Reader) -> Response {
    lost(
        reader,
        Some(TITLE),
        TEXTS.pair(|it| it.lost),
        TEXTS.pair(|it| it.lost_text),
    )
}

view! {
    /// What the payer sees of an invoice.
    #[derive(Debug, Template)]
    #[template(path = "zipay/pay.html")]
    struct PayPage<'a> of (
        zipay: &'a ZipaySandbox, by: &'a Reader, of: &'a Invoice, why: Option<&'static str>
    ) {
        reader: &'a Reader = by,
        texts: &'static Texts = texts,
        merchant: &'a str = merchant,
        invoice: &'a Invoice = of,
        invoice_number: String = inert(&of.invoice_number),
        price: Price = Price::of(by, label, &of.amount, of.currency.counted_in()),
        state: Shown = of.status.shown(),
        /// What has become of it, once nothing is left for the payer to do.
        outcome: Option<Outcome> = outcome,
        paid_at: Option<String> = paid.map(|payment| by.lang.moment(payment.at)),
        /// Until when the merchant has to verify.
        deadline: Option<Deadline> = deadline,
        /// Whether what is wrong is the national id.
        is_another_person: bool = why == Some(texts.another_person),
        problem: Option<&'static str> = why,
        failures: Failures = Failures {
            action: format!("{path}/fail"),
            hidden: Vec::new(),
            failures: offered(of.status).to_vec(),
            closed: is_open.then(|| format!("{path}/closed")),
        },
        path: String = path,
    } with {
        let texts = TEXTS.of(by.lang);
        let merchants = [zipay.merchant(), zipay.other_merchant()];
        let merchant = merchants.into_iter().find(|merchant| merchant.has_terminal(of.terminal));
        let merchant = merchant.map(Merchant::name).unwrap_or_default();
        let paid = of.payment.as_ref();
        let outcome = outcome(of, texts);
        let is_open = outcome.is_none();
        let label = if is_open { texts.to_pay } else { texts.invoice_amount };
        let deadline = of.deadline().filter(|_| of.status == Status::Pending);
        let to_verify = by.common().time_left_to_verify;
        let deadline = deadline.map(|end| Deadline::of(by, to_verify, end, zipay.now()));
        let path = zipay.pay_path(&of.trackid);
    }
}

fn outcome(invoice: &Invoice, texts: &Texts) -> Option<Outcome> {
    let (heading, text) = match invoice.status {
        Status::Generated | Status::Waiting => return None,
        Status::Pending => (texts.pending, texts.pending_text),
        Status::Completed => (texts.completed, texts.completed_text),
        Status::Refunded => (texts.refunded, texts.refunded_text),
        Status::Rejected if was(invoice, EventKind::GivenBack) => {
            (texts.given_back, texts.given_back_text)
        }
        Status::Rejected => (texts.declined, texts.declined_text),
    };
    Some(Outcome { heading, text })
}

fn was(invoice: &Invoice, kind: EventKind) -> bool {
    invoice.history.iter().any(|event| event.kind == kind)
}

impl Currency {
    pub(super) fn counted_in(self) -> Unit {
        match self {
            Self::Usd => Unit::Dollar,
            Self::Usdt => Unit::Tether,
            Self::Irt => Unit::Toman,
        }
    }
}

/// Why the payer could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayerError {
    /// There is no invoice with this `trackid`.
    #[error("there is no such invoice")]
    UnknownInvoice,
    /// The invoice was paid or declined before.
    #[error("the invoice is {}: it can be neither paid nor declined", .0.as_str())]
    NotPayable(Status),
    /// The invoice is for a person with another national id.
    #[error("only the person whose national id the invoice names can pay it")]
    AnotherPerson,
}

impl ZipaySandbox {
    /// Pays an invoice as the payer, with the national id it asks for, and sends its webhook.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`] and [`PayerError::NotPayable`]; nothing has happened then.
    pub fn pay(&self, trackid: &str) -> Result<Invoice, PayerError> {
        self.pay_if(trackid, |_| true)
    }

    /// Pays an invoice as the person with this national id, in Latin, Persian or Arabic digits.
    ///
    /// # Errors
    ///
    /// Those of [`pay`](Self::pay), and [`PayerError::AnotherPerson`]; nothing has happened then.
    pub fn pay_as(&self, trackid: &str, national_id: &str) -> Result<Invoice, PayerError> {
        let typed = persian::typed_digits(national_id);
        self.pay_if(trackid, |asked| asked.is_none_or(|asked| asked == typed))
    }

    /// Declines an invoice as the payer.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`] and [`PayerError::NotPayable`]; nothing has happened then.
    pub fn decline(&self, trackid: &str) -> Result<Invoice, PayerError> {
        let now = self.now();
        let mut store = self.store();
        let invoice = store.get_mut(trackid).ok_or(PayerError::UnknownInvoice)?;
        invoice.decline(now)?;
        Ok(invoice.clone())
    }

    /// Notes that the payer has opened the page.
    pub(super) fn open_page(&self, trackid: &str) -> Option<Invoice> {
        let now = self.now();
        let mut store = self.store();
        let invoice = store.get_mut(trackid)?;
        invoice.open(now);
        Some(invoice.clone())
    }

    fn pay_if(
        &self,
        trackid: &str,
        is_the_person: impl FnOnce(Option<&str>) -> bool,
    ) -> Result<Invoice, PayerError> {
        let now = self.now();
        let mut store = self.store();
        let invoice = store.get(trackid).ok_or(PayerError::UnknownInvoice)?;
        if !is_the_person(invoice.national_id.as_deref()) {
            return Err(PayerError::AnotherPerson);
        }
        let account_number = self.0.random.within(10_000, 90_000);
        let paid = store
            .pay(trackid, now, account_number)
            .ok_or(PayerError::UnknownInvoice)??
            .clone();
        drop(store);
        self.notify(&paid);
        Ok(paid)
    }
}

impl From<WrongState> for PayerError {
    fn from(WrongState(status): WrongState) -> Self {
        Self::NotPayable(status)
    }
}

impl ZipaySandbox {
    /// Sends the webhook of an invoice that has just been paid, if it has one.
    pub(super) fn notify(&self, invoice: &Invoice) {
        let Some(url) = &invoice.webhook else {
            return;
        };
        let notice = [
            ("trackid", invoice.trackid.as_str()),
            ("invoice_number", &invoice.invoice_number),
            ("status", invoice.status.as_str()),
        ];
        let (content_type, body) = match self.settings().webhook_encoding {
            WebhookEncoding::Form => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                (FORM, form.extend_pairs(notice).finish())
            }
            WebhookEncoding::Json => {
                let notice = notice.map(|(name, value)| (name.to_owned(), Value::from(value)));
                ("application/json", Value::from_iter(notice).to_string())
            }
        };
        let outbox = &self.0.world.outbox;
        outbox.send(NAME, &invoice.trackid, url, content_type, body);
    }
}
