use std::io::{self, Write};

use clap::{ArgGroup, Args};
use paylink::core::digits;
use paylink::zipay::{CreatedInvoice, Invoice, ListInvoices, NewInvoice, Sort, Status};
use paylink::{Advice, Error, ErrorKind, Invalid, Money, NationalId, ReturnUrl};
use serde::Serialize;

use super::settle::NotPaid;
use super::{CURRENCIES, TERMINAL, TrackIdArgs, price};
use crate::account::Account;
use crate::cli::APP_HELP;
use crate::console::Console;
use crate::failure::{CallError, Failure, UsageError};
use crate::next_step::Invocation;
use crate::once::{self, OnceArgs};
use crate::only_copy;
use crate::qr::{self, When};
use crate::report::{Kept, Report};
use crate::table::{Column, table, write_facts};
use crate::text::{amount, shown};
use crate::typed::{self, within};

/// An invoice, with a word on what its state means.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct InvoiceReport(pub(super) Invoice);

impl Report for InvoiceReport {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        write_invoice(out, &self.0)
    }
}

/// An invoice to which something was to be done once.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    /// Whether it was done by an earlier call, and nothing by this one.
    done_before: bool,
    #[serde(flatten)]
    invoice: Invoice,
    #[serde(skip)]
    says: Option<&'static str>,
}

impl Changed {
    /// It is done now.
    pub(super) fn now(invoice: Invoice) -> Changed {
        Changed {
            done_before: false,
            invoice,
            says: None,
        }
    }

    /// It was done before, which is said in a sentence.
    pub(super) fn before(invoice: Invoice, says: &'static str) -> Changed {
        Changed {
            done_before: true,
            invoice,
            says: Some(says),
        }
    }
}

impl Report for Changed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(says) = self.says {
            writeln!(out, "{says}\n")?;
        }
        write_invoice(out, &self.invoice)
    }
}

/// Writes every field that is there.
pub(super) fn write_invoice(out: &mut dyn Write, invoice: &Invoice) -> io::Result<()> {
    let status = format!("{}, {}", invoice.status, meaning(&invoice.status));
    let mut facts = vec![
        ("Invoice", invoice.invoice_number.clone()),
        ("Status", status),
        ("Amount", amount(&invoice.amount)),
        ("Terminal", invoice.terminal.to_string()),
        ("Trackid", invoice.track_id.to_string()),
    ];
    let names = [
        invoice.payer_first_name.as_deref(),
        invoice.payer_last_name.as_deref(),
    ];
    let payer = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let others = [
        ("Created", invoice.date.clone()),
        ("Paid", invoice.pay_date.clone()),
        (
            "Transaction",
            invoice.transaction_id.map(|id| id.to_string()),
        ),
        ("National id", invoice.national_id.clone()),
        ("Payer", Some(payer).filter(|_| invoice.pay_date.is_some())),
        ("Email", invoice.payer_email.clone()),
        (
            "Account",
            invoice
                .payer_account_number
                .map(|number| number.to_string()),
        ),
        ("Unreadable", Some(invoice.unreadable.join(", "))),
    ];
    let present = others.into_iter().filter_map(|(name, value)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some((name, value))
    });
    facts.extend(present);
    write_facts(out, &facts)
}

/// What a state means for the merchant.
pub(super) fn meaning(status: &Status) -> &'static str {
    match status {
        Status::Generated => "the payer was not there yet",
        Status::Waiting => "the payer is about to pay",
        Status::Pending => "paid; settle it within 30 minutes of the payment",
        Status::Completed => "paid and confirmed, the money is yours",
        Status::Rejected => "not paid, or given back",
        Status::Refunded => "given back by you",
        _ => "a state that this release does not know",
    }
}

