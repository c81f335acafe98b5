use super::authenticate;
use crate::sizpay::SizpaySandbox;
use crate::sizpay::answer::{Entry, PayStatus};
use crate::sizpay::fields::Fields;
use crate::sizpay::link::Link;
use crate::sizpay::refusal::Refusal;

/// Tells which of the links of one day are paid: those named by the filter, or all.
pub(in crate::sizpay) fn pay_status_of_day(
    sizpay: &SizpaySandbox,
    fields: &Fields,
) -> Result<PayStatus, Refusal> {
    let merchant = authenticate(sizpay, fields)?;
    let day = fields.date("PayLinkSendDate")?;
    let kind = fields
        .integer("PayLinkFilterTyp")
        .map_err(|_| Refusal::Filter)?;
    let list = fields
        .text("PayLinkFilterList")
        .map_err(|_| Refusal::Filter)?;

    let store = sizpay.store();
    let of_day: Vec<&Link> = store
        .of(merchant)
        .filter(|link| link.day() == Some(day))
        .collect();
    match (kind, list) {
        (0, "") => Ok(report(&of_day, &of_day)),
        (0, list) => found(&of_day, list, has_send_id),
        (1, list) if !list.is_empty() => found(&of_day, list, has_invoice_number),
        _ => Err(Refusal::Filter),
    }
}

/// Tells which of the named links are paid, of whichever day.
pub(in crate::sizpay) fn pay_status_of_ids(
    sizpay: &SizpaySandbox,
    fields: &Fields,
) -> Result<PayStatus, Refusal> {
    let merchant = authenticate(sizpay, fields)?;
    let list = fields.text("PayLinkIdList").map_err(|_| Refusal::Filter)?;
    let store = sizpay.store();
    let all: Vec<&Link> = store.of(merchant).collect();
    found(&all, list, has_send_id)
}

fn has_send_id(link: &Link, wanted: &str) -> bool {
    link.send_id.to_string() == wanted
}

fn has_invoice_number(link: &Link, wanted: &str) -> bool {
    link.invoice_number == wanted
}

/// Picks what a list of names separated by commas names, in the order of the list. Names without a
/// link are passed over, unless there is none that has one.
fn found(
    links: &[&Link],
    list: &str,
    is_named: fn(&Link, &str) -> bool,
) -> Result<PayStatus, Refusal> {
    let named = |name: &'_ str| -> Vec<&Link> {
        let links = links.iter().copied();
        links.filter(|link| is_named(link, name)).collect()
    };
    let names: Vec<&str> = list.split(',').map(str::trim).collect();
    if names.contains(&"") {
        return Err(Refusal::Filter);
    }
    let first = names.first().map(|name| named(name)).unwrap_or_default();
    let all: Vec<&Link> = names.iter().flat_map(|name| named(name)).collect();
    Ok(report(&first, &all))
}

fn report(first: &[&Link], list: &[&Link]) -> PayStatus {
    let entry = |link: &&Link| Entry::from(*link);
    PayStatus {
        first: first.first().map(entry),
        list: list.iter().map(entry).collect(),
    }
}
