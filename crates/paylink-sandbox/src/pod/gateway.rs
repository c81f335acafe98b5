use std::collections::HashMap;

use serde::Serialize;
use url::Url;

use super::invoice::{Invoice, State};
use super::refusal::Refusal;
use super::settings::WordedRefusals;

/// The payers who were sent to the bank's gateway.
#[derive(Debug, Default)]
pub(super) struct Visits(HashMap<String, Visit>);

/// One payer at the gateway.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) invoice: u64,
    pub(super) way_back: WayBack,
}

/// Where the payer and the news of the payment go.
#[derive(Debug, Clone, Default)]
pub(super) struct WayBack {
    /// Where the payer's browser goes.
    pub(super) redirect: Option<Url>,
    /// What POD calls by itself once the invoice is paid.
    pub(super) call: Option<Url>,
}

impl Visits {
    /// Lets a payer in, instead of whoever was there for the same invoice.
    pub(super) fn begin(&mut self, token: String, visit: Visit) {
        self.0.retain(|_, older| older.invoice != visit.invoice);
        self.0.insert(token, visit);
    }

    pub(super) fn get(&self, token: &str) -> Option<&Visit> {
        self.0.get(token)
    }

    pub(super) fn end(&mut self, token: &str) {
        self.0.remove(token);
    }
}

/// The envelope of a refusal as it stands in an address.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorResult<'a> {
    has_error: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<u16>,
    message: &'a str,
    count: u8,
}

/// Names the documented parameters of a return; those without a value are empty.
pub(super) fn parameters(invoice: &Invoice) -> [(&'static str, String); 8] {
    let slip = invoice
        .payment
        .as_ref()
        .and_then(|payment| payment.card.as_ref());
    let of_card =
        |read: fn(&super::invoice::CardSlip) -> String| slip.map(read).unwrap_or_default();
    // Awaiting verification is not paid yet.
    let paid = invoice.state == State::Paid;
    [
        (
            "billNumber",
            invoice.bill_number.clone().unwrap_or_default(),
        ),
        ("paymentBillNumber", invoice.payment_bill_number.to_string()),
        ("invoiceId", invoice.id.to_string()),
        ("paid", paid.to_string()),
        ("terminalId", of_card(|slip| slip.terminal.to_string())),
        ("maskedCardNumber", of_card(|slip| slip.masked.clone())),
        ("rrn", of_card(|slip| slip.rrn.to_string())),
        ("tref", of_card(|slip| slip.tref.to_string())),
    ]
}

/// Appends what is told after a payment to the query an address has already.
pub(super) fn success(redirect: &Url, invoice: &Invoice) -> Url {
    let mut url = redirect.clone();
    url.query_pairs_mut().extend_pairs(parameters(invoice));
    url
}

/// Appends why there was no payment.
pub(super) fn failure(redirect: &Url, refusal: &Refusal, worded: WordedRefusals) -> Url {
    let result = ErrorResult {
        has_error: true,
        error_code: refusal.code_in(worded),
        message: &refusal.message,
        count: 0,
    };
    let text = serde_json::to_string(&result).unwrap_or_default();
    let mut url = redirect.clone();
    url.query_pairs_mut().append_pair("errorResult", &text);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_documented_form() {
        let redirect = Url::parse("http://127.0.0.1/back?order=7").unwrap();
        let url = failure(&redirect, &Refusal::AT_GATEWAY, WordedRefusals::default());
        let pairs: Vec<_> = url.query_pairs().collect();
        assert_eq!(pairs[0], ("order".into(), "7".into()));
        let expected = r#"{"hasError":true,"errorCode":72,"message":"قبض منتظر درگاه برای ادامه تراکنش می باشد","count":0}"#;
        assert_eq!(pairs[1], ("errorResult".into(), expected.into()));
    }
}
