use std::io::{self, Write};

use clap::Args;
use paylink::sizpay::{Accepted, ResendSms};
use serde::Serialize;

use super::account::SizpayAccount;
use super::link_args::{LinkArgs, LinkName};
use crate::failure::Failure;
use crate::once::{self, Advice};
use crate::report::Report;
use crate::text::shown;
use crate::typed;

const UNKNOWN: &str = "\
SizPay does not tell whether an SMS went out. Count it as sent, and ask the payer.";

/// Send a link's SMS again
///
/// SizPay does so three times at most, and not within two minutes of the one before.
#[derive(Debug, Args)]
pub(super) struct ResendArgs {
    #[command(flatten)]
    link: LinkArgs,
}

pub(super) async fn run(args: &ResendArgs, account: &SizpayAccount<'_>) -> Result<(), Failure> {
    let (link, day) = (args.link.link()?, args.link.day()?);
    let resend = match &link {
        LinkName::SendId(id) => ResendSms::by_send_id(*id, day),
        LinkName::InvoiceNumber(number) => {
            ResendSms::by_invoice_number(number, day).map_err(typed::of_flag)?
        }
    };
    let sizpay = account.sizpay_by_rest("sends an SMS again")?;
    let advice = Advice {
        unknown: UNKNOWN.to_owned(),
        refused: |_| None,
    };
    let accepted = once::send_unfindable(sizpay.resend_sms(resend), advice).await?;
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
