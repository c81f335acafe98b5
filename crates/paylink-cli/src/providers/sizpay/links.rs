use std::io::{self, Write};

use clap::Args;
use paylink::sizpay::{Accepted, DisableLink, NewLink, ResendSms, SentLink};
use paylink::{Mobile, Money, Rial};
use serde::Serialize;

use super::counting::{RuleArgs, RuleFile};
use super::{LinkArgs, LinkName, SizpayAccount, today};
use crate::consent::YesArgs;
use crate::console::Console;
use crate::failure::{CallError, Failure, Status, UsageError};
use crate::once::{self, Advice, OnceArgs};
use crate::only_copy;
use crate::qr::{self, When};
use crate::report::{Kept, Report};
use crate::table::write_facts;
use crate::text::{grouped, shown};
use crate::typed;

/// What was sent, and what comes next.
#[derive(Debug, Serialize)]
pub(super) struct Sent {
    #[serde(flatten)]
    pub(super) link: SentLink,
    pub(super) send_date: String,
    #[serde(skip)]
    pub(super) invoice_number: String,
    #[serde(skip)]
    pub(super) amount: Rial,
    #[serde(skip)]
    pub(super) code: Option<String>,
    #[serde(skip)]
    pub(super) status: String,
}

impl Report for Sent {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.link.url {
            Some(url) => writeln!(
                out,
                "SizPay sends the payer an SMS with this link:\n\n{url}\n"
            )?,
            // The ASMX service keeps the link to itself.
            None => writeln!(out, "SizPay sends the payer an SMS with the link.\n")?,
        }
        if let Some(code) = &self.code {
            writeln!(out, "{code}\n")?;
        }
        let amount = format!("{} rial", grouped(self.amount.get()));
        let mut facts = vec![
            ("Invoice", self.invoice_number.clone()),
            ("Amount", amount),
            ("Send id", self.link.send_id.to_string()),
            ("Send date", self.send_date.clone()),
        ];
        if let Some(message) = &self.link.message {
            facts.push(("Message", message.clone()));
        }
        if !self.link.unreadable.is_empty() {
            facts.push(("Unreadable", self.link.unreadable.join(", ")));
        }
        write_facts(out, &facts)?;
        writeln!(
            out,
            "\nStore the send id and the date with the order. Nobody tells you when it is paid: ask.\n\n{}",
            self.status
        )
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }
}

#[derive(Debug, Args)]
pub(super) struct SendLinkArgs {
    /// How much, in rial
    #[arg(long, value_name = "RIAL")]
    amount: String,
    /// The payer's mobile number, to which the SMS goes
    #[arg(long, value_name = "NUMBER")]
    mobile: String,
    /// Your own number of the invoice, never used before and without a comma
    #[arg(long, value_name = "NUMBER")]
    invoice_number: String,
    /// The payer's name, 50 characters at most
    #[arg(long, value_name = "NAME")]
    customer_name: Option<String>,
    /// What it is for, 50 characters at most; the SMS shows 25
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// When to draw the link as a QR code
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    qr: When,
    #[command(flatten)]
    rule: RuleArgs,
    #[command(flatten)]
    once: OnceArgs,
}

impl SendLinkArgs {
    fn amount(&self) -> Result<Rial, UsageError> {
        typed::read(Money::KEY, &self.amount)
    }

    fn link(&self) -> Result<NewLink, UsageError> {
        let mobile: Mobile = typed::read(Mobile::KEY, &self.mobile)?;
        let mut link =
            NewLink::new(&self.invoice_number, self.amount()?, mobile).map_err(typed::of_flag)?;
        if let Some(name) = &self.customer_name {
            link = link.with_customer_name(name).map_err(typed::of_flag)?;
        }
        if let Some(description) = &self.description {
            link = link.with_description(description).map_err(typed::of_flag)?;
        }
        Ok(link)
    }
}

pub(super) async fn send_link(
    args: &SendLinkArgs,
    account: &SizpayAccount<'_>,
) -> Result<(), Failure> {
    let link = args.link()?;
    let sizpay = account.sizpay()?;
    warn_of_cut(&link, account.console());
    only_copy::check()?;
    let rule = args.rule.begin()?;
    let call = sizpay.send_link(link);
    // REST alone finds a link again, in whichever way it was sent.
    let invocation = account.invocation();
    let sent = once::attempt(call, &args.once, &invocation, account.console()).await;
    let sent = match sent {
        Ok(sent) => sent.map_err(|error| CallError::of(error).into()),
        Err(failure) => Err(failure),
    };
    let sent = sent.inspect_err(|failure| take_back(rule, failure))?;
    let (send_id, day) = (sent.output.send_id.to_string(), today()?.to_string());
    let status = account.invocation_this_way()?.command(
        "sizpay status",
        &[("--send-id", &send_id), ("--send-date", &day)],
    );
    let url = sent.output.url.as_ref();
    account.console().done(&Sent {
        code: url.and_then(|url| qr::code(url.as_str(), args.qr)),
        link: sent.output.clone(),
        invoice_number: args.invoice_number.clone(),
        amount: args.amount()?,
        send_date: day,
        status,
    })?;
    sent.told(account.console());
    Ok(())
}