const CALLBACK_HELP: &str =
    "Where the payer's browser comes back to, such as https://shop.example/back";

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("way_back").required(true).args(["callback", "callback_app"]))]
pub(super) struct CreateInvoiceArgs {
    /// Your own number of the invoice, 1 to 200 characters, never used before at this terminal
    #[arg(long, value_name = "NUMBER")]
    invoice_number: String,
    /// How much, such as 250,000 or 100.99
    #[arg(long)]
    amount: String,
    /// In which currency; IRT is toman, not rial
    #[arg(long, value_parser = CURRENCIES)]
    currency: String,
    #[arg(long, value_name = "URL", help = CALLBACK_HELP)]
    callback: Option<String>,
    #[arg(long, value_name = "URL", help = APP_HELP)]
    callback_app: Option<String>,
    /// Where ZiPay reports the payment to
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// The only person who may pay, by national id
    #[arg(long, value_name = "ID")]
    national_id: Option<String>,
    /// The same for a foreigner, by the 12 digits of the fida code
    #[arg(long, value_name = "ID", conflicts_with = "national_id")]
    foreigner_id: Option<String>,
    /// At which terminal, if not at the configured one
    #[arg(long, value_name = "NUMBER")]
    terminal: Option<String>,
    /// When to draw the pay link as a QR code
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    qr: When,
    #[command(flatten)]
    once: OnceArgs,
}

impl CreateInvoiceArgs {
    fn invoice(&self, price: Money) -> Result<NewInvoice, Invalid> {
        let callback = match &self.callback_app {
            Some(url) => ReturnUrl::parse_app(NewInvoice::CALLBACK, url)
                .map_err(|invalid| invalid.at("--callback-app"))?,
            None => ReturnUrl::parse(
                NewInvoice::CALLBACK,
                self.callback.as_deref().unwrap_or_default(),
            )?,
        };
        let mut invoice = NewInvoice::new(&self.invoice_number, price, callback)?;
        if let Some(webhook) = &self.webhook {
            invoice = invoice.with_webhook(webhook)?;
        }
        if let Some(national_id) = &self.national_id {
            invoice = invoice.with_national_id(NationalId::parse(national_id)?);
        }
        if let Some(id) = &self.foreigner_id {
            let id = NationalId::parse_foreign(id);
            invoice = invoice.with_national_id(id.map_err(|invalid| invalid.at("--foreigner-id"))?);
        }
        Ok(invoice)
    }
}

pub(super) async fn create_invoice(
    args: &CreateInvoiceArgs,
    account: &Account<'_>,
) -> Result<(), Failure> {
    let price = price(&args.amount, &args.currency)?;
    let invoice = args.invoice(price).map_err(typed::of_flag)?;
    let zipay = account.zipay_at(args.terminal.as_deref())?;
    let invocation = account.invocation();
    only_copy::check()?;
    let call = zipay.create_invoice(invoice);
    let sent = once::attempt(call, &args.once, &invocation, account.console).await?;
    let sent = sent.map_err(|error| refused(error, &args.invoice_number, &invocation))?;
    let created = sent.output.clone();
    let settle = invocation
        .with("--terminal", args.terminal.as_deref())
        .command(
            "zipay settle",
            &[
                ("--trackid", created.track_id.as_str()),
                ("--invoice-number", &args.invoice_number),
                ("--amount", &price.amount()),
                ("--currency", price.currency().code()),
            ],
        );
    let code = qr::code(created.redirect.as_str(), args.qr);
    account.console.done(&Created {
        created,
        invoice_number: args.invoice_number.clone(),
        price,
        code,
        settle,
    })?;
    sent.told(account.console);
    Ok(())
}

/// What was surely not created. Where the number may be taken, there may be an invoice of it.
fn refused(error: Error, number: &str, invocation: &Invocation) -> Failure {
    if error.advice() != Some(Advice::ResolveFirst) {
        return CallError::of(error).into();
    }
    let list = invocation.command("zipay list", &[("--invoice-number", number)]);
    let advice = format!(
        "If it is the number that ZiPay does not accept, an invoice of it is there, which this command shows. A new \
         invoice needs a new number.\n\n{list}"
    );
    CallError::of(error).advice(advice).into()
}

