use std::fmt::Display;
use std::time::SystemTime;

use paylink::sizpay::{
    DisableLink, Expected, NewLink, PayState, PayStatus, ResendRule, ResendSms, SentLink,
    Settlement, SizPay, Via,
};
use paylink::{ErrorKind, Invalid, JalaliDate, Rial, Transport};
use paylink_sandbox::Sandbox;

use crate::demo::browser;
use crate::demo::journey::{Looked, Seen, fields, told};

/// What the order costs.
const PRICE: Rial = Rial::new(250_000);
const MOBILE: &str = "09122272730";
/// Longer than what an SMS shows of it.
const DESCRIPTION: &str = "دو بلیت قطار شب تهران به مشهد.";

/// A merchant with an account, whose clock is the sandbox's.
pub(super) struct Merchant<'a> {
    sandbox: &'a Sandbox,
    via: Via,
    sizpay: SizPay,
    /// For what REST alone offers: a link is the same link, whichever way it was sent.
    rest: SizPay,
}

/// An order with its link, as the merchant's books have it.
pub(super) struct Order {
    number: String,
    link: SentLink,
    sent_on: JalaliDate,
}

impl Order {
    pub(super) fn number(&self) -> &str {
        &self.number
    }
}

impl<'a> Merchant<'a> {
    pub(super) fn open(sandbox: &'a Sandbox, via: Via) -> Result<Merchant<'a>, Box<dyn Display>> {
        let account = sandbox.sizpay();
        let transport = Transport::new().map_err(told)?;
        let client = |via| {
            SizPay::builder(
                account.user_name(),
                account.password(),
                account.pay_link_name(),
            )
            .base_url(account.base_url())
            .asmx_url(account.asmx_url())
            .transport(transport.clone())
            .via(via)
            .build()
            .map_err(told)
        };
        Ok(Merchant {
            sandbox,
            via,
            sizpay: client(via)?,
            rest: client(Via::Rest)?,
        })
    }

    /// Sends a link for an order, whose number the way is part of.
    pub(super) async fn send(&self, number: &str) -> Looked<Order> {
        let number = format!("{}-{number}", self.via);
        let sent_on = JalaliDate::from_system_time(self.sandbox.clock().now()).map_err(told)?;
        let link = new_link(&number).map_err(told)?;
        let link = self.sizpay.send_link(link).await.map_err(told)?;
        let got = match &link.url {
            Some(_) => "a send id and a link",
            None => "a send id",
        };
        let note = format!("send id {}", link.send_id);
        let order = Order {
            number,
            link,
            sent_on,
        };
        Ok(Seen::with(order, got).note(note))
    }

    /// Looks at the payer's telephone, and finds the link in the latest message.
    pub(super) async fn find_sms(&self) -> Looked<String> {
        let messages = self.sandbox.sms();
        let sms = messages
            .iter()
            .rfind(|sms| sms.provider == "sizpay" && sms.to == MOBILE)
            .ok_or_else(|| told("no SMS"))?;
        let link = sms
            .text
            .lines()
            .find(|line| line.starts_with(self.sandbox.url()))
            .ok_or_else(|| told("an SMS without a link"))?;
        let shown = sms
            .text
            .lines()
            .find(|line| DESCRIPTION.starts_with(line))
            .unwrap_or_default();
        let got = format!(
            "a link, {} of {} chars",
            shown.chars().count(),
            DESCRIPTION.chars().count()
        );
        let note = sms.text.lines().collect::<Vec<_>>().join(" | ");
        Ok(Seen::with(link.to_owned(), got).note(note))
    }

    /// Has the SMS sent again, if the merchant's own count allows it.
    pub(super) async fn resend_by_rule(&self, order: &Order) -> Looked<()> {
        let mut rule = ResendRule::new(SystemTime::now());
        let resend = ResendSms::by_send_id(order.link.send_id, order.sent_on);
        let before = self.times_asked_to_resend();
        let resent = self.rest.resend_by_rule(resend, &mut rule).await;
        let sent = self.times_asked_to_resend() > before;
        Ok(match resent {
            Err(error) if error.kind() == ErrorKind::Invalid && !sent => {
                Seen::only("refused unsent").note(why(&error))
            }
            Err(error) => return Err(told(error)),
            Ok(_) => Seen::only("sent again"),
        })
    }

    /// Has the SMS sent again, without regard to the rule.
    pub(super) async fn resend(&self, order: &Order) -> Looked<()> {
        let resend = ResendSms::by_send_id(order.link.send_id, order.sent_on);
        match self.rest.resend_sms(resend).await {
            Ok(_) => Ok(Seen::only("sent again")),
            Err(error) => match error.refusal() {
                Some(refusal) => {
                    let said = refusal.message().unwrap_or_default().to_owned();
                    Ok(Seen::only("refused by SizPay").note(said))
                }
                None => Err(told(error)),
            },
        }
    }

    /// Opens the pay page as the payer does, and finds the form to pay by.
    pub(super) async fn open_page(&self, link: &str) -> Looked<String> {
        let page = browser::open(link).await.map_err(told)?;
        match page.form("/pay") {
            Some(form) => {
                Ok(Seen::with(form, format!("{}, a form to pay by", page.status)).note(link))
            }
            None => Err(told(format!("{}, nothing to pay", page.status))),
        }
    }

    /// Opens the page of a link that nobody should be able to pay.
    pub(super) async fn look_for_form(&self, link: &str) -> Looked<()> {
        let page = browser::open(link).await.map_err(told)?;
        let found = match page.form("/pay") {
            Some(_) => "a form to pay by",
            None => "nothing to pay",
        };
        Ok(Seen::only(format!("{}, {found}", page.status)))
    }

    /// Pays.
    pub(super) async fn submit(&self, form: &str, link: &str) -> Looked<()> {
        let page = browser::submit(form, &[]).await.map_err(told)?;
        let place = if page.location.as_deref() == Some(link) {
            "the pay page"
        } else {
            "elsewhere"
        };
        Ok(Seen::only(format!("{} to {place}", page.status)))
    }

    /// Asks for the state, and holds the reference number against what the payer was told.
    pub(super) async fn state(&self, order: &Order) -> Looked<()> {
        let asked = PayStatus::of_send_ids(order.sent_on, [order.link.send_id]).map_err(told)?;
        let payments = self.sizpay.pay_status(asked).await.map_err(told)?;
        let payment = payments.first().ok_or_else(|| told("no such link"))?;
        let receipt = self.sandbox.sizpay().link(order.link.send_id.get());
        let receipt = receipt.and_then(|link| link.reference_number);
        let reference = match (&payment.reference, &receipt) {
            (None, _) => "no reference",
            (one, other) if one == other => "its reference",
            _ => "another reference",
        };
        let state = match &payment.state {
            PayState::Paid => "paid",
            PayState::Unpaid => "unpaid",
            _ => "undecided",
        };
        let note = format!("reference {}", payment.reference.as_deref().unwrap_or("-"));
        Ok(Seen::only(format!("{state}, {reference}")).note(note))
    }

    /// Settles the link as if it were that of the order with this number.
    pub(super) async fn settle(&self, order: &Order, number: &str) -> Looked<()> {
        let expected = Expected::new(order.link.send_id, number, PRICE, order.sent_on);
        let settlement = self.sizpay.settle(&expected.map_err(told)?).await;
        Ok(Seen::only(match settlement.map_err(told)? {
            Settlement::Settled(_) => "settled".to_owned(),
            Settlement::AlreadySettled(_) => "already settled".to_owned(),
            Settlement::NotPaid(_) => "not paid".to_owned(),
            Settlement::Mismatch(found) => format!("mismatch in {}", fields(&found)),
        }))
    }

    pub(super) async fn disable(&self, order: &Order) -> Looked<()> {
        let disable = DisableLink::by_send_id(order.link.send_id, order.sent_on);
        self.rest.disable_link(disable).await.map_err(told)?;
        Ok(Seen::only("disabled"))
    }

    fn times_asked_to_resend(&self) -> usize {
        let journal = self.sandbox.journal();
        let resends = journal
            .iter()
            .filter(|entry| entry.operation == "PayLinkReSend");
        resends.count()
    }
}

fn new_link(number: &str) -> Result<NewLink, Invalid> {
    NewLink::new(number, PRICE, MOBILE)?.with_description(DESCRIPTION)
}

/// What the client said about a value that it refused.
fn why(error: &paylink::Error) -> String {
    std::error::Error::source(error).map_or_else(String::new, ToString::to_string)
}
