//! What the templates are filled with.

use std::time::SystemTime;

use askama::Template;
use paylink::{Account, Capability, Created, Input, InputRule, Mobile, Money};
use paylink_sandbox::Sandbox;

use crate::counter::Counter;
use crate::order::Order;
use crate::standing::{Seen, Standing};
use crate::{goods, persian};

/// The first page, as the buyer filled it in so far.
#[derive(Template)]
#[template(path = "offer.html")]
pub(crate) struct OfferPage<'a> {
    pub(crate) counter: &'a Counter,
    pub(crate) account: &'a str,
    pub(crate) mobile: &'a str,
    pub(crate) problem: Option<&'static str>,
}

impl OfferPage<'_> {
    fn is_chosen(&self, name: &str) -> bool {
        let first = self.counter.accounts().names().next();
        let known = self.counter.accounts().get(self.account).is_ok();
        name == if known {
            self.account
        } else {
            first.unwrap_or_default()
        }
    }

    /// The brand, where the account has no name of its own.
    fn title<'p>(&self, provider: &'p Account) -> &'p str {
        let name = provider.name();
        let known = paylink::providers().iter().find(|it| it.name() == name);
        known.map_or(name, |descriptor| descriptor.title())
    }

    fn about(&self, account: &Account) -> &'static str {
        if account
            .capabilities()
            .support(Capability::ExactTransfer)
            .is_supported()
        {
            "کارت به کارت، مبلغ دقیق"
        } else if tells_by_sms(account) {
            "لینک پرداخت با پیامک؛ شمارهٔ همراه لازم است"
        } else {
            "صفحهٔ پرداخت اینترنتی"
        }
    }
}

/// The page of an order.
#[derive(Template)]
#[template(path = "order.html")]
pub(crate) struct OrderPage<'a> {
    pub(crate) counter: &'a Counter,
    pub(crate) order: &'a Order,
    pub(crate) seen: Seen,
    /// Whether it is asked for from the browser that placed the order.
    pub(crate) is_buyer: bool,
}

impl OrderPage<'_> {
    /// After how many seconds it is worth asking for it again.
    pub(crate) fn changes_in(&self) -> Option<u16> {
        let again = match &self.seen.standing {
            Standing::Checking | Standing::Unsure => Some(5),
            // Who pays on a telephone or at a bank is not brought back.
            Standing::ToPay(_) if self.sms_to().is_some() => Some(10),
            Standing::ToPay(created) if created.transfer().is_some() => Some(10),
            _ => None,
        };
        again.or(self.seen.again_in)
    }

    fn price(&self) -> &Money {
        self.order.stored.payment().price()
    }

    /// Whether one amount and no other is to be transferred: the price beside it would be taken for it.
    fn has_exact_amount(&self) -> bool {
        matches!(&self.seen.standing, Standing::ToPay(created) if created.transfer().is_some())
    }

    fn time_left(&self, created: &Created) -> Option<String> {
        let left = created.expires_at()?.duration_since(SystemTime::now());
        Some(persian::clock(left.unwrap_or_default()))
    }

    /// To where the provider sent its link, if that is how the payer gets it.
    fn sms_to(&self) -> Option<&str> {
        let mobile = self.order.stored.payment().mobile();
        let is_told = self.is_buyer && self.goes_by_sms();
        mobile.filter(|_| is_told).map(Mobile::as_str)
    }

    /// Whether the provider may have told the payer by itself what to pay.
    fn goes_by_sms(&self) -> bool {
        let account = self.counter.accounts().get(self.order.stored.account());
        account.is_ok_and(tells_by_sms)
    }

    /// The newest SMS that the sandbox wrote to this telephone.
    fn sms(&self, mobile: &str) -> Option<Sms> {
        let all = self.counter.sandbox.as_deref().map(Sandbox::sms)?;
        let text = all.into_iter().rev().find(|sms| sms.to == mobile)?.text;
        let link = text
            .split_whitespace()
            .find(|word| word.starts_with("http"));
        Some(Sms {
            link: link.unwrap_or_default().to_owned(),
            text,
        })
    }
}

struct Sms {
    text: String,
    link: String,
}

fn tells_by_sms(account: &Account) -> bool {
    account.capabilities().input(Input::Mobile) == InputRule::Required
}

#[cfg(test)]
mod tests;
