use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::{WALLET, about, as_user, with_one_time_token};
use crate::account::PodAccount;
use crate::{
    Answered, Confirmation, Delegation, InvoiceId, OneTimeToken, Service, UserToken, envelope,
};

/// Pays any invoice from the wallet in POD, whoever it was issued to (document "Payment", service 29821; proven).
///
/// The merchant's own wallet pays, unless a user's token says otherwise.
#[derive(Clone, Debug)]
#[must_use = "a payment is made by the client"]
pub struct PayAnyInvoice {
    id: InvoiceId,
    delegation: Option<Delegation>,
    user: Option<UserToken>,
    one_time_token: Option<OneTimeToken>,
}

impl PayAnyInvoice {
    /// Pays this invoice.
    pub fn new(id: InvoiceId) -> PayAnyInvoice {
        PayAnyInvoice {
            id,
            delegation: None,
            user: None,
            one_time_token: None,
        }
    }

    /// Uses credit that others delegated, before the wallet or in its place.
    pub fn delegation(mut self, delegation: Delegation) -> PayAnyInvoice {
        self.delegation = Some(delegation);
        self
    }

    /// Pays from the wallet of this user in place of the merchant's.
    pub fn as_user(mut self, token: UserToken) -> PayAnyInvoice {
        self.user = Some(token);
        self
    }

    /// Sends a one-time token along, as older releases of POD wanted.
    pub fn one_time_token(mut self, token: OneTimeToken) -> PayAnyInvoice {
        self.one_time_token = Some(token);
        self
    }
}

impl Operation for PayAnyInvoice {
    type Account = PodAccount;
    type Output = Answered<Confirmation>;

    const NAME: &'static str = "pay-any-invoice";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        let request = account.call(Service::PayAnyInvoice, |form| {
            let form = form.pair("invoiceId", self.id).pair("wallet", WALLET);
            match &self.delegation {
                Some(delegation) => delegation.write(form),
                None => form,
            }
        })?;
        with_one_time_token(
            as_user(request, self.user.as_ref()),
            self.one_time_token.as_ref(),
        )
    }

    fn decode(
        &self,
        _: &PodAccount,
        reply: Reply<'_>,
    ) -> Result<Answered<Confirmation>, Rejection> {
        envelope::done(Self::NAME, reply)
    }

    fn describe(&self, _: &PodAccount, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}