/// What was surely not sent does not count.
fn take_back(rule: Option<RuleFile>, failure: &Failure) {
    if failure.status() != Status::Unknown {
        rule.into_iter().for_each(RuleFile::take_back);
    }
}

/// The payer reads the SMS, and may never see what it leaves out.
fn warn_of_cut(link: &NewLink, console: &Console) {
    if let Some(cut) = link.omitted_from_sms() {
        console.note(format_args!(
            "warning: the SMS shows 25 characters of the description and leaves out \"{}\"",
            shown(cut)
        ));
    }
}

const WHETHER_DISABLED: &str = "\
SizPay's service does not tell whether a link is disabled; its panel does. Disable it again: it is
disabled then, or SizPay says that it was. Ask for its status as well: it may be paid.";

/// SizPay documents no codes of what it refuses.
const NOT_DISABLED: &str = "\
Nothing was changed. SizPay's own words say why: a link that was disabled before is refused too, and
so is one that is paid. `paylink sizpay status` shows whether it is paid.";

const NOT_SENT: &str = "\
No SMS was sent. SizPay's own words say why: it sends three at most, two minutes apart, and none of
a link that is paid or disabled.";

const REMEDY: &str = "give it if the link is the right one: a payer may have it";

#[derive(Debug, Args)]
pub(super) struct DisableArgs {
    #[command(flatten)]
    link: LinkArgs,
    #[command(flatten)]
    yes: YesArgs,
}

pub(super) async fn disable(
    args: &DisableArgs,
    account: &SizpayAccount<'_>,
) -> Result<(), Failure> {
    let (link, day) = (args.link.link()?, args.link.day()?);
    let disable = match &link {
        LinkName::SendId(id) => DisableLink::by_send_id(*id, day),
        LinkName::InvoiceNumber(number) => {
            DisableLink::by_invoice_number(number, day).map_err(typed::of_flag)?
        }
    };
    let sizpay = account.sizpay_by_rest("disables links")?;
    let question = format!(
        "Disable {}, so that nobody can pay it?",
        shown(&link.to_string())
    );
    args.yes.or_ask(&question, REMEDY, account.console())?;
    let advice = Advice {
        unknown: WHETHER_DISABLED.to_owned(),
        refused: |_| Some(NOT_DISABLED),
    };
    let accepted = once::send_unfindable(sizpay.disable_link(disable), advice).await?;
    account.console().done(&Disabled { link, accepted })
}

#[derive(Debug, Serialize)]
struct Disabled {
    #[serde(flatten)]
    link: LinkName,
    #[serde(flatten)]
    accepted: Accepted,
}

impl Report for Disabled {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let link = shown(&self.link.to_string());
        writeln!(out, "Disabled: nobody can pay {link} any more.")
    }
}

const WHETHER_SENT: &str = "\
SizPay does not tell whether an SMS went out. Count it as sent, and ask the payer.";

/// Send a link's SMS again
///
/// SizPay does so three times at most, and not within two minutes of the one before.
#[derive(Debug, Args)]
pub(super) struct ResendArgs {
    #[command(flatten)]
    link: LinkArgs,
    #[command(flatten)]
    rule: RuleArgs,
}

pub(super) async fn resend(args: &ResendArgs, account: &SizpayAccount<'_>) -> Result<(), Failure> {
    let (link, day) = (args.link.link()?, args.link.day()?);
    let resend = match &link {
        LinkName::SendId(id) => ResendSms::by_send_id(*id, day),
        LinkName::InvoiceNumber(number) => {
            ResendSms::by_invoice_number(number, day).map_err(typed::of_flag)?
        }
    };
    let sizpay = account.sizpay_by_rest("sends an SMS again")?;
    let advice = Advice {
        unknown: WHETHER_SENT.to_owned(),
        refused: |_| Some(NOT_SENT),
    };
    let rule = args.rule.count(account.console())?;
    let sent = once::send_unfindable(sizpay.resend_sms(resend), advice).await;
    let accepted = sent.inspect_err(|failure| take_back(rule, failure))?;
    account.console().done(&Resent { link, accepted })
}

#[derive(Debug, Serialize)]
struct Resent {
    #[serde(flatten)]
    link: LinkName,
    #[serde(flatten)]
    accepted: Accepted,
}

impl Report for Resent {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let link = shown(&self.link.to_string());
        writeln!(
            out,
            "The SMS of {link} is sent again. The next one has to wait two minutes."
        )
    }
}
