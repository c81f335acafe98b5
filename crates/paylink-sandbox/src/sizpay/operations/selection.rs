use jalali_calendar::JalaliDate;

use crate::sizpay::fields::Fields;
use crate::sizpay::link::Link;
use crate::sizpay::merchant::Merchant;
use crate::sizpay::refusal::Refusal;
use crate::sizpay::store::Store;

/// Which link is to be disabled or sent once more.
#[derive(Debug)]
pub(super) enum Selection<'a> {
    /// The date that comes along must be one, but an id needs none.
    SendId(u64),
    /// Numbers may recur, on one day as well: the latest of that day is meant.
    InvoiceNumber { number: &'a str, day: JalaliDate },
}

impl<'a> Selection<'a> {
    pub(super) fn read(fields: &'a Fields) -> Result<Self, Refusal> {
        let send_id = fields
            .integer("PayLinkSendID")
            .ok()
            .and_then(|id| u64::try_from(id).ok())
            .ok_or(Refusal::Selection)?;
        let number = fields
            .text("PayLinkFactorNo")
            .map_err(|_| Refusal::Selection)?;
        let day = fields.date("PayLinkFactorDate")?;
        match (send_id, number) {
            (0, "") => Err(Refusal::Selection),
            (0, number) => Ok(Self::InvoiceNumber { number, day }),
            (send_id, "") => Ok(Self::SendId(send_id)),
            _ => Err(Refusal::Selection),
        }
    }

    /// Finds the merchant's link. That another merchant has it is nobody else's business.
    pub(super) fn find_in<'s>(
        &self,
        store: &'s mut Store,
        merchant: &Merchant,
    ) -> Result<&'s mut Link, Refusal> {
        let send_id = match self {
            Self::SendId(send_id) => Some(*send_id),
            Self::InvoiceNumber { number, day } => store
                .of(merchant)
                .rfind(|link| link.invoice_number == *number && link.day() == Some(*day))
                .map(|link| link.send_id),
        };
        send_id
            .and_then(|send_id| store.get_mut(send_id))
            .filter(|link| link.pay_link_name == merchant.pay_link_name())
            .ok_or(Refusal::NotFound)
    }
}
