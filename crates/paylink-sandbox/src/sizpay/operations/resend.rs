use super::authenticate;
use super::selection::Selection;
use crate::sizpay::fields::Fields;
use crate::sizpay::link::Link;
use crate::sizpay::refusal::Refusal;
use crate::sizpay::{NAME, SizpaySandbox, sms};

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
    let text = sms::text(merchant, &link);
    sizpay.0.world.sms.send(NAME, &link.mobile, text);
    Ok(link)
}
