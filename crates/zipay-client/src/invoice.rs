use std::borrow::Cow;
use std::fmt;

use paylink_core::json::{Amount, Object, Wire, lossless};
use paylink_core::text::excerpt;
use paylink_core::{Currency, Money, Untrusted};
use serde::{Deserialize, Serialize, Serializer};

use crate::TrackId;

/// An invoice as ZiPay reports it.
///
/// The first fields decide about money and are always there, or the answer is refused. The others are for display: one
/// that ZiPay left out or sent in another form is `None`, and the names of the latter stand in `unreadable`.
///
/// `Debug` leaves the payer's data out.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Invoice {
    /// ZiPay's id.
    pub track_id: TrackId,
    /// The state.
    pub status: Status,
    /// The amount with its currency; `IRT` is toman.
    pub amount: Money,
    /// The merchant's own number.
    pub invoice_number: String,
    /// The terminal it was created at.
    pub terminal: u64,
    /// The currency's name, for display.
    pub currency_name: Option<String>,
    /// The currency's symbol, for display.
    pub currency_symbol: Option<String>,
    /// When it was created, in seconds since 1970.
    pub created_at: Option<u64>,
    /// When it was created, as `31/03/2023 17:01 UTC`.
    pub date: Option<String>,
    /// When it was created, in RFC 3339.
    pub date_w3c: Option<String>,
    /// When it was paid, as `31/03/2023 17:02 UTC`.
    pub pay_date: Option<String>,
    /// When it was paid, in RFC 3339.
    pub pay_date_w3c: Option<String>,
    /// ZiPay's number of the transaction.
    pub transaction_id: Option<u64>,
    /// The national id of the only person who may pay; personal data.
    pub national_id: Option<String>,
    /// The payer's first name; personal data.
    pub payer_first_name: Option<String>,
    /// The payer's last name; personal data.
    pub payer_last_name: Option<String>,
    /// The payer's email address; personal data.
    pub payer_email: Option<String>,
    /// The payer's account at ZiPay; personal data.
    pub payer_account_number: Option<u64>,
    /// The display fields that came in a form that could not be read.
    pub unreadable: Vec<&'static str>,
}

impl fmt::Debug for Invoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoice")
            .field("track_id", &self.track_id)
            .field("status", &self.status)
            .field("amount", &self.amount)
            .field("invoice_number", &self.invoice_number)
            .field("terminal", &self.terminal)
            .field("created_at", &self.created_at)
            .field("transaction_id", &self.transaction_id)
            .field("unreadable", &self.unreadable)
            .finish_non_exhaustive()
    }
}

/// The invoice's wire form (document "Invoice Status"; proven). Numbers that came as text, and the other way round, are
/// read too (a reading).
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(crate) struct WireInvoice<'a> {
    trackid: Wire<Cow<'a, str>>,
    status: Wire<Cow<'a, str>>,
    amount: Wire<Amount<'a>>,
    coin: Wire<Object<WireCoin<'a>>>,
    #[serde(deserialize_with = "lossless")]
    invoice_number: Wire<String>,
    #[serde(deserialize_with = "lossless")]
    merchant_terminal_number: Wire<u64>,
    #[serde(deserialize_with = "lossless")]
    time: Wire<u64>,
    date: Wire<String>,
    datew3c: Wire<String>,
    pay_date: Wire<String>,
    pay_datew3c: Wire<String>,
    #[serde(deserialize_with = "lossless")]
    invoice_transaction_id: Wire<u64>,
    national_id: Wire<String>,
    payer_firstname: Wire<String>,
    payer_lastname: Wire<String>,
    payer_email: Wire<String>,
    #[serde(deserialize_with = "lossless")]
    payer_account_number: Wire<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WireCoin<'a> {
    name: Wire<String>,
    currency: Wire<Cow<'a, str>>,
    symbol: Wire<String>,
}

impl WireInvoice<'_> {
    pub(crate) fn read(self) -> Result<Invoice, Untrusted> {
        let mut unreadable = Vec::new();
        let Object(coin) = self.coin.required("coin")?;
        let currency = Currency::parse(&coin.currency.required("coin.currency")?)
            .map_err(|_| Untrusted::unexpected_form("coin.currency", "is not a known currency"))?;
        let amount = self.amount.required("amount")?;
        let amount = amount.to_money("amount", currency)?;
        let note = &mut unreadable;
        Ok(Invoice {
            track_id: track_id(self.trackid)?,
            status: Status::from(&*self.status.required("status")?),
            amount,
            invoice_number: self.invoice_number.required("invoice_number")?,
            terminal: self
                .merchant_terminal_number
                .required("merchant_terminal_number")?,
            currency_name: coin.name.shown("coin.name", note),
            currency_symbol: coin.symbol.shown("coin.symbol", note),
            created_at: self.time.shown("time", note),
            date: self.date.shown("date", note),
            date_w3c: self.datew3c.shown("datew3c", note),
            pay_date: self.pay_date.shown("pay_date", note),
            pay_date_w3c: self.pay_datew3c.shown("pay_datew3c", note),
            transaction_id: self
                .invoice_transaction_id
                .shown("invoice_transaction_id", note),
            national_id: self
                .national_id
                .shown("national_id", note)
                .filter(|id| !id.is_empty()),
            payer_first_name: self.payer_firstname.shown("payer_firstname", note),
            payer_last_name: self.payer_lastname.shown("payer_lastname", note),
            payer_email: self.payer_email.shown("payer_email", note),
            payer_account_number: self
                .payer_account_number
                .shown("payer_account_number", note),
            unreadable,
        })
    }
}

/// Reads the id that names the payment.
pub(crate) fn track_id(wire: Wire<Cow<'_, str>>) -> Result<TrackId, Untrusted> {
    wire.required("trackid")?
        .parse()
        .map_err(|_| Untrusted::unexpected_form("trackid", "cannot be a trackid"))
}

/// The state of an invoice.
///
/// The six documented ones have names of their own; any other keeps its text and is neither success nor failure.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Status {
    /// Created; the payer was not there yet.
    Generated,
    /// The payer is about to pay.
    Waiting,
    /// Paid, and waiting for the merchant to verify it within 30 minutes.
    Pending,
    /// Paid and verified: the money is the merchant's.
    Completed,
    /// Not paid, or given back because nobody verified it in time.
    Rejected,
    /// Given back by the merchant.
    Refunded,
    /// A state that this release does not know.
    Other(Box<str>),
}

impl Status {
    /// The documented states.
    pub const DOCUMENTED: [Status; 6] = [
        Status::Generated,
        Status::Waiting,
        Status::Pending,
        Status::Completed,
        Status::Rejected,
        Status::Refunded,
    ];

    /// ZiPay's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Status::Generated => "generated",
            Status::Waiting => "waiting",
            Status::Pending => "pending",
            Status::Completed => "completed",
            Status::Rejected => "rejected",
            Status::Refunded => "refunded",
            Status::Other(text) => text,
        }
    }
}

impl From<&str> for Status {
    fn from(text: &str) -> Status {
        let documented = Status::DOCUMENTED
            .into_iter()
            .find(|status| status.as_str() == text);
        documented.unwrap_or_else(|| Status::Other(excerpt(text, 40).into()))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
