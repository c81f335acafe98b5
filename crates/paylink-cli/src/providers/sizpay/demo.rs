//! SizPay links in each way that requests can take: paid, and disabled.

use std::time::SystemTime;

use paylink::sizpay::{
    DESCRIPTOR, DisableLink, Expected, NewLink, PayState, PayStatus, ResendRule, ResendSms,
    SentLink, SizPay, Via,
};
use paylink::{ErrorKind, FieldKey, Invalid, JalaliDate, Rial};
use paylink_sandbox::Sandbox;

use crate::demo::journey::{Ended, Journey, Looked, Seen, settled, steps};
use crate::demo::{Demo, browser, client, simulated};
use crate::failure::Failure;

/// Shows two links in each way that requests can take.
pub(crate) async fn show(demo: &mut Demo<'_>) -> Result<(), Failure> {
    for variant in DESCRIPTOR.variants() {
        let walk = async |sandbox: &Sandbox, journey: &mut Journey<'_>| {
            let merchant = Merchant::open(sandbox, variant.settings())?;
            // REST alone tells the link's address; the SMS holds it either way.
            let sent = match merchant.via {
                Via::Rest => "a send id and a link",
                _ => "a send id",
            };
            pay(&merchant, sent, journey).await
        };
        demo.walk(variant.title(), walk).await?;
    }
    Ok(())
}

async fn pay(
    merchant: &Merchant<'_>,
    sent: &'static str,
    journey: &mut Journey<'_>,
) -> Result<(), Ended> {
    steps! { journey:
        let order = "send a link", sent => merchant.send("1");
        let link = "find the SMS", SMS => merchant.find_sms();
        "resend by the rule", "refused unsent" => merchant.resend_by_rule(&order);
        "resend against it", "refused by SizPay" => merchant.resend(&order);
        "settle too early", "not paid" => merchant.settle(&order, order.number());
        let form = "open the pay page", "200, a form to pay by" => open_page(&link);
        "pay by the form", "303 to the pay page" => submit(&form, &link);
        "ask for the state", "paid, its reference" => merchant.state(&order);
        "settle", "already settled" => merchant.settle(&order, order.number());
        "settle again", "already settled" => merchant.settle(&order, order.number());
        "settle another order", "mismatch in order" => merchant.settle(&order, "another");

        let order = "send another link", sent => merchant.send("2");
        let link = "find its SMS", SMS => merchant.find_sms();
        "disable it", "disabled" => merchant.disable(&order);
        "open its pay page", "200, nothing to pay" => look_for_form(&link);
    }
    Ok(())
}

/// What the SMS holds.
const SMS: &str = "a link, 25 of 30 chars";
/// What the order costs.
const PRICE: Rial = Rial::new(250_000);
const MOBILE: &str = "09122272730";
/// Longer than what an SMS shows of it.
const DESCRIPTION: &str = "دو بلیت قطار شب تهران به مشهد.";

/// A merchant with an account, whose clock is the sandbox's.
struct Merchant<'a> {
    sandbox: &'a Sandbox,
    via: Via,
    sizpay: SizPay,
    /// For what REST alone offers: a link is the same link, whichever way it was sent.
    rest: SizPay,
}

/// An order with its link, as the merchant's books have it.
struct Order {
    number: String,
    link: SentLink,
    sent_on: JalaliDate,
}

impl Order {
    fn number(&self) -> &str {
        &self.number
    }
}

