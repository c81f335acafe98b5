use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::{WALLET, about, as_user, with_one_time_token};
use crate::account::PodAccount;
use crate::{
    Answered, Confirmation, Delegation, InvoiceId, OneTimeToken, Service, UserToken, envelope,
};

/// Pays an invoice that was issued to the caller, from the wallet (service 30382).
///
/// The document "Payment" has its title alone; the parameters are those of the vendor's SDKs.
#[derive(Clone, Debug)]
#[must_use = "a payment is made by the client"]
pub struct PayOwnInvoice {
    id: InvoiceId,
    wallet: bool,
    delegation: Option<Delegation>,
    user: Option<UserToken>,
    one_time_token: Option<OneTimeToken>,
}

impl PayOwnInvoice {
    /// Pays this invoice.
    pub fn new(id: InvoiceId) -> PayOwnInvoice {
        PayOwnInvoice {
            id,
            wallet: false,
            delegation: None,
            user: None,
            one_time_token: None,
        }
    }

    /// Names the wallet in POD; without it the choice is POD's.
    pub fn from_wallet(mut self) -> PayOwnInvoice {
        self.wallet = true;
        self
    }

    /// Uses credit that others delegated, before the wallet or in its place.
    pub fn delegation(mut self, delegation: Delegation) -> PayOwnInvoice {
        self.delegation = Some(delegation);
        self
    }

    /// Pays as this user, to whom the invoice was issued.
    pub fn as_user(mut self, token: UserToken) -> PayOwnInvoice {
        self.user = Some(token);
        self
    }

    /// Sends a one-time token along, as older releases of POD wanted.
    pub fn one_time_token(mut self, token: OneTimeToken) -> PayOwnInvoice {
        self.one_time_token = Some(token);
        self
    }
}

impl Operation for PayOwnInvoice {
    type Account = PodAccount;
    type Output = Answered<Confirmation>;

    const NAME: &'static str = "pay-own-invoice";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        let request = account.call(Service::PayOwnInvoice, |form| {
            let form = form
                .pair("invoiceId", self.id)
                .optional("wallet", self.wallet.then_some(WALLET));
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
