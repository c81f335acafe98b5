use paylink_core::{
    Class, Handle, Invalid, JalaliDate, Lookup, Operation, Rejection, Reply, Request,
};

use super::accepted::{self, Accepted};
use crate::account::SizPayAccount;
use crate::link_key::SentLinkKey;
use crate::method::Method;
use crate::{InvoiceNumber, SendId};

/// Disables a sent link, so that nobody can pay it any more (document "REST", sections 2 and 3; proven).
///
/// It names the link by one of its two keys. SizPay says nothing about disabling twice, so it counts as an operation
/// that must happen once. The ASMX service documents no such method.
#[derive(Clone, Debug)]
#[must_use = "a link is disabled by the client"]
pub struct DisableLink(SentLinkKey);

impl DisableLink {
    /// The link with this id, sent on this day.
    pub fn by_send_id(send_id: SendId, sent_on: JalaliDate) -> DisableLink {
        DisableLink(SentLinkKey::by_send_id(send_id, sent_on))
    }

    /// The link of this invoice, sent on this day.
    ///
    /// # Errors
    ///
    /// If `number` cannot be an invoice number.
    pub fn by_invoice_number(
        number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        sent_on: JalaliDate,
    ) -> Result<DisableLink, Invalid> {
        let number = number.try_into().map_err(Into::into)?;
        Ok(DisableLink(SentLinkKey::by_invoice_number(number, sent_on)))
    }
}

impl Operation for DisableLink {
    type Account = SizPayAccount;
    type Output = Accepted;

    const NAME: &'static str = "pay-link-disable";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::Nowhere;

    fn unsupported(&self, account: &SizPayAccount) -> Option<&'static str> {
        (!account.is_rest()).then_some(
            "SizPay's ASMX service documents no method that disables a link: use Via::Rest",
        )
    }

    fn request(&self, account: &SizPayAccount) -> Result<Request, Invalid> {
        account.request(Method::Disable, &self.0.write(account.credentials()))
    }

    fn decode(&self, account: &SizPayAccount, reply: Reply<'_>) -> Result<Accepted, Rejection> {
        accepted::read(account, reply, Method::Disable)
    }

    fn describe(&self, account: &SizPayAccount, handle: Handle) -> Handle {
        self.0.describe(handle.merchant(account.link_name()))
    }
}
