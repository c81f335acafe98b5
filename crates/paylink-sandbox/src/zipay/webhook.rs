use serde::Serialize;

use super::invoice::Invoice;
use super::settings::WebhookEncoding;
use super::{NAME, ZipaySandbox};
use crate::outbox::Message;

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