/// What was created, and what comes next.
#[derive(Debug, Serialize)]
struct Created {
    #[serde(flatten)]
    created: CreatedInvoice,
    #[serde(skip)]
    invoice_number: String,
    #[serde(skip)]
    price: Money,
    #[serde(skip)]
    code: Option<String>,
    #[serde(skip)]
    settle: String,
}

impl Report for Created {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "The invoice is created. Send the payer to this link:\n"
        )?;
        writeln!(out, "{}\n", self.created.redirect)?;
        if let Some(code) = &self.code {
            writeln!(out, "{code}\n")?;
        }
        write_facts(
            out,
            &[
                ("Invoice", self.invoice_number.clone()),
                ("Amount", amount(&self.price)),
                ("Trackid", self.created.track_id.to_string()),
            ],
        )?;
        writeln!(
            out,
            "\nWhen it is paid, settle it within 30 minutes, or the money goes back:\n\n{}",
            self.settle
        )
    }

    fn kept(&self) -> Kept {
        Kept::HereAlone
    }
}

/// Invoices between two words on how far a long list has come.
const STRIDE: usize = 500;

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only those in this state
    #[arg(long, value_parser = ["generated", "waiting", "pending", "completed", "rejected", "refunded"])]
    status: Option<String>,
    /// Only those with this number
    #[arg(long, value_name = "NUMBER")]
    invoice_number: Option<String>,
    /// Only those of this terminal; those of all if it is not given
    #[arg(long, value_name = "NUMBER")]
    terminal: Option<String>,
    /// How many on a page, 1 to 500; ZiPay's 10 if it is not given
    #[arg(long, value_name = "COUNT", value_parser = within::<1, 500>)]
    limit: Option<u32>,
    /// Which page; the first is 1
    #[arg(long, value_name = "NUMBER", value_parser = within::<1, { u32::MAX }>)]
    page: Option<u32>,
    /// The newest first (desc) or the oldest (asc)
    #[arg(long, value_name = "ORDER", value_parser = ["desc", "asc"])]
    sort: Option<String>,
    /// Every page from the first to the last; the oldest first unless --sort says otherwise
    #[arg(long, conflicts_with = "page")]
    all: bool,
}

impl ListArgs {
    fn list(&self) -> Result<ListInvoices, UsageError> {
        let mut list = ListInvoices::new();
        if let Some(typed) = &self.terminal {
            list = list
                .with_terminal(terminal(typed)?)
                .map_err(typed::of_flag)?;
        }
        self.narrow(list).map_err(typed::of_flag)
    }

    fn narrow(&self, mut list: ListInvoices) -> Result<ListInvoices, Invalid> {
        if let Some(status) = &self.status {
            list = list.with_status(Status::from(status.as_str()));
        }
        if let Some(number) = &self.invoice_number {
            list = list.with_invoice_number(number)?;
        }
        if let Some(limit) = self.limit {
            list = list.with_limit(limit)?;
        }
        if let Some(page) = self.page {
            list = list.with_page(page)?;
        }
        match self.sort.as_deref() {
            Some("desc") => Ok(list.with_sort(Sort::NewestFirst)),
            Some(_) => Ok(list.with_sort(Sort::OldestFirst)),
            None => Ok(list),
        }
    }
}

/// Reads a terminal's number.
fn terminal(typed: &str) -> Result<u64, UsageError> {
    digits::whole(TERMINAL, typed).map_err(|invalid| {
        typed::of_flag(invalid.with_remedy("take it from ZiPay's panel, such as 1003"))
    })
}

