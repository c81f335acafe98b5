use paylink_core::{
    ClientConfig, Effect, Error, ErrorKind, Handle, Invalid, JalaliDate, Operation, Resolution,
};
use serde::Serialize;

use crate::config::SizPayConfig;
use crate::operations::{DisableLink, NewLink, PayStatus, ResendSms};
use crate::{InvoiceNumber, Payment, SizPay, settle};

/// A link that was found again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// What SizPay reports about it. Its address is not among that.
    pub payment: Payment,
    /// The day under which SizPay has it.
    pub sent_on: JalaliDate,
}

pub(crate) async fn resolve(sizpay: &SizPay, handle: &Handle) -> Result<Resolution<Found>, Error> {
    handle.check_provider(SizPayConfig::PROVIDER)?;
    match handle.operation() {
        NewLink::NAME => sent(sizpay, handle)
            .await
            .map_err(|error| error.while_resolving(handle)),
        DisableLink::NAME => Err(not_told(
            DisableLink::NAME,
            "SizPay does not report whether a link is disabled: look into its panel, or disable it again, which leaves \
             it disabled either way",
            handle,
        )),
        ResendSms::NAME => Err(not_told(
            ResendSms::NAME,
            "SizPay does not report whether an SMS went out: count it as sent, and ask the payer",
            handle,
        )),
        other => Err(Invalid::new(
            Handle::KEY,
            "is of an operation that changes nothing or is not known",
        )
        .with_value(other)
        .with_remedy("there is nothing to resolve")
        .into()),
    }
}

/// Looks a send up by the merchant's own invoice number.
async fn sent(sizpay: &SizPay, handle: &Handle) -> Result<Resolution<Found>, Error> {
    let number = Handle::require("invoice number", handle.reference())?;
    Handle::require("link name", handle.merchant())?;
    handle.check_merchant(sizpay.config().link_name())?;
    let number: Result<InvoiceNumber, Invalid> = number.parse();
    let number = number.map_err(|invalid| invalid.under(Handle::KEY))?;
    let ended = handle.sent_by().unwrap_or(handle.prepared_at());
    let days = settle::between(handle.prepared_at(), ended)?;
    let (inquiry, listed) = sizpay
        .transport()
        .inquire(listed(sizpay, &number, days))
        .await;
    let mut found = listed?;
    let anything_said = !found.is_empty();
    found.retain(|one| one.payment.certainly_exists());
    let mut certain = found.into_iter();
    match (certain.next(), certain.next()) {
        (Some(one), None) => Ok(Resolution::Executed(one)),
        (Some(_), Some(_)) => Err(undecided(
            "SizPay has more than one link under this invoice number: look into its panel which one it is",
        )),
        (None, _) if anything_said => Err(undecided(
            "SizPay's answer does not tell a link that is not paid from one that was never sent: look into its panel",
        )),
        (None, _) => Ok(inquiry.absent(handle, sizpay.config().settling_time())),
    }
}

/// What SizPay has under this number, on any of these days.
async fn listed(
    sizpay: &SizPay,
    number: &InvoiceNumber,
    days: Vec<JalaliDate>,
) -> Result<Vec<Found>, Error> {
    let mut found: Vec<Found> = Vec::new();
    for sent_on in days {
        let asked = PayStatus::of_invoice_numbers(sent_on, [number.clone()])?;
        let payments = sizpay.pay_status(asked).await?;
        // An element that names no invoice cannot be told from another's when there are several of them.
        if payments
            .iter()
            .any(|payment| payment.invoice_number.is_none())
        {
            return Err(undecided(
                "SizPay's answer does not say which of its links is this invoice's",
            ));
        }
        for payment in payments {
            // Should SizPay not heed the day, the same link comes under each of them.
            let before = |one: &Found| one.payment.send_id == payment.send_id;
            if payment.send_id.is_none() || !found.iter().any(before) {
                found.push(Found { payment, sent_on });
            }
        }
    }
    Ok(found)
}

fn undecided(problem: &'static str) -> Error {
    Error::new(ErrorKind::Indeterminate, Effect::Unknown, problem)
        .with_operation(SizPayConfig::PROVIDER, NewLink::NAME)
}

fn not_told(operation: &'static str, problem: &'static str, handle: &Handle) -> Error {
    Error::new(ErrorKind::Unsupported, Effect::Unknown, problem)
        .with_operation(SizPayConfig::PROVIDER, operation)
        .while_resolving(handle)
}
