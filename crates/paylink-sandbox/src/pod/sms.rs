//! Text messages with which a user pays, and the codes in them.

use std::collections::HashMap;

use super::account::Account;
use super::invoice::Invoice;
use super::ledger::Delegations;
use super::{NAME, PodSandbox};

/// The codes that were sent and not answered yet.
#[derive(Debug, Default)]
pub(super) struct Codes(HashMap<String, Pending>);

/// What answering with a code does.
#[derive(Debug, Clone)]
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

    /// Lets `code` stand for a payment, and those sent before for the same invoice for nothing.
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
        self.0.world.sms.send(NAME, mobile, text);
    }

    /// Sends somebody the link of an invoice that was issued to somebody else.
    pub(super) fn share(&self, from: &Account, mobile: &str, invoice: &Invoice, link: &str) {
        let text = format!(
            "*سرزمین هوشمند پاد*\n{} از شما خواسته است فاکتور شماره {} به مبلغ {} ریال را بپردازید.\n{link}",
            from.name(),
            invoice.id,
            invoice.payable_amount()
        );
        self.0.world.sms.send(NAME, mobile, text);
    }

    /// Draws until nobody has the code: a seed that is set again repeats itself.
    pub(super) fn fresh_code(&self, codes: &Codes) -> String {
        loop {
            let code = self.0.random.within(10_000, 90_000).to_string();
            if !codes.has(&code) {
                return code;
            }
        }
    }
}
