use std::fmt;

use paylink_core::{
    DecodeError, FieldKey, Handle, Idempotency, Invalid, Lookup, Operation, Request, Response,
    ReturnUrl,
};
use secrecy::{ExposeSecret, SecretString};

use super::{about, as_user};
use crate::config::PodConfig;
use crate::{
    Confirmation, Delegation, InvoiceId, PodResponse, Service, UserToken, envelope, returns,
};

/// Sends the payer an SMS to pay by (document "Payment", service 29807; proven).
///
/// The invoice was issued to a user who has confirmed a mobile number. The payer sends the code back to the same number,
/// or follows the link.
#[derive(Clone, Debug)]
#[must_use = "an SMS is sent by the client"]
pub struct SendPaymentSms {
    id: InvoiceId,
    content: Option<SmsContent>,
    redirect: Option<ReturnUrl>,
    callback: Option<ReturnUrl>,
    delegation: Option<Delegation>,
    user: Option<UserToken>,
}

/// What the SMS holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SmsContent {
    /// A code to send back: 1.
    Code,
    /// A link to the pay page: 2.
    Link,
    /// Both: 3.
    CodeAndLink,
}

impl SmsContent {
    fn number(self) -> u8 {
        match self {
            SmsContent::Code => 1,
            SmsContent::Link => 2,
            SmsContent::CodeAndLink => 3,
        }
    }
}

impl SendPaymentSms {
    /// Asks the user of this invoice to pay; what the SMS holds is POD's choice unless it is said.
    pub fn new(id: InvoiceId) -> SendPaymentSms {
        SendPaymentSms {
            id,
            content: None,
            redirect: None,
            callback: None,
            delegation: None,
            user: None,
        }
    }

    /// Chooses what the SMS holds.
    pub fn with_content(mut self, content: SmsContent) -> SendPaymentSms {
        self.content = Some(content);
        self
    }

    /// Sends the payer here after paying by the link. What comes along in the query is a hint.
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, holds a fragment, or has a name in its query that POD adds, such as `invoiceId`.
    pub fn with_redirect(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<SendPaymentSms, Invalid> {
        self.redirect = Some(returns::web_redirect(url)?);
        Ok(self)
    }

    /// Lets POD call this address after a payment. Nothing signs that call.
    ///
    /// # Errors
    ///
    /// As [`redirect`](SendPaymentSms::with_redirect), and if it is an app's own address.
    pub fn with_callback(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<SendPaymentSms, Invalid> {
        self.callback = Some(returns::callback(url)?);
        Ok(self)
    }

    /// Uses credit that others delegated to the payer; the SMS tells which.
    pub fn with_delegation(mut self, delegation: Delegation) -> SendPaymentSms {
        self.delegation = Some(delegation);
        self
    }

    /// Asks as this user in place of the merchant.
    pub fn with_user_token(mut self, token: UserToken) -> SendPaymentSms {
        self.user = Some(token);
        self
    }
}

impl Operation for SendPaymentSms {
    type Config = PodConfig;
    type Output = PodResponse<Confirmation>;

    const NAME: &'static str = "send-payment-sms";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        let request = config.call(Service::SendPaymentSms, |form| {
            let form = form
                .pair("invoiceId", self.id)
                .optional("smsContentType", self.content.map(SmsContent::number))
                .optional("redirectUri", self.redirect.as_ref())
                .optional("callbackUri", self.callback.as_ref());
            match &self.delegation {
                Some(delegation) => delegation.write(form),
                None => form,
            }
        })?;
        Ok(as_user(request, self.user.as_ref()))
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
                .with_remedy("write it as it came, without spaces"));
        }
        Ok(ConfirmPaymentSms {
            id,
            code: code.into(),
            user: None,
        })
    }

    /// Confirms as this user in place of the merchant.
    pub fn with_user_token(mut self, token: UserToken) -> ConfirmPaymentSms {
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
    type Config = PodConfig;
    type Output = PodResponse<Confirmation>;

    const NAME: &'static str = "confirm-payment-sms";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        let request = config.call(Service::ConfirmPaymentSms, |form| {
            form.pair("invoiceId", self.id)
                .pair("code", self.code.expose_secret())
        })?;
        Ok(as_user(request, self.user.as_ref()))
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
