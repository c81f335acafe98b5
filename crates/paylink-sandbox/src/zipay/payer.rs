use std::time::SystemTime;

use serde::Serialize;
use thiserror::Error;

use super::invoice::{Invoice, Status, WrongState};
use super::merchant::WebhookEncoding;
use super::{NAME, ZipaySandbox};
use crate::outbox::Message;
use crate::page::persian;

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

    pub(super) fn now(&self) -> SystemTime {
        self.0.world.clock.now()
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

/// What ZiPay tells a merchant's webhook after a payment.
#[derive(Debug, Serialize)]
struct Notice<'a> {
    trackid: &'a str,
    invoice_number: &'a str,
    status: &'static str,
}

impl ZipaySandbox {
    /// Sends the webhook of an invoice that has just been paid, if it has one.
    pub(super) fn notify(&self, invoice: &Invoice) {
        let Some(url) = invoice.webhook.clone() else {
            return;
        };
        let notice = Notice {
            trackid: &invoice.trackid,
            invoice_number: &invoice.invoice_number,
            status: invoice.status.as_str(),
        };
        let encoding = self.settings().webhook_encoding;
        let (content_type, body) = match encoding {
            WebhookEncoding::Form => ("application/x-www-form-urlencoded", notice.as_form()),
            WebhookEncoding::Json => ("application/json", notice.as_json()),
        };
        self.0.world.outbox.send(Message {
            provider: NAME,
            url,
            content_type,
            body,
        });
    }
}

impl Notice<'_> {
    fn as_form(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("trackid", self.trackid)
            .append_pair("invoice_number", self.invoice_number)
            .append_pair("status", self.status)
            .finish()
    }

    fn as_json(&self) -> String {
        serde_json::json!(self).to_string()
    }
}
