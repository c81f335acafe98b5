//! What SizPay does, whichever wire asks for it.

use jalali_calendar::JalaliDate;

use super::answer::{Entry, PayStatus};
use super::fields::{Fields, Refusal};
use super::link::{EventKind, Link, Status, Store};
use super::merchant::Merchant;
use super::{NAME, SizpaySandbox, link};
use crate::history::Event;
use crate::random::LONGEST_STEP;

/// Every field that a request can have, apart from the keys.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "PayLinkName", "Amount", "MobileNo", "InvoiceNo", "CustomerName", "Description",
    "PayLinkSendID", "PayLinkFactorNo", "PayLinkFactorDate", "PayLinkSendDate", "PayLinkFilterTyp",
    "PayLinkFilterList", "PayLinkIdList",
];

/// Returns whether a document has a field of this name whose value may be seen.
pub(super) fn is_shown(field: &str) -> bool {
    FIELDS.contains(&field)
}

/// Returns the merchant whose keys and link name the request has.
fn authenticate<'a>(sizpay: &'a SizpaySandbox, fields: &Fields) -> Result<&'a Merchant, Refusal> {
    let [user_name, password] =
        ["UserName", "Password"].map(|name| fields.text(name).map_err(|_| Refusal::Keys));
    let (user_name, password) = (user_name?, password?);
    let merchant = sizpay
        .merchants()
        .into_iter()
        .find(|merchant| merchant.user_name() == user_name && merchant.password() == password)
        .ok_or(Refusal::Keys)?;
    match fields.text("PayLinkName") {
        Ok(name) if name == merchant.pay_link_name() => Ok(merchant),
        _ => Err(Refusal::LinkName),
    }
}

/// Closes an open link to its payer.
pub(in crate::sizpay) fn disable(sizpay: &SizpaySandbox, fields: &Fields) -> Result<Link, Refusal> {
    let merchant = authenticate(sizpay, fields)?;
    let selection = Selection::read(fields)?;
    let now = sizpay.now();
    let mut store = sizpay.store();
    let link = selection.find_in(&mut store, merchant)?;
    link.disable(now)?;
    Ok(link.clone())
}

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
    let entry = |link: &&Link| Entry::of(link);
    PayStatus {
        first: first.first().map(entry),
        list: list.iter().map(entry).collect(),
    }
}

/// Writes the SMS of an open link once more, not too soon and not too often.
pub(in crate::sizpay) fn resend(sizpay: &SizpaySandbox, fields: &Fields) -> Result<Link, Refusal> {
    let merchant = authenticate(sizpay, fields)?;
    let selection = Selection::read(fields)?;
    let now = sizpay.now();
    let mut store = sizpay.store();
    let link = selection.find_in(&mut store, merchant)?;
    link.resend(now)?;
    let link = link.clone();
    drop(store);
    let text = link::text(merchant, &link);
    let sms = &sizpay.0.world.sms;
    sms.send(NAME, &link.send_id.to_string(), &link.mobile, text);
    Ok(link)
}

/// Which link is to be disabled or sent once more: it was sent on `day` and has this name.
#[derive(Debug)]
struct Selection<'a> {
    named: Named<'a>,
    day: JalaliDate,
}

#[derive(Debug)]
enum Named<'a> {
    SendId(u64),
    /// Numbers may recur, on one day as well: the latest of that day is meant.
    InvoiceNumber(&'a str),
}

impl<'a> Selection<'a> {
    fn read(fields: &'a Fields) -> Result<Self, Refusal> {
        let send_id = fields
            .integer("PayLinkSendID")
            .ok()
            .and_then(|id| u64::try_from(id).ok())
            .ok_or(Refusal::Selection)?;
        let number = fields
            .text("PayLinkFactorNo")
            .map_err(|_| Refusal::Selection)?;
        let day = fields.date("PayLinkFactorDate")?;
        let named = match (send_id, number) {
            (0, "") => return Err(Refusal::Selection),
            (0, number) => Named::InvoiceNumber(number),
            (send_id, "") => Named::SendId(send_id),
            _ => return Err(Refusal::Selection),
        };
        Ok(Self { named, day })
    }

    /// Finds the merchant's link. Another merchant's link is not found, so that its existence stays private.
    fn find_in<'s>(
        &self,
        store: &'s mut Store,
        merchant: &Merchant,
    ) -> Result<&'s mut Link, Refusal> {
        let mut of_day = store
            .of(merchant)
            .filter(|link| link.day() == Some(self.day));
        let found = match self.named {
            Named::SendId(send_id) => of_day.find(|link| link.send_id == send_id),
            Named::InvoiceNumber(number) => of_day.rfind(|link| link.invoice_number == number),
        };
        let send_id = found.map(|link| link.send_id);
        drop(of_day);
        send_id
            .and_then(|send_id| store.get_mut(send_id))
            .ok_or(Refusal::NotFound)
    }
}

/// Makes a pay link and writes the SMS that takes it to the payer.
///
/// The same invoice number may be sent again: the documents do not forbid it, and each send is a link
/// of its own.
pub(in crate::sizpay) fn send(sizpay: &SizpaySandbox, fields: &Fields) -> Result<Link, Refusal> {
    let merchant = authenticate(sizpay, fields)?;
    let amount = fields.amount()?;
    let mobile = fields.mobile()?;
    let invoice_number = fields.invoice_number()?;
    let customer_name = fields.customer_name()?;
    let description = fields.description()?;

    let now = sizpay.now();
    let last_digit = sizpay.0.random.within(0, 10);
    let mut store = sizpay.store();
    let send_id = store.take_id(sizpay.0.random.within(1, LONGEST_STEP));
    let code = format!("02{send_id:07}{last_digit}");
    let pay_link_name = merchant.pay_link_name();
    let link = Link {
        send_id,
        url: sizpay.page_of(pay_link_name, &code),
        pay_link_name: pay_link_name.to_owned(),
        invoice_number: invoice_number.to_owned(),
        amount,
        mobile: mobile.to_owned(),
        customer_name: customer_name.to_owned(),
        description: description.to_owned(),
        status: Status::Open,
        reference_number: None,
        history: vec![Event {
            at: now,
            kind: EventKind::Sent,
        }],
        code,
        sent_at: now,
    };
    store.insert(link.clone());
    drop(store);
    let text = link::text(merchant, &link);
    let sms = &sizpay.0.world.sms;
    sms.send(NAME, &send_id.to_string(), mobile, text);
    Ok(link)
}
