//! Text messages with which a user pays, and the codes in them.

use std::collections::HashMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::invoice::Invoice;
use super::keys::Account;
use super::ledger::Delegations;
use super::payer::PayerError;
use super::{NAME, PodSandbox, fields};

/// The codes that were sent and not answered yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Codes(HashMap<String, Pending>);

/// What answering with a code does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) invoice: u64,
    pub(super) from: Delegations,
}

/// What a text message offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Code,
    Link,
    CodeAndLink,
}

impl Content {
    /// Reads `smsContentType`.
    pub(super) fn from_wire(text: &str) -> Option<Self> {
        match text {
            "1" => Some(Self::Code),
            "2" => Some(Self::Link),
            "3" => Some(Self::CodeAndLink),
            _ => None,
        }
    }

    pub(super) fn has_code(self) -> bool {
        self != Self::Link
    }

    pub(super) fn has_link(self) -> bool {
        self != Self::Code
    }
}

impl Codes {
    pub(super) fn has(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// Makes `code` pay an invoice, and invalidates earlier codes for it.
    pub(super) fn expect(&mut self, code: String, pending: Pending) {
        self.0.retain(|_, older| older.invoice != pending.invoice);
        self.0.insert(code, pending);
    }

    pub(super) fn get(&self, code: &str) -> Option<&Pending> {
        self.0.get(code)
    }

    pub(super) fn used(&mut self, code: &str) {
        self.0.remove(code);
    }

    /// Forgets the codes for an invoice.
    pub(super) fn forget(&mut self, invoice: u64) {
        self.0.retain(|_, pending| pending.invoice != invoice);
    }
}

impl PodSandbox {
    /// Asks a user to pay an invoice by answering with a code, by following a link, or either.
    pub(super) fn ask_for_payment(
        &self,
        issuer: &str,
        mobile: &str,
        invoice: &Invoice,
        code: Option<&str>,
        link: Option<&str>,
    ) {
        let mut text = format!(
            "*سرزمین هوشمند پاد*\n{issuer} برای شما فاکتور شماره {} به مبلغ {} ریال صادر نموده است.\n",
            invoice.id,
            invoice.payable_amount()
        );
        text.push_str(&match (code, link) {
            (Some(code), None) => {
                format!("جهت پرداخت از کیف پول خود، کد {code} را به همین شماره پیامک کنید.")
            }
            (None, Some(link)) => {
                format!("جهت پرداخت بر روی لینک زیر کلیک نمایید.\n{link}")
            }
            (code, link) => format!(
                "جهت پرداخت از کیف پول خود، کد {} را به همین شماره پیامک کنید یا بر روی لینک زیر \
                 کلیک نمایید.\n{}",
                code.unwrap_or_default(),
                link.unwrap_or_default()
            ),
        });
        let sms = &self.0.world.sms;
        sms.send(NAME, &invoice.id.to_string(), mobile, text);
    }

    /// Sends a user the link of an invoice that was issued to another.
    pub(super) fn share(&self, from: &Account, mobile: &str, invoice: &Invoice, link: &str) {
        let text = format!(
            "*سرزمین هوشمند پاد*\n{} از شما خواسته است فاکتور شماره {} به مبلغ {} ریال را بپردازید.\n{link}",
            from.name(),
            invoice.id,
            invoice.payable_amount()
        );
        let sms = &self.0.world.sms;
        sms.send(NAME, &invoice.id.to_string(), mobile, text);
    }

    /// Draws until the code is free: a seed that is set again repeats itself.
    pub(super) fn fresh_code(&self, codes: &Codes) -> String {
        loop {
            let code = self.0.random.within(10_000, 90_000).to_string();
            if !codes.has(&code) {
                return code;
            }
        }
    }
}

/// A purchase at a point of sale, as the terminal reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PodPosPurchase)]
#[non_exhaustive]
pub struct PosPurchase {
    /// The invoice it pays: the deposit's identifier at the terminal.
    pub invoice_id: u64,
    /// The terminal.
    pub terminal_number: String,
    /// The acceptor the terminal belongs to.
    pub merchant_code: String,
    /// The reference number of the banks' network.
    pub reference_number: String,
    /// The tracking number of the terminal.
    pub tracking_number: String,
    /// When it was made: Jalali `yyyy/mm/dd HH:MM:SS` in Tehran.
    pub transaction_date: String,
}

/// The purchases that were made and not reported yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Purchases(Vec<PosPurchase>);

impl Purchases {
    pub(super) fn has(&self, reported: &PosPurchase) -> bool {
        self.0.contains(reported)
    }

    /// Forgets the purchases for an invoice.
    pub(super) fn forget(&mut self, invoice: u64) {
        self.0.retain(|made| made.invoice_id != invoice);
    }

    /// Forgets a purchase that has paid its invoice.
    pub(super) fn settle(&mut self, reported: &PosPurchase) {
        self.0.retain(|made| made != reported);
    }
}

impl PodSandbox {
    /// Pays an invoice at a point of sale. POD learns of it when the business reports the purchase
    /// with these details.
    ///
    /// # Errors
    ///
    /// [`PayerError::UnknownInvoice`]; nothing has happened then.
    pub fn pos_purchase(&self, id: u64) -> Result<PosPurchase, PayerError> {
        let now: SystemTime = self.now();
        let mut store = self.store();
        store.get(id).map_err(|_| PayerError::UnknownInvoice)?;
        let number = |low, span| self.0.random.within(low, span).to_string();
        let purchase = PosPurchase {
            invoice_id: id,
            terminal_number: number(1_000_000, 9_000_000),
            merchant_code: number(100_000_000, 900_000_000),
            reference_number: number(100_000_000_000, 900_000_000_000),
            tracking_number: number(100_000, 900_000),
            transaction_date: fields::write_moment(now).unwrap_or_default(),
        };
        store.purchases.0.push(purchase.clone());
        Ok(purchase)
    }
}
