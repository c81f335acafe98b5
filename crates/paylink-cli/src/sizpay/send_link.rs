use clap::Args;
use paylink::sizpay::NewLink;
use paylink::{Mobile, Money, Rial};

use super::account::SizpayAccount;
use super::link_args::today;
use super::sent::Sent;
use crate::console::Console;
use crate::failure::Failure;
use crate::once::{self, OnceArgs};
use crate::qr::{self, When};
use crate::text::shown;
use crate::typed;
use crate::usage_error::UsageError;

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

pub(super) async fn run(args: &SendLinkArgs, account: &SizpayAccount<'_>) -> Result<(), Failure> {
    let link = args.link()?;
    let sizpay = account.sizpay()?;
    warn_of_cut(&link, account.console());
    let sent = once::send(
        sizpay.send_link(link),
        &args.once,
        // REST alone finds a link again, in whichever way it was sent.
        &account.invocation(),
        account.console(),
    )
    .await?;
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

/// The payer reads the SMS, and may never see what it leaves out.
fn warn_of_cut(link: &NewLink, console: &Console) {
    if let Some(cut) = link.omitted_from_sms() {
        console.note(format_args!(
            "warning: the SMS shows 25 characters of the description and leaves out \"{}\"",
            shown(cut)
        ));
    }
}
