//! What SizPay does, whichever wire asks for it.

mod disable;
mod pay_status;
mod resend;
mod selection;
mod send;

use super::SizpaySandbox;
use super::fields::Fields;
use super::merchant::Merchant;
use super::refusal::Refusal;

pub(super) use disable::disable;
pub(super) use pay_status::{pay_status_of_day, pay_status_of_ids};
pub(super) use resend::resend;
pub(super) use send::send;

/// Every field that a request can have, apart from the keys.
const FIELDS: &[&str] = &[
    "PayLinkName",
    "Amount",
    "MobileNo",
    "InvoiceNo",
    "CustomerName",
    "Description",
    "PayLinkSendID",
    "PayLinkFactorNo",
    "PayLinkFactorDate",
    "PayLinkSendDate",
    "PayLinkFilterTyp",
    "PayLinkFilterList",
    "PayLinkIdList",
];

/// Tells whether a document has a field of this name whose value may be seen.
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
