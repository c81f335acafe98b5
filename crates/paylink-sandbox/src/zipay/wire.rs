use serde::Serialize;

use super::currency::Currency;
use super::invoice::Invoice;
use super::status::Status;
use crate::calendar::{Utc, unix_seconds};

/// The payer of every payment made here. The names are the placeholders of ZiPay's own samples.
const FIRST_NAME: &str = "نام پرداخت کننده";
const LAST_NAME: &str = "نام خانوادگی پرداخت کننده";
const EMAIL: &str = "payer@example.com";

/// An invoice as ZiPay's answers show it, fields in the documented order.
#[derive(Debug, Serialize)]
pub(super) struct InvoiceAnswer {
    trackid: String,
    status: Status,
    amount: String,
    coin: Coin,
    invoice_number: String,
    time: u64,
    date: String,
    pay_date: Option<String>,
    datew3c: String,
    pay_datew3c: Option<String>,
    merchant_terminal_number: u64,
    invoice_transaction_id: u64,
    national_id: String,
    payer_firstname: &'static str,
    payer_lastname: &'static str,
    payer_email: Option<&'static str>,
    payer_account_number: Option<u64>,
}

/// A currency as ZiPay's answers show it. Only the dollar's is documented.
#[derive(Debug, Serialize)]
struct Coin {
    name: &'static str,
    currency: &'static str,
    symbol: &'static str,
}

impl From<&Invoice> for InvoiceAnswer {
    fn from(invoice: &Invoice) -> Self {
        let created = Utc::at(invoice.created_at);
        let payment = invoice.payment.as_ref();
        let paid = payment.map(|payment| Utc::at(payment.at));
        Self {
            trackid: invoice.trackid.clone(),
            status: invoice.status,
            amount: invoice.amount.clone(),
            coin: invoice.currency.into(),
            invoice_number: invoice.invoice_number.clone(),
            time: unix_seconds(invoice.created_at),
            date: created.day_first(),
            pay_date: paid.map(Utc::day_first),
            datew3c: created.to_string(),
            pay_datew3c: paid.map(|paid| paid.to_string()),
            merchant_terminal_number: invoice.terminal,
            invoice_transaction_id: invoice.transaction_id,
            national_id: invoice.national_id.clone().unwrap_or_default(),
            payer_firstname: FIRST_NAME,
            payer_lastname: LAST_NAME,
            payer_email: payment.map(|_| EMAIL),
            payer_account_number: payment.map(|payment| payment.account_number),
        }
    }
}

impl From<Currency> for Coin {
    fn from(currency: Currency) -> Self {
        let (name, symbol) = match currency {
            Currency::Usd => ("United States dollar", "$"),
            Currency::Usdt => ("Tether", "₮"),
            Currency::Irt => ("Iranian toman", "تومان"),
        };
        Self {
            name,
            currency: currency.code(),
            symbol,
        }
    }
}
