use std::time::SystemTime;

use clap::Args;
use paylink::FieldKey;
use paylink::JalaliDate;
use paylink::sizpay::SendId;
use serde::Serialize;

use crate::typed;
use crate::usage_error::UsageError;

const SEND_DATE: FieldKey = FieldKey::new("send_date", "send date");

/// The day on which links were sent.
#[derive(Debug, Args)]
pub(super) struct SendDateArgs {
    /// The day in Tehran on which it was sent, such as 1399/11/21; today if it is not given
    #[arg(long, value_name = "DATE")]
    send_date: Option<String>,
}

impl SendDateArgs {
    pub(super) fn day(&self) -> Result<JalaliDate, UsageError> {
        match &self.send_date {
            Some(date) => typed::read(SEND_DATE, date),
            None => today(),
        }
    }
}

/// The day that it is in Tehran.
pub(super) fn today() -> Result<JalaliDate, UsageError> {
    Ok(JalaliDate::from_system_time(SystemTime::now())?)
}

/// The one link that an operation is about.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct LinkArgs {
    /// SizPay's id of the link, as `send-link` printed it
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "invoice_number",
        conflicts_with = "invoice_number"
    )]
    send_id: Option<String>,
    /// Your own number of the invoice, instead of SizPay's id
    #[arg(long, value_name = "NUMBER")]
    invoice_number: Option<String>,
    #[command(flatten)]
    send_date: SendDateArgs,
}

/// One link, by one of its two names.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LinkName {
    SendId(SendId),
    InvoiceNumber(String),
}

impl LinkArgs {
    pub(super) fn link(&self) -> Result<LinkName, UsageError> {
        match (&self.send_id, &self.invoice_number) {
            (Some(id), _) => Ok(LinkName::SendId(typed::read(SendId::KEY, id)?)),
            (None, number) => Ok(LinkName::InvoiceNumber(number.clone().unwrap_or_default())),
        }
    }

    pub(super) fn day(&self) -> Result<JalaliDate, UsageError> {
        self.send_date.day()
    }
}

impl std::fmt::Display for LinkName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkName::SendId(id) => write!(f, "link {id}"),
            LinkName::InvoiceNumber(number) => write!(f, "the link of invoice {number}"),
        }
    }
}
