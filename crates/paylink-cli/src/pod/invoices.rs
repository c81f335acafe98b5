use std::io::{self, Write};

use clap::Args;
use paylink::FieldKey;
use paylink::pod::{
    BillNumber, GuildCode, Invoice, InvoiceId, InvoiceKey, InvoiceList, ListInvoices, PodResponse,
    Service, UniqueNumber, UserId,
};
use serde::Serialize;

use super::account::PodAccount;
use super::invoice::{InvoiceReport, in_tehran};
use crate::call_error::CallError;
use crate::failure::Failure;
use crate::number::whole;
use crate::report::Report;
use crate::table::{spare, table};
use crate::text::shown;
use crate::typed;
use crate::usage_error::UsageError;

const FIRST_ID: FieldKey = FieldKey::new("first_id", "first id");
const LAST_ID: FieldKey = FieldKey::new("last_id", "last id");
const FROM_DATE: FieldKey = FieldKey::new("from_date", "from date");
const TO_DATE: FieldKey = FieldKey::new("to_date", "to date");

const FIRST_HELP: &str = "Begin at this id and go on to later ones";
const LAST_HELP: &str = "Begin at this id and go back to earlier ones";
const FROM_HELP: &str = "Only those issued from then on, as Jalali \"1405/08/30 12:00:00\"";

#[derive(Debug, Args)]
pub(super) struct InvoicesArgs {
    /// Pass over this many; 0 if no other beginning is given
    #[arg(long, value_name = "COUNT", value_parser = whole::<u64>, conflicts_with_all = ["first_id", "last_id"])]
    offset: Option<u64>,
    #[arg(long, value_name = "ID", help = FIRST_HELP, conflicts_with = "last_id")]
    first_id: Option<String>,
    #[arg(long, value_name = "ID", help = LAST_HELP)]
    last_id: Option<String>,
    /// How many at most, 1 to 500
    #[arg(long, value_name = "COUNT", value_parser = whole::<u32>)]
    size: Option<u32>,
    /// The one with this id
    #[arg(long, value_name = "ID", conflicts_with_all = ["bill_number", "offset", "first_id", "last_id"])]
    invoice_id: Option<String>,
    /// The one with this number of your own
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["offset", "first_id", "last_id"])]
    bill_number: Option<String>,
    /// The one with this unique number
    #[arg(long, value_name = "NUMBER")]
    unique_number: Option<String>,
    #[arg(long, value_name = "TIME", help = FROM_HELP)]
    from_date: Option<String>,
    /// Only those issued until then
    #[arg(long, value_name = "TIME")]
    to_date: Option<String>,
    /// Only those that are paid, or those that are not
    #[arg(long, value_name = "TRUTH")]
    paid: Option<bool>,
    /// Only those whose payer is at the gateway, or those whose payer is not
    #[arg(long, value_name = "TRUTH")]
    waiting: Option<bool>,
    /// Only those that are cancelled, or those that are not
    #[arg(long, value_name = "TRUTH")]
    cancelled: Option<bool>,
    /// Only those that are closed, or those that are not
    #[arg(long, value_name = "TRUTH")]
    closed: Option<bool>,
    /// Only those of this guild
    #[arg(long, value_name = "CODE")]
    guild_code: Option<String>,
    /// Only those issued to this user
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,
}

impl InvoicesArgs {
    fn list(&self) -> Result<ListInvoices, UsageError> {
        let mut list = self.beginning()?;
        if let Some(size) = self.size {
            list = list.with_size(size).map_err(typed::of_flag)?;
        }
        if let Some(number) = &self.unique_number {
            list = list.with_unique_number(typed::read(UniqueNumber::KEY, number)?);
        }
        if let Some(time) = &self.from_date {
            list = list.with_issued_from(typed::read(FROM_DATE, time)?);
        }
        if let Some(time) = &self.to_date {
            list = list.with_issued_to(typed::read(TO_DATE, time)?);
        }
        if let Some(code) = &self.guild_code {
            list = list.with_guild(typed::read(GuildCode::KEY, code)?);
        }
        if let Some(user) = &self.user_id {
            list = list.with_user(typed::read(UserId::KEY, user)?);
        }
        if let Some(paid) = self.paid {
            list = list.with_paid(paid);
        }
        if let Some(waiting) = self.waiting {
            list = list.with_waiting(waiting);
        }
        if let Some(cancelled) = self.cancelled {
            list = list.with_cancelled(cancelled);
        }
        if let Some(closed) = self.closed {
            list = list.with_closed(closed);
        }
        Ok(list)
    }

    fn beginning(&self) -> Result<ListInvoices, UsageError> {
        if let Some(id) = typed::read_if::<InvoiceId>(InvoiceId::KEY, self.invoice_id.as_deref())? {
            return Ok(ListInvoices::one(id));
        }
        if let Some(number) = &self.bill_number {
            let number: BillNumber = typed::read(BillNumber::KEY, number)?;
            return Ok(ListInvoices::one(InvoiceKey::from(number)));
        }
        let first = typed::read_if(FIRST_ID, self.first_id.as_deref())?;
        let last = typed::read_if(LAST_ID, self.last_id.as_deref())?;
        Ok(match (first, last) {
            (Some(_), _) => ListInvoices::from_first_id(first),
            (None, Some(_)) => ListInvoices::from_last_id(last),
            (None, None) => ListInvoices::from_offset(self.offset.unwrap_or_default()),
        })
    }
}

pub(super) async fn run(args: &InvoicesArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let list = args.list()?;
    let pod = account.client_of(Service::ListInvoices)?;
    let PodResponse {
        value: InvoiceList {
            invoices, total, ..
        },
        reference_number,
        ..
    } = pod.list_invoices(list).await.map_err(CallError::of)?;
    account.console().done(&Listed {
        invoices: invoices.into_iter().map(InvoiceReport::found).collect(),
        total,
        reference_number,
    })
}

#[derive(Debug, Serialize)]
struct Listed {
    invoices: Vec<InvoiceReport>,
    total: Option<u64>,
    reference_number: Option<String>,
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let count = self.invoices.len();
        match (self.invoices.as_slice(), self.total) {
            ([], _) => return writeln!(out, "No invoices."),
            ([one], Some(1) | None) => return one.write_text(out),
            _ => {}
        }
        let header = ["ID", "BILL NUMBER", "STATE", "PAYABLE", "ISSUED"];
        let rows = self.invoices.iter().map(|report| row(report.invoice()));
        let mut table = table(&header, rows, &[1]);
        spare(&mut table, 4);
        writeln!(out, "{}\n", table.trim_fmt())?;
        match self.total {
            Some(total) => writeln!(out, "{count} of {total}"),
            None => writeln!(out, "{count} invoices"),
        }
    }
}

fn row(invoice: &Invoice) -> Vec<String> {
    let or_dash = |text: Option<String>| shown(text.as_deref().unwrap_or("-"));
    vec![
        invoice.id.to_string(),
        or_dash(invoice.bill_number.clone()),
        invoice.state().to_string(),
        or_dash(invoice.payable_amount.as_ref().map(ToString::to_string)),
        or_dash(invoice.issued_at_ms.and_then(in_tehran)),
    ]
}
