use std::io::{self, Write};

use clap::Args;
use paylink::sizpay::{DESCRIPTOR, Found, PayStatus, Payment, SendId};
use serde::Serialize;

use super::{SendDateArgs, SizpayAccount};
use crate::failure::{CallError, Failure, UsageError};
use crate::report::Report;
use crate::resolve::{ResolveArgs, conclude};
use crate::table::{Column, table};
use crate::text::shown;
use crate::typed;

/// Ask whether links are paid: those that are named, or all of a day
///
/// It only tells. SizPay reports no amounts: what ties the money to an order is the send id in the order's own record.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// SizPay's id of a link, as `send-link` printed it; may be repeated
    #[arg(long, value_name = "ID", conflicts_with = "invoice_number")]
    send_id: Vec<String>,
    /// Your own number of an invoice, instead of SizPay's ids; may be repeated
    #[arg(long, value_name = "NUMBER")]
    invoice_number: Vec<String>,
    #[command(flatten)]
    send_date: SendDateArgs,
}

/// What was asked about.
#[derive(Debug)]
enum Asked {
    SendIds(Vec<SendId>),
    InvoiceNumbers,
    Day,
}

impl StatusArgs {
    fn names_any(&self) -> bool {
        !(self.send_id.is_empty() && self.invoice_number.is_empty())
    }

    fn asked(&self) -> Result<Asked, UsageError> {
        let ids = self.send_id.iter();
        let ids: Vec<SendId> = ids
            .map(|id| typed::read_one(SendId::KEY, id))
            .collect::<Result<_, _>>()?;
        Ok(match (ids.is_empty(), self.invoice_number.is_empty()) {
            (false, _) => Asked::SendIds(ids),
            (true, false) => Asked::InvoiceNumbers,
            (true, true) => Asked::Day,
        })
    }
}

pub(super) async fn status(args: &StatusArgs, account: &SizpayAccount<'_>) -> Result<(), Failure> {
    let day = args.send_date.day()?;
    let (sizpay, question) = match args.asked()? {
        Asked::SendIds(ids) => {
            let question = PayStatus::of_send_ids(day, ids).map_err(typed::of_flag)?;
            (account.sizpay()?, question)
        }
        Asked::InvoiceNumbers => {
            let question =
                PayStatus::of_invoice_numbers(day, &args.invoice_number).map_err(typed::of_flag)?;
            let sizpay = account.sizpay_by_rest("finds links by invoice number")?;
            (sizpay, question)
        }
        Asked::Day => {
            let sizpay = account.sizpay_by_rest("tells the links of a day")?;
            (sizpay, PayStatus::of_day(day))
        }
    };
    let payments = sizpay.pay_status(question).await.map_err(CallError::of)?;
    if payments.is_empty() && args.names_any() {
        let said = format!("SizPay reports no such link of {day}");
        let advice = "Look whether the id or number is the right one, and --send-date the day on which it was sent.";
        return Err(Failure::not_found(&said, advice));
    }
    account.console().done(&Payments { payments })
}

/// What SizPay reports about links.
#[derive(Debug, Serialize)]
pub(super) struct Payments {
    pub(super) payments: Vec<Payment>,
}

impl Report for Payments {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.payments.is_empty() {
            return writeln!(out, "SizPay reports no links.");
        }
        write_payments(out, &self.payments)
    }
}

/// Writes payments as a table.
pub(super) fn write_payments(out: &mut dyn Write, payments: &[Payment]) -> io::Result<()> {
    let or_dash = |value: Option<String>| value.map_or("-".to_owned(), |value| shown(&value));
    let row = |payment: &Payment| {
        vec![
            or_dash(payment.send_id.map(|id| id.to_string())),
            or_dash(payment.invoice_number.as_ref().map(ToString::to_string)),
            shown(payment.state.as_str()),
            or_dash(payment.reference.clone()),
        ]
    };
    let columns = [
        Column::id("SEND ID"),
        Column::id("INVOICE"),
        Column::word("STATE"),
        Column::id("REFERENCE").spare(0),
    ];
    table(columns, payments.iter().map(row)).write(out)
}

pub(super) async fn find_out(
    args: &ResolveArgs,
    account: &SizpayAccount<'_>,
) -> Result<(), Failure> {
    let sizpay = account.sizpay_by_rest("finds what was sent")?;
    let handle = args.read(DESCRIPTOR.name(), account.console())?;
    let asked = sizpay.resolve(&handle).await;
    conclude(asked, "link", FoundLink, handle, args, account.console())
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct FoundLink(Found);

impl Report for FoundLink {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Found {
            payment, sent_on, ..
        } = &self.0;
        write_payments(out, std::slice::from_ref(payment))?;
        writeln!(
            out,
            "\nIt was sent on {sent_on}. Store the send id and the date with the order."
        )
    }
}
