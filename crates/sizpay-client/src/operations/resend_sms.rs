use paylink_core::{
    Class, Handle, Invalid, JalaliDate, Lookup, Operation, Rejection, Reply, Request,
};

use super::accepted::{self, Accepted};
use crate::account::SizPayAccount;
use crate::link_key::SentLinkKey;
use crate::method::Method;
use crate::{InvoiceNumber, SendId};

/// Sends a link's SMS again (document "REST", sections 4 and 5; proven).
///
/// SizPay allows three of them, two minutes apart; [`ResendRule`](crate::ResendRule) keeps count. It names the link by
/// one of its two keys. The ASMX service documents no such method.
#[derive(Clone, Debug)]
#[must_use = "an SMS is sent again by the client"]
pub struct ResendSms(SentLinkKey);

impl ResendSms {
    /// The SMS of the link with this id, sent on this day.
    pub fn by_send_id(send_id: SendId, sent_on: JalaliDate) -> ResendSms {
        ResendSms(SentLinkKey::by_send_id(send_id, sent_on))
    }

    /// The SMS of this invoice's link, sent on this day.
    ///
    /// # Errors
    ///
    /// If `number` cannot be an invoice number.
    pub fn by_invoice_number(
        number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        sent_on: JalaliDate,
    ) -> Result<ResendSms, Invalid> {
        let number = number.try_into().map_err(Into::into)?;
        Ok(ResendSms(SentLinkKey::by_invoice_number(number, sent_on)))
    }
}

impl Operation for ResendSms {
    type Account = SizPayAccount;
    type Output = Accepted;

    const NAME: &'static str = "pay-link-resend";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::Nowhere;

    fn unsupported(&self, account: &SizPayAccount) -> Option<&'static str> {
        (!account.is_rest()).then_some(
            "SizPay's ASMX service documents no method that sends the SMS again: use Via::Rest",
        )
    }

    fn request(&self, account: &SizPayAccount) -> Result<Request, Invalid> {
        account.request(Method::Resend, &self.0.write(account.credentials()))
    }

    fn decode(&self, account: &SizPayAccount, reply: Reply<'_>) -> Result<Accepted, Rejection> {
        accepted::read(account, reply, Method::Resend)
    }

    fn describe(&self, account: &SizPayAccount, handle: Handle) -> Handle {
        self.0.describe(handle.merchant(account.link_name()))
    }
}