pub(super) async fn list(args: &ListArgs, account: &Account<'_>) -> Result<(), Failure> {
    let list = args.list()?;
    let zipay = account.zipay()?;
    if !args.all {
        let page = zipay.list_invoices(list).await.map_err(CallError::of)?;
        let place = Some(Place {
            page: page.page,
            total: page.total,
            limit: page.limit,
            sort: page.sort,
        });
        return account.console.done(&Listed {
            invoices: page.invoices,
            place,
        });
    }
    let mut every = zipay.all_invoices(list);
    let mut invoices = Vec::new();
    while let Some(invoice) = every.next().await {
        invoices.push(invoice.map_err(CallError::of)?);
        tell_progress(account.console, invoices.len());
    }
    account.console.done(&Listed {
        invoices,
        place: None,
    })
}

fn tell_progress(console: &Console, count: usize) {
    if count.is_multiple_of(STRIDE) {
        console.progress(format_args!("{count} invoices so far"));
    }
}

#[derive(Debug, Serialize)]
struct Listed {
    invoices: Vec<Invoice>,
    #[serde(flatten)]
    place: Option<Place>,
}

/// Where a page stands among the others.
#[derive(Debug, Serialize)]
struct Place {
    page: u32,
    total: Option<u64>,
    limit: Option<u64>,
    sort: Option<String>,
}

impl Place {
    fn told(&self, count: usize) -> String {
        let page = self.page;
        let mut told = match self.total {
            Some(total) => format!("{count} of {total}, page {page}"),
            None => format!("{count} on page {page}"),
        };
        if let Some(limit) = self.limit {
            told.push_str(&format!(", {limit} a page"));
        }
        match self.sort.as_deref() {
            Some("desc") => told.push_str(", newest first"),
            Some("asc") => told.push_str(", oldest first"),
            _ => {}
        }
        told
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let count = self.invoices.len();
        if count > 0 {
            let columns = [
                Column::id("INVOICE"),
                Column::word("STATUS"),
                Column::word("AMOUNT"),
                Column::word("CREATED").spare(0),
                Column::id("TRACKID"),
            ];
            table(columns, self.invoices.iter().map(row)).write(out)?;
            writeln!(out)?;
        }
        match &self.place {
            _ if count == 0 => writeln!(out, "No invoices."),
            Some(place) => writeln!(out, "{}", place.told(count)),
            None => writeln!(out, "{count} in all"),
        }
    }
}

fn row(invoice: &Invoice) -> Vec<String> {
    let created = invoice.date.as_deref().unwrap_or("-");
    let day = created.split_once(' ').map_or(created, |(day, _)| day);
    vec![
        shown(&invoice.invoice_number),
        shown(invoice.status.as_str()),
        invoice.amount.to_string(),
        shown(day),
        invoice.track_id.to_string(),
    ]
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    invoice: TrackIdArgs,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn verify(args: &VerifyArgs, account: &Account<'_>) -> Result<(), Failure> {
    let track_id = args.invoice.parse()?;
    let zipay = account.zipay()?;
    let call = zipay.verify_invoice(&track_id);
    let sent = once::attempt(call, &args.once, &account.invocation(), account.console).await?;
    match sent {
        Ok(sent) => {
            account.console.done(&Changed::now(sent.output.clone()))?;
            sent.told(account.console);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::Refused => {
            // ZiPay has one code for whatever it does not accept: the invoice tells why.
            match zipay.invoice_status(&track_id).await {
                Ok(invoice) => unverified(invoice, error, account.console),
                Err(_) => Err(CallError::of(error).into()),
            }
        }
        Err(error) => Err(CallError::of(error).into()),
    }
}

/// What a refused verification comes to, by the state of its invoice.
fn unverified(invoice: Invoice, error: Error, console: &Console) -> Result<(), Failure> {
    match invoice.status {
        Status::Completed => {
            let says = "It was verified before. Nothing was confirmed now.";
            console.done(&Changed::before(invoice, says))
        }
        Status::Generated | Status::Waiting | Status::Rejected | Status::Refunded => {
            Err(NotPaid::unsettled(invoice).into())
        }
        _ => Err(CallError::of(error).into()),
    }
}
