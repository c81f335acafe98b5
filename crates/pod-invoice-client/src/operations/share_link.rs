use paylink_core::{
    Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request, ReturnUrl,
};

use super::about;
use crate::account::PodAccount;
use crate::returns::way_back;
use crate::{Answered, InvoiceId, Service, UserId, envelope};

/// Sends an invoice's payment link by SMS to another user, who is to pay it (document "Payment", service 1113426;
/// proven). It exists in production alone.
#[derive(Clone, Debug)]
#[must_use = "a link is sent by the client"]
pub struct ShareLink {
    id: InvoiceId,
    payer: UserId,
    redirect: Option<ReturnUrl>,
}

impl ShareLink {
    /// Sends the link of this invoice to this user.
    pub fn new(id: InvoiceId, payer: UserId) -> ShareLink {
        ShareLink {
            id,
            payer,
            redirect: None,
        }
    }

    /// Sends the payer here afterwards. What comes along in the query is a hint.
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, holds a fragment, or has a name in its query that POD adds, `invoiceId` say.
    pub fn redirect(mut self, url: &str) -> Result<ShareLink, Invalid> {
        self.redirect = Some(way_back("redirect", url)?);
        Ok(self)
    }
}

impl Operation for ShareLink {
    type Account = PodAccount;
    /// Whether POD says that it was sent.
    type Output = Answered<bool>;

    const NAME: &'static str = "share-link";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::Nowhere;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        account.call(Service::ShareLink, |form| {
            form.pair("invoiceId", self.id)
                .pair("userId", self.payer)
                .optional("redirectUri", self.redirect.as_ref())
        })
    }

    fn decode(&self, _: &PodAccount, reply: Reply<'_>) -> Result<Answered<bool>, Rejection> {
        envelope::success::<bool>(Self::NAME, reply)?.required()
    }

    fn describe(&self, _: &PodAccount, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}
