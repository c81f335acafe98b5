use std::io::{self, Write};

use clap::Args;
use paylink::Effect;
use paylink::pod::{Service, ShareLink, UserId};
use serde::Serialize;

use super::InvoiceIdArgs;
use super::account::PodAccount;
use super::credit::CallerArgs;
use super::done::Done;
use super::send_payment_sms::UNKNOWN;
use crate::failure::Failure;
use crate::once::{self, Advice};
use crate::report::Report;
use crate::status::Status;
use crate::typed;

#[derive(Debug, Args)]
pub(super) struct ShareLinkArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    /// The user to send it to
    #[arg(long, value_name = "ID")]
    user_id: String,
    /// Where the payer's browser comes back to
    #[arg(long, value_name = "URL")]
    redirect_url: Option<String>,
    #[command(flatten)]
    caller: CallerArgs,
}

pub(super) async fn run(args: &ShareLinkArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let mut share = ShareLink::new(id, typed::read(UserId::KEY, &args.user_id)?);
    if let Some(url) = &args.redirect_url {
        share = share.with_redirect(url).map_err(typed::of_flag)?;
    }
    if let Some(token) = args.caller.token(account)? {
        share = share.with_user_token(token);
    }
    let pod = account.client_of(Service::ShareLink)?;
    let advice = Advice {
        unknown: UNKNOWN.to_owned(),
        refused: |_| None,
    };
    let answered = once::send_unfindable(pod.share_link(share), advice).await?;
    let done = Done {
        invoice_id: id,
        reference_number: answered.reference_number,
        message: None,
        says: "The link is sent by SMS.",
    };
    if answered.value {
        account.console().done(&done)
    } else {
        Err(Failure::new(Status::Refused, NotSent::of(done)))
    }
}

/// POD took the request and says that nothing was sent.
#[derive(Debug, Serialize)]
struct NotSent {
    kind: &'static str,
    effect: Effect,
    message: &'static str,
    #[serde(flatten)]
    done: Done,
}

impl NotSent {
    fn of(done: Done) -> NotSent {
        NotSent {
            kind: "not_sent",
            effect: Effect::NotExecuted,
            message: "POD says that the link was not sent; the user may have no confirmed mobile number",
            done,
        }
    }
}

impl Report for NotSent {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
