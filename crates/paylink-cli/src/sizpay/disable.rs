use std::io::{self, Write};

use clap::Args;
use paylink::sizpay::{Accepted, DisableLink};
use serde::Serialize;

use super::account::SizpayAccount;
use super::link_args::{LinkArgs, LinkName};
use crate::consent::YesArgs;
use crate::failure::Failure;
use crate::once::{self, Advice};
use crate::report::Report;
use crate::text::shown;
use crate::typed;

const UNKNOWN: &str = "\
SizPay's service does not tell whether a link is disabled; its panel does. Disable it again: it is
disabled then, or SizPay says that it was. Ask for its status as well: it may be paid.";

const REMEDY: &str = "give it if the link is the right one: a payer may have it";

#[derive(Debug, Args)]
pub(super) struct DisableArgs {
    #[command(flatten)]
    link: LinkArgs,
    #[command(flatten)]
    yes: YesArgs,
}

pub(super) async fn run(args: &DisableArgs, account: &SizpayAccount<'_>) -> Result<(), Failure> {
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
        unknown: UNKNOWN.to_owned(),
        refused: |_| None,
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
