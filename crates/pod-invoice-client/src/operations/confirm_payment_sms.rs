use std::fmt;

use paylink_core::{
    Class, FieldKey, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request,
};
use secrecy::{ExposeSecret, SecretString};

use super::{about, as_user};
use crate::account::PodAccount;
use crate::{Answered, Confirmation, InvoiceId, Service, UserToken, envelope};

const CODE: FieldKey = FieldKey::new("code", "code");

/// Confirms a payment from a wallet outside POD with the code that the payer got by SMS (document "Payment", service
/// 369550; proven). It exists in production alone.
#[derive(Clone)]
#[must_use = "a payment is confirmed by the client"]
pub struct ConfirmPaymentSms {
    id: InvoiceId,
    code: SecretString,
    user: Option<UserToken>,
}

impl ConfirmPaymentSms {
    /// Confirms the payment of this invoice with the payer's code; Persian and Arabic digits are read.
    ///
    /// # Errors
    ///
    /// If the code is empty or not ASCII letters and digits. It is not shown.
    pub fn new(id: InvoiceId, code: &str) -> Result<ConfirmPaymentSms, Invalid> {
        let code = paylink_core::digits::latin(code.trim()).into_owned();
        if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Invalid::new(CODE, "is not the code of an SMS")
                .remedy("write it as it came, without spaces"));
        }
        Ok(ConfirmPaymentSms {
            id,
            code: code.into(),
            user: None,
        })
    }

    /// Confirms as this user in place of the merchant.
    pub fn as_user(mut self, token: UserToken) -> ConfirmPaymentSms {
        self.user = Some(token);
        self
    }
}

impl fmt::Debug for ConfirmPaymentSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfirmPaymentSms")
            .field("id", &self.id)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Operation for ConfirmPaymentSms {
    type Account = PodAccount;
    type Output = Answered<Confirmation>;

    const NAME: &'static str = "confirm-payment-sms";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        let request = account.call(Service::ConfirmPaymentSms, |form| {
            form.pair("invoiceId", self.id)
                .pair("code", self.code.expose_secret())
        })?;
        Ok(as_user(request, self.user.as_ref()))
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
