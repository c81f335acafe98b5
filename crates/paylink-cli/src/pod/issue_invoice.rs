use std::io::{self, Write};

use clap::Args;
use paylink::pod::{LinkOptions, NewInvoice, NewItem, Pod, Service, UniqueNumber, UserId};
use paylink::{FieldKey, Invalid, Mobile, Rial, WebUrl};
use serde::Serialize;

use super::account::PodAccount;
use super::invoice::InvoiceReport;
use crate::failure::Failure;
use crate::number::whole;
use crate::once::{self, OnceArgs};
use crate::qr::{self, When};
use crate::report::{Kept, Report};
use crate::typed;
use crate::usage_error::{ARGUMENT, UsageError};

const DEADLINE: FieldKey = FieldKey::new("deadline", "deadline");

const DESCRIPTION_HELP: &str = "What is sold; repeat it with --item-price for every further item";
const TAX_HELP: &str = "\
The tax as a part of the amount, such as 0 or 0.1; POD adds its own rate if it is not given";
const REDIRECT_HELP: &str = "\
Where the payer's browser comes back to, where a link does not say otherwise";

#[derive(Debug, Args)]
pub(super) struct IssueInvoiceArgs {
    /// Your own number of the invoice, never used before
    #[arg(long, value_name = "NUMBER")]
    bill_number: String,
    /// The code of one of your guilds, from POD's panel
    #[arg(long, value_name = "CODE")]
    guild_code: String,
    #[arg(long = "item-description", value_name = "TEXT", required = true, help = DESCRIPTION_HELP)]
    item_descriptions: Vec<String>,
    /// What one piece of the item costs, in rial
    #[arg(long = "item-price", value_name = "RIAL", required = true)]
    prices: Vec<String>,
    /// How many pieces; for every item, or for none: that is one of each
    #[arg(long = "item-quantity", value_name = "COUNT", value_parser = whole::<u32>)]
    quantities: Vec<u32>,
    /// The item's number among your products, 0 for free text; for every item, or for none
    #[arg(long = "product-id", value_name = "ID", value_parser = whole::<u64>)]
    product_ids: Vec<u64>,
    /// Issue it to this user: SMS and the link by invoice need one
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,
    /// The payer's mobile number, to store with it
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[arg(long, value_name = "URL", help = REDIRECT_HELP)]
    redirect_url: Option<String>,
    /// The last day on which it may be paid, Jalali such as 1405/12/29
    #[arg(long, value_name = "DATE")]
    deadline: Option<String>,
    #[arg(long, value_name = "RATE", help = TAX_HELP)]
    tax_rate: Option<String>,
    /// Want the payment verified within the hour, or the money goes back
    #[arg(long)]
    verification_needed: bool,
    /// Count the payment as verified when nobody did it in time
    #[arg(long, requires = "verification_needed")]
    verify_after_timeout: bool,
    /// Data of your own to store with it, a JSON object
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,
    /// When to draw the pay link as a QR code
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    qr: When,
    #[command(flatten)]
    once: OnceArgs,
}

impl IssueInvoiceArgs {
    fn invoice(&self) -> Result<NewInvoice, UsageError> {
        let mut items = self.items()?.into_iter();
        let first = items
            .next()
            .ok_or_else(|| Invalid::new(ARGUMENT, "is missing").at("--item-description"))?;
        let mut invoice =
            NewInvoice::new(&self.bill_number, &self.guild_code, first).map_err(typed::of_flag)?;
        for item in items {
            invoice = invoice.with_item(item).map_err(typed::of_flag)?;
        }
        if let Some(user) = &self.user_id {
            invoice = invoice.with_user(typed::read(UserId::KEY, user)?);
        }
        if let Some(mobile) = &self.mobile {
            invoice = invoice.with_mobile(typed::read(Mobile::KEY, mobile)?);
        }
        if let Some(deadline) = &self.deadline {
            invoice = invoice.with_deadline(typed::read(DEADLINE, deadline)?);
        }
        if let Some(url) = &self.redirect_url {
            invoice = invoice.with_redirect(url).map_err(typed::of_flag)?;
        }
        self.finish(invoice).map_err(typed::of_flag)
    }

