use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use clap::Args;
use paylink::pod::{Gateway, InvoiceId, LinkOptions, Service, ShareLink, UniqueNumber, UserId};
use paylink::{Effect, Invalid, ReturnUrl, WebUrl};
use serde::Serialize;

use super::payments::Done;
use super::sms::UNKNOWN;
use super::{CallerArgs, InvoiceIdArgs, PodAccount};
use crate::cli::APP_HELP;
use crate::failure::{Failure, Status};
use crate::once::{self, Advice};
use crate::qr::{self, When};
use crate::report::Report;
use crate::table::write_facts;
use crate::text::time_left;
use crate::typed::{self, Suggested};

const GATEWAYS: Suggested = Suggested(&["PEP", "LOC"]);

const REDIRECT_HELP: &str = "\
Where the payer's browser comes back to, such as https://shop.example/back";

/// Where the payer goes and comes back to.
#[derive(Debug, Args)]
struct WayArgs {
    #[arg(long, value_name = "URL", help = REDIRECT_HELP)]
    redirect_url: Option<String>,
    #[arg(long, value_name = "URL", help = APP_HELP, conflicts_with = "redirect_url")]
    redirect_app: Option<String>,
    /// Where POD reports a payment to; nothing signs the report
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    /// PEP goes straight to the bank's page; LOC pays by itself, in the sandbox alone
    #[arg(long, value_name = "CODE", value_parser = GATEWAYS)]
    gateway: Option<String>,
    /// When to draw the link as a QR code
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    qr: When,
}

impl WayArgs {
    fn options(&self) -> Result<LinkOptions, Invalid> {
        let mut options = LinkOptions::new();
        if let Some(url) = &self.redirect_url {
            options = options.with_redirect(url)?;
        }
        if let Some(url) = &self.redirect_app {
            options = options.with_redirect(
                ReturnUrl::parse_app(ReturnUrl::KEY, url)
                    .map_err(|invalid| invalid.at("--redirect-app"))?,
            )?;
        }
        if let Some(url) = &self.callback_url {
            options = options.with_callback(url)?;
        }
        match self.gateway.as_deref() {
            None => Ok(options),
            Some("PEP") => Ok(options.with_gateway(Gateway::Pep)),
            Some("LOC") => Ok(options.with_gateway(Gateway::Local)),
            Some(other) => Err(Invalid::new(Gateway::KEY, "is not known")
                .with_value(other)
                .with_remedy("use PEP or LOC, or leave it out")),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct LinkByUniqueNumberArgs {
    /// The unique number of the invoice, as `issue-invoice` printed it
    #[arg(long, value_name = "NUMBER")]
    unique_number: String,
    #[command(flatten)]
    way: WayArgs,
}

#[derive(Debug, Args)]
pub(super) struct LinkByInvoiceArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    #[command(flatten)]
    way: WayArgs,
}

#[derive(Debug, Args)]
pub(super) struct PaymentLinkArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    #[command(flatten)]
    way: WayArgs,
}

pub(super) fn by_unique_number(
    args: &LinkByUniqueNumberArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let number = typed::read(UniqueNumber::KEY, &args.unique_number)?;
    let options = args.way.options().map_err(typed::of_flag)?;
    let link = account
        .client_of_none()?
        .link_by_unique_number(&number, &options)
        .map_err(typed::of_flag)?;
    let says = "Anybody may pay by this link:";
    account
        .console()
        .done(&Link::lasting(link, says, args.way.qr))
}

pub(super) fn by_invoice(
    args: &LinkByInvoiceArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let options = args.way.options().map_err(typed::of_flag)?;
    let link = account
        .client_of_none()?
        .link_by_invoice(id, &options)
        .map_err(typed::of_flag)?;
    let says = "The user that the invoice was issued to may pay by this link:";
    account
        .console()
        .done(&Link::lasting(link, says, args.way.qr))
}

/// Asks for a short-lived link.
pub(super) async fn ask(args: &PaymentLinkArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let options = args.way.options().map_err(typed::of_flag)?;
    let pod = account.client_of(Service::PaymentLink)?;
    let answered = pod.payment_link(id, options).await.map_err(typed::unsent)?;
    let link = answered.value;
    let left = link.time_left(SystemTime::now());
    account.console().done(&Link {
        seconds_left: Some(left.as_secs()),
        reference_number: answered.reference_number,
        ..Link::lasting(
            link.url,
            "Anybody may pay by this link for a short time:",
            args.way.qr,
        )
    })
}

/// A link to send the payer to.
#[derive(Debug, Serialize)]
struct Link {
    link: WebUrl,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_number: Option<String>,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    says: &'static str,
}

impl Link {
    fn lasting(link: WebUrl, says: &'static str, qr: When) -> Link {
        Link {
            code: qr::code(link.as_str(), qr),
            link,
            seconds_left: None,
            reference_number: None,
            says,
        }
    }
}

impl Report for Link {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n\n{}", self.says, self.link)?;
        if let Some(code) = &self.code {
            writeln!(out, "\n{code}")?;
        }
        let left = self.seconds_left.map(Duration::from_secs).map(time_left);
        let facts = [
            ("Time left", left),
            ("Reference", self.reference_number.clone()),
        ];
        let present: Vec<_> = facts
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        if present.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        write_facts(out, &present)
    }
}

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

pub(super) async fn share_link(
    args: &ShareLinkArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
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
        done_before: false,
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
    invoice_id: InvoiceId,
    reference_number: Option<String>,
}

impl NotSent {
    fn of(done: Done) -> NotSent {
        NotSent {
            kind: "not_sent",
            effect: Effect::NotExecuted,
            message: "POD says that the link was not sent; the user may have no confirmed mobile number",
            invoice_id: done.invoice_id,
            reference_number: done.reference_number,
        }
    }
}

impl Report for NotSent {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)
    }
}
