use clap::Args;
use paylink::sizpay::{PayStatus, SendId};

use super::account::SizpayAccount;
use super::link_args::SendDateArgs;
use super::payments::Payments;
use crate::call_error::CallError;
use crate::failure::Failure;
use crate::typed;
use crate::usage_error::UsageError;

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

pub(super) async fn run(args: &StatusArgs, account: &SizpayAccount<'_>) -> Result<(), Failure> {
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
    account.console().done(&Payments { payments })
}
