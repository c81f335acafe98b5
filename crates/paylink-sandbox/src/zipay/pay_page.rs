//! The page where a person pays or declines an invoice, and what follows: the webhook and the way back.

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::Value;
use thiserror::Error;

use super::invoice::{EventKind, Invoice, Status, WrongState};
use super::merchant::WebhookEncoding;
use super::{Merchant, NAME, ZipaySandbox};
use crate::calendar;
use crate::headers::FORM;
use crate::page::{Outcome, Policy, Reader, Shown, bilingual, lost, page, persian, status_of};
use crate::view::view;

/// Serves the pay page, relative to the provider's root.
pub(super) fn routes(zipay: ZipaySandbox) -> Router {
    Router::new()
        .route("/invoice_v1/{trackid}", get(show))
        .route("/invoice_v1/{trackid}/pay", post(pay))
        .route("/invoice_v1/{trackid}/decline", post(decline))
        .with_state(zipay)
}

async fn show(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
    reader: Reader,
) -> Response {
    match zipay.open_page(&trackid) {
        Some(invoice) => render(&zipay, &invoice, &reader, None),
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
    conclude(&zipay, &trackid, &reader, outcome)
}

async fn decline(
    State(zipay): State<ZipaySandbox>,
    Path(trackid): Path<String>,
    reader: Reader,
) -> Response {
    let outcome = zipay.decline(&trackid);
    conclude(&zipay, &trackid, &reader, outcome)
}

/// Sends the payer back to the merchant, or shows the page again with the reason why not.
fn conclude(
    zipay: &ZipaySandbox,
    trackid: &str,
    reader: &Reader,
    outcome: Result<Invoice, PayerError>,
) -> Response {
    match outcome {
        Ok(invoice) => Redirect::to(&invoice.return_url()).into_response(),
        // A second click, or an old page: the page shows how things stand.
        Err(PayerError::NotPayable(_)) => Redirect::to(&zipay.pay_path(trackid)).into_response(),
        Err(PayerError::UnknownInvoice) => unknown(reader),
        Err(PayerError::AnotherPerson) => match zipay.open_page(trackid) {
            Some(invoice) => {
                let problem =
                    "این کد ملی با کد ملی تعیین‌شده برای این فاکتور یکی نیست. مبلغی پرداخت نشد.";
                render(zipay, &invoice, reader, Some(problem))
            }
            None => unknown(reader),
        },
    }
}

fn render(
    zipay: &ZipaySandbox,
    invoice: &Invoice,
    reader: &Reader,
    problem: Option<&'static str>,
) -> Response {
    let view = PayPage::of(zipay, invoice, reader, problem);
    page(
        reader,
        status_of(problem.as_ref()),
        &view,
        Policy::leads_to(Some(&invoice.callback)),
    )
}

fn unknown(reader: &Reader) -> Response {
    let text = "نشانی این صفحه به هیچ فاکتوری نمی‌رسد. پیوند را از فروشگاه دوباره بگیرید.";
    lost(
        reader,
        Some("ZiPay"),
        bilingual("فاکتور پیدا نشد", ""),
        bilingual(text, ""),
    )
}

view! {
    /// What the payer sees of an invoice.
    #[derive(Debug, Template)]
    #[template(path = "zipay/pay.html")]
    struct PayPage<'a> of (zipay: &'a ZipaySandbox, of: &'a Invoice, by: &'a Reader, why: Option<&'static str>) {
        reader: &'a Reader = by,
        merchant: &'a str = merchant,
        initial: String = merchant.chars().take(1).collect(),
        invoice: &'a Invoice = of,
        terminal: String = persian::digits(&of.terminal.to_string()),
        amount: String = persian::amount(&of.amount),
        unit: &'static str = of.currency.unit(),
        state: Shown = of.status.shown(),
        /// What has become of it, once nothing is left for the payer to do.
        outcome: Option<Outcome> = outcome(of),
        paid_at: Option<String> = paid.and_then(|payment| calendar::in_tehran(payment.at)),
        problem: Option<&'static str> = why,
        path: String = zipay.pay_path(&of.trackid),
    } with {
        let merchants = [zipay.merchant(), zipay.other_merchant()];
        let merchant = merchants.into_iter().find(|merchant| merchant.has_terminal(of.terminal));
        let merchant = merchant.map(Merchant::name).unwrap_or_default();
        let paid = of.payment.as_ref();
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
