use std::io::{self, Write};

use clap::Args;
use paylink::Invalid;
use paylink::core::digits;
use paylink::zipay::{Invoice, ListInvoices, Sort, Status};
use serde::Serialize;

use super::account::TERMINAL;
use crate::account::Account;
use crate::call_error::CallError;
use crate::console::Console;
use crate::failure::Failure;
use crate::number::within;
use crate::report::Report;
use crate::table::{spare, table};
use crate::text::shown;
use crate::typed;
use crate::usage_error::UsageError;

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

pub(super) async fn run(args: &ListArgs, account: &Account<'_>) -> Result<(), Failure> {
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
        console.note(format_args!("{count} invoices so far"));
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
            let header = ["INVOICE", "STATUS", "AMOUNT", "CREATED", "TRACKID"];
            let mut table = table(&header, self.invoices.iter().map(row), &[0]);
            spare(&mut table, 3);
            writeln!(out, "{}\n", table.trim_fmt())?;
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