impl<'a> Merchant<'a> {
    fn open(sandbox: &'a Sandbox, way: &[(FieldKey, &'static str)]) -> Result<Merchant<'a>, Ended> {
        let account = simulated::<SizPay>(sandbox)?.settings();
        let via = way.iter().find(|(field, _)| *field == Via::KEY);
        Ok(Merchant {
            sandbox,
            via: via
                .and_then(|(_, via)| via.parse().ok())
                .unwrap_or_default(),
            sizpay: client(&account, way)?,
            rest: client(&account, &[])?,
        })
    }

    /// Sends a link for an order, whose number the way is part of.
    async fn send(&self, number: &str) -> Looked<Order> {
        let number = format!("{}-{number}", self.via);
        let sent_on = JalaliDate::from_system_time(self.sandbox.clock().now())?;
        let link = new_link(&number)?;
        let link = self.sizpay.send_link(link).await?;
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
    async fn find_sms(&self) -> Looked<String> {
        let messages = self.sandbox.sms().into_iter();
        let mut own = messages.filter(|sms| sms.provider == DESCRIPTOR.name() && sms.to == MOBILE);
        let text = own.next_back().ok_or("no SMS")?.text;
        let mut lines = text.lines();
        let link = lines.find(|line| line.starts_with(self.sandbox.url()));
        let link = link.ok_or("an SMS without a link")?;
        let shown = text.lines().find(|line| DESCRIPTION.starts_with(line));
        let shown = shown.unwrap_or_default().chars().count();
        let got = format!("a link, {shown} of {} chars", DESCRIPTION.chars().count());
        let note = text.lines().collect::<Vec<_>>().join(" | ");
        Ok(Seen::with(link.to_owned(), got).note(note))
    }

    /// Has the SMS sent again, if the merchant's own count allows it.
    async fn resend_by_rule(&self, order: &Order) -> Looked<()> {
        let mut rule = ResendRule::new(SystemTime::now());
        let resend = ResendSms::by_send_id(order.link.send_id, order.sent_on);
        let before = self.times_asked_to_resend();
        let resent = self.rest.resend_by_rule(resend, &mut rule).await;
        let sent = self.times_asked_to_resend() > before;
        Ok(match resent {
            Err(error) if error.kind() == ErrorKind::Invalid && !sent => {
                Seen::only("refused unsent").note(why(&error))
            }
            Err(error) => return Err(error.into()),
            Ok(_) => Seen::only("sent again"),
        })
    }

    /// Has the SMS sent again, without regard to the rule.
    async fn resend(&self, order: &Order) -> Looked<()> {
        let resend = ResendSms::by_send_id(order.link.send_id, order.sent_on);
        match self.rest.resend_sms(resend).await {
            Ok(_) => Ok(Seen::only("sent again")),
            Err(error) => match error.refusal() {
                Some(refusal) => {
                    let said = refusal.message().unwrap_or_default().to_owned();
                    Ok(Seen::only("refused by SizPay").note(said))
                }
                None => Err(error.into()),
            },
        }
    }

    /// Asks for the state, and holds the reference number against what the payer was told.
    async fn state(&self, order: &Order) -> Looked<()> {
        let asked = PayStatus::of_send_ids(order.sent_on, [order.link.send_id])?;
        let payments = self.sizpay.pay_status(asked).await?;
        let payment = payments.first().ok_or("no such link")?;
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
    async fn settle(&self, order: &Order, number: &str) -> Looked<()> {
        let expected = Expected::new(order.link.send_id, number, PRICE, order.sent_on);
        let settlement = self.sizpay.settle(&expected?).await?;
        Ok(Seen::only(settled(settlement, |_| "not paid".to_owned())))
    }

    async fn disable(&self, order: &Order) -> Looked<()> {
        let disable = DisableLink::by_send_id(order.link.send_id, order.sent_on);
        self.rest.disable_link(disable).await?;
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

/// Opens the pay page as the payer does, and finds the form to pay by.
async fn open_page(link: &str) -> Looked<String> {
    browser::open_form(link, "/pay", "a form to pay by").await
}

/// Opens the page of a link that nobody should be able to pay.
async fn look_for_form(link: &str) -> Looked<()> {
    let page = browser::open(link).await?;
    let found = match page.form("/pay") {
        Some(_) => "a form to pay by",
        None => "nothing to pay",
    };
    Ok(Seen::only(format!("{}, {found}", page.status)))
}

/// Pays.
async fn submit(form: &str, link: &str) -> Looked<()> {
    let page = browser::submit(form, &[]).await?;
    let Seen { got, .. } = page.leads(|url| (url == link).then_some("the pay page"));
    Ok(Seen::only(got))
}

fn new_link(number: &str) -> Result<NewLink, Invalid> {
    NewLink::new(number, PRICE, MOBILE)?.with_description(DESCRIPTION)
}

/// What the client said about a value that it refused.
fn why(error: &paylink::Error) -> String {
    std::error::Error::source(error).map_or_else(String::new, ToString::to_string)
}
