use super::authenticate;
use crate::sizpay::fields::Fields;
use crate::sizpay::link::{Event, EventKind, Link};
use crate::sizpay::refusal::Refusal;
use crate::sizpay::status::Status;
use crate::sizpay::{NAME, SizpaySandbox, sms};

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
    let send_id = store.next_id();
    let code = format!("02{send_id:07}{last_digit}");
    let pay_link_name = merchant.pay_link_name();
    let link = Link {
        send_id,
        url: format!("{}/{NAME}/{pay_link_name}/{code}", sizpay.0.world.origin),
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
    let text = sms::text(merchant, &link);
    sizpay.0.world.sms.send(NAME, mobile, text);
    Ok(link)
}
