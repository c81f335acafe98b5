use paylink_core::{
    DecodeError, Handle, Idempotency, Invalid, Lookup, Operation, Request, Response,
};

use super::{WALLET, about, as_user, with_one_time_token};
use crate::config::PodConfig;
use crate::{
    Confirmation, Delegation, InvoiceId, OneTimeToken, PodResponse, Service, UserToken, envelope,
};

/// Declares payments from a wallet in POD: their name, whether the wallet has to be named, and whose a user's token is.
macro_rules! from_wallet {
    ($($(#[$doc:meta])+ $payment:ident($name:literal, wallet: $wallet:literal, as_user: $as_user:literal);)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Debug)]
        #[must_use = "a payment is made by the client"]
        pub struct $payment {
            id: InvoiceId,
            wallet: bool,
            delegation: Option<Delegation>,
            user: Option<UserToken>,
            one_time_token: Option<OneTimeToken>,
        }

        impl $payment {
            /// Pays this invoice.
            pub fn new(id: InvoiceId) -> $payment {
                $payment {
                    id,
                    wallet: $wallet,
                    delegation: None,
                    user: None,
                    one_time_token: None,
                }
            }

            /// Uses credit that others delegated, before the wallet or in its place.
            pub fn with_delegation(mut self, delegation: Delegation) -> $payment {
                self.delegation = Some(delegation);
                self
            }

            #[doc = $as_user]
            pub fn with_user_token(mut self, token: UserToken) -> $payment {
                self.user = Some(token);
                self
            }

            /// Sends a one-time token along, as older releases of POD wanted.
            pub fn with_one_time_token(mut self, token: OneTimeToken) -> $payment {
                self.one_time_token = Some(token);
                self
            }
        }

        impl Operation for $payment {
            type Config = PodConfig;
            type Output = PodResponse<Confirmation>;

            const NAME: &'static str = $name;
            const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
            const LOOKUP: Lookup = Lookup::ByProviderId;

            fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
                let request = config.call(Service::$payment, |form| {
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
                _: &PodConfig,
                response: Response<'_>,
            ) -> Result<PodResponse<Confirmation>, DecodeError> {
                envelope::done(Self::NAME, response)
            }

            fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
                about(handle, self.id)
            }
        }
    )+};
}

from_wallet! {
    /// Pays any invoice from the wallet in POD, no matter to whom it was issued (document "Payment", service 29821; proven).
    ///
    /// The merchant's own wallet pays, unless a user's token says otherwise.
    PayAnyInvoice(
        "pay-any-invoice",
        wallet: true,
        as_user: "Pays from the wallet of this user in place of the merchant's."
    );

    /// Pays an invoice that was issued to the caller, from the wallet (service 30382).
    ///
    /// The document "Payment" has its title alone; the parameters are those of the vendor's SDKs.
    PayOwnInvoice(
        "pay-own-invoice",
        wallet: false,
        as_user: "Pays as this user, to whom the invoice was issued."
    );
}

impl PayOwnInvoice {
    /// Names the wallet in POD; without it the choice is POD's.
    pub fn with_wallet(mut self) -> PayOwnInvoice {
        self.wallet = true;
        self
    }
}
