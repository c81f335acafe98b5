use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use clap::Args;
use paylink::pod::{Gateway, LinkOptions, Service, UniqueNumber};
use paylink::{Invalid, ReturnUrl, WebUrl};
use serde::Serialize;

use super::InvoiceIdArgs;
use super::account::PodAccount;
use crate::cli::APP_HELP;
use crate::failure::Failure;
use crate::qr::{self, When};
use crate::report::Report;
use crate::suggested::Suggested;
use crate::text::write_facts;
use crate::time_left::time_left;
use crate::typed;

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