    fn finish(&self, mut invoice: NewInvoice) -> Result<NewInvoice, Invalid> {
        if let Some(text) = &self.description {
            invoice = invoice.with_description(text);
        }
        if let Some(rate) = &self.tax_rate {
            invoice = invoice.with_tax_rate(rate)?;
        }
        if self.verification_needed {
            invoice = invoice.with_verification();
        }
        if self.verify_after_timeout {
            invoice = invoice.with_verification_timeout();
        }
        match &self.metadata {
            Some(json) => invoice.with_metadata(json),
            None => Ok(invoice),
        }
    }

    /// Reads the parallel lists: the first of each makes the first item.
    fn items(&self) -> Result<Vec<NewItem>, UsageError> {
        let count = self.item_descriptions.len();
        for (flag, given, may_lack) in [
            ("--item-price", self.prices.len(), false),
            ("--item-quantity", self.quantities.len(), true),
            ("--product-id", self.product_ids.len(), true),
        ] {
            if given != count && !(may_lack && given == 0) {
                return Err(Invalid::new(ARGUMENT, "is not there once for every item")
                    .at(flag)
                    .with_remedy("give it as often as --item-description, in the same order")
                    .into());
            }
        }
        let quantities = self.quantities.iter().copied().map(Some);
        let products = self.product_ids.iter().copied().map(named);
        self.item_descriptions
            .iter()
            .zip(&self.prices)
            .zip(quantities.chain(std::iter::repeat(None)))
            .zip(products.chain(std::iter::repeat(None)))
            .map(|(((description, price), quantity), product)| {
                let price: Rial = typed::read(NewItem::PRICE, price)?;
                let mut item = NewItem::new(description, price).map_err(typed::of_flag)?;
                if let Some(quantity) = quantity {
                    item = item.with_quantity(quantity).map_err(typed::of_flag)?;
                }
                match product {
                    Some(id) => item.with_product(id).map_err(typed::of_flag),
                    None => Ok(item),
                }
            })
            .collect()
    }
}

/// Zero stands for free text.
fn named(product: u64) -> Option<u64> {
    (product != 0).then_some(product)
}

pub(super) async fn run(args: &IssueInvoiceArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let invoice = args.invoice()?;
    let pod = account.client_of(Service::IssueInvoice)?;
    let console = account.console();
    let invocation = account.invocation();
    let sent = once::send(pod.issue_invoice(invoice), &args.once, &invocation, console).await?;
    let invoice = InvoiceReport::answered(sent.output.clone());
    let link = link(&pod, invoice.invoice().unique_number.as_deref());
    let id = invoice.invoice().id.to_string();
    let next = if args.verification_needed {
        "pod verify-invoice"
    } else {
        "pod invoices"
    };
    console.done(&Issued {
        code: link
            .as_ref()
            .and_then(|link| qr::code(link.as_str(), args.qr)),
        link,
        invoice,
        verification_needed: args.verification_needed,
        next: invocation.command(next, &[("--invoice-id", &id)]),
    })?;
    sent.told(console);
    Ok(())
}

/// The link by which anybody may pay, if POD gave the number for one.
fn link(pod: &Pod, unique_number: Option<&str>) -> Option<WebUrl> {
    let number: UniqueNumber = unique_number?.parse().ok()?;
    pod.link_by_unique_number(&number, &LinkOptions::new()).ok()
}

/// What was issued, and what comes next.
#[derive(Debug, Serialize)]
struct Issued {
    #[serde(flatten)]
    invoice: InvoiceReport,
    link: Option<WebUrl>,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    verification_needed: bool,
    #[serde(skip)]
    next: String,
}

impl Report for Issued {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.link {
            Some(link) => writeln!(
                out,
                "The invoice is issued. Anybody may pay it by this link:\n\n{link}\n"
            )?,
            None => writeln!(out, "The invoice is issued.\n")?,
        }
        if let Some(code) = &self.code {
            writeln!(out, "{code}\n")?;
        }
        self.invoice.write_text(out)?;
        let next = if self.verification_needed {
            "When it is paid, verify it within the hour, or the money goes back:"
        } else {
            "This shows whether it is paid:"
        };
        writeln!(out, "\n{next}\n\n{}", self.next)
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }
}
