use super::authenticate;
use super::selection::Selection;
use crate::sizpay::SizpaySandbox;
use crate::sizpay::fields::Fields;
use crate::sizpay::link::Link;
use crate::sizpay::refusal::Refusal;

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
