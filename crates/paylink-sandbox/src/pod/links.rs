//! The links by which payers come, and the ways back to the business.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use url::Url;

use super::PodSandbox;
use super::invoice::{Invoice, State};
use super::refusal::Refusal;
use super::settings::WordedRefusals;
use crate::calendar;

/// How long a link of service 29815 lives.
pub const LINK_LIVES: Duration = Duration::from_secs(300);

/// The links that service 29815 has made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Links(HashMap<String, Link>);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Link {
    invoice: u64,
    #[serde(with = "calendar::moment")]
    made_at: SystemTime,
}

impl Link {
    fn lives(&self, now: SystemTime) -> bool {
        let end = self.made_at.checked_add(LINK_LIVES);
        end.is_some_and(|end| now < end)
    }
}

impl Links {
    pub(super) fn make(&mut self, hash: String, invoice: u64, now: SystemTime) {
        let link = Link {
            invoice,
            made_at: now,
        };
        self.0.retain(|_, older| older.lives(now));
        self.0.insert(hash, link);
    }

    /// Returns the invoice a link leads to while it lives.
    pub(super) fn follow(&self, hash: &str, now: SystemTime) -> Option<u64> {
        let link = self.0.get(hash).filter(|link| link.lives(now))?;
        Some(link.invoice)
    }

    /// Returns when a link's life is over.
    pub(super) fn end(&self, hash: &str) -> Option<SystemTime> {
        self.0.get(hash)?.made_at.checked_add(LINK_LIVES)
    }
}

impl PodSandbox {
    /// Writes the link by which anyone can pay an invoice.
    pub(super) fn unique_number_link(&self, invoice: &Invoice, way_back: &WayBack) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("uniqueNumber", &invoice.unique_number);
        if let Some(redirect) = &way_back.redirect {
            query.append_pair("redirectUri", redirect.as_str());
        }
        if let Some(call) = &way_back.call {
            query.append_pair("callUri", call.as_str());
        }
        let query = query.finish();
        format!("{}v1/pbc/payInvoiceByUniqueNumber?{query}", self.pay_url())
    }
}

/// Tokens kept; the oldest lapse when more are given out.
const CAPACITY: usize = 10_000;

/// The one-time tokens that were given out and not used yet, with the users they are for.
#[derive(Debug, Default)]
pub(super) struct OneTimeTokens(VecDeque<(u64, String)>);

impl OneTimeTokens {
    pub(super) fn give(&mut self, user_id: u64, token: String) {
        if self.0.len() >= CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back((user_id, token));
    }

    /// Uses a token up, and tells whether the user had it.
    pub(super) fn spend(&mut self, user_id: u64, token: &str) -> bool {
        let mut tokens = self.0.iter();
        let place = tokens.position(|(user, given)| *user == user_id && given == token);
        place.and_then(|place| self.0.remove(place)).is_some()
    }
}

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
    /// Admits a payer, in place of an earlier one for the same invoice.
    pub(super) fn begin(&mut self, token: String, visit: Visit) {
        self.0.retain(|_, older| older.invoice != visit.invoice);
        self.0.insert(token, visit);
    }

    pub(super) fn get(&self, token: &str) -> Option<&Visit> {
        self.0.get(token)
    }

    /// Forgets the payers of an invoice.
    pub(super) fn forget(&mut self, invoice: u64) {
        self.0.retain(|_, visit| visit.invoice != invoice);
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

/// Appends the result of a payment to the query that an address has already.
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
    fn the_oldest_tokens_lapse() {
        let mut tokens = OneTimeTokens::default();
        for number in 0..=CAPACITY {
            tokens.give(1, number.to_string());
        }
        assert!(!tokens.spend(1, "0"));
        assert!(tokens.spend(1, "1"));
    }

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
