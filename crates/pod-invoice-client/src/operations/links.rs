use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use paylink_core::{
    FieldKey, Handle, Idempotency, Invalid, Lookup, Operation, Request, Response, ReturnUrl,
    Untrusted, WebUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Decoded, about, as_user};
use crate::config::PodConfig;
use crate::envelope::Said;
use crate::{
    Confirmation, Delegation, InvoiceId, LinkOptions, PodResponse, Service, UserId, UserToken,
    envelope, html, link, returns,
};

/// How long a payment link lives (the vendor's manuals).
const LIFE: Duration = Duration::from_secs(300);

/// Asks for a short-lived payment link (service 29815).
///
/// The document "Payment" has its title alone; parameter, answer and life are those of the vendor's SDKs and manuals.
#[derive(Clone, Debug)]
pub struct NewPaymentLink {
    id: InvoiceId,
    options: LinkOptions,
    asked_at: SystemTime,
}

impl NewPaymentLink {
    pub(crate) fn new(id: InvoiceId, options: LinkOptions, asked_at: SystemTime) -> NewPaymentLink {
        NewPaymentLink {
            id,
            options,
            asked_at,
        }
    }
}

/// A payment link that anybody may pay by, for a short time. Serde writes the time in milliseconds since 1970.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct PaymentLink {
    /// Where to send the payer. Its host is POD's word; it is `https`, or plain on the pay pages' own loopback host.
    pub url: WebUrl,
    /// Until when it can be used: 300 seconds from before it was asked for, so that it is rather early than late.
    pub usable_until: SystemTime,
}

impl Serialize for PaymentLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let since = self.usable_until.duration_since(SystemTime::UNIX_EPOCH);
        let millis = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX);
        let mut link = serializer.serialize_struct("PaymentLink", 2)?;
        link.serialize_field("url", &self.url)?;
        link.serialize_field("usable_until_ms", &millis)?;
        link.end()
    }
}

impl PaymentLink {
    /// How long it can still be used; zero once its time is over.
    #[must_use]
    pub fn time_left(&self, now: SystemTime) -> Duration {
        self.usable_until.duration_since(now).unwrap_or_default()
    }
}

impl Operation for NewPaymentLink {
    type Config = PodConfig;
    type Output = PodResponse<PaymentLink>;

    const NAME: &'static str = "payment-link";
    /// A second link does no harm: the first one lapses.
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        // They go into the link, not into the request; what cannot go there is refused before it is asked for.
        self.options
            .parameters("callbackUri", config.environment())?;
        config.call(Service::PaymentLink, |form| form.pair("invoiceId", self.id))
    }

    fn decode(&self, config: &PodConfig, response: Response<'_>) -> Decoded<PaymentLink> {
        let not_a_link = |_| Untrusted::new("result is not a link");
        let parameters = self
            .options
            .parameters("callbackUri", config.environment())
            .map_err(not_a_link)?;
        envelope::success::<Cow<'_, str>>(Self::NAME, response)?
            .required()?
            .try_map(|text| {
                let url =
                    link::extended(&html::unescape(&text), &parameters).map_err(not_a_link)?;
                if !link::is_safe(config, &url) {
                    return Err(Untrusted::new("result is not an https link").into());
                }
                let usable_until = self.asked_at.checked_add(LIFE).unwrap_or(self.asked_at);
                Ok(PaymentLink { url, usable_until })
            })
    }

    /// The link need not name the invoice: its connection alone says which one a payer would pay by it.
    fn needs_fresh_connection(&self, _: &PodConfig) -> bool {
        true
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}

/// Sends an invoice's payment link by SMS to another user, who is to pay it (document "Payment", service 1113426;
/// proven). It exists in production alone.
///
/// It is for the customer to whom the invoice was issued: a user, who granted a token, or the caller's own business.
/// POD refuses it for anybody else with [`NOT_ISSUED_TO_YOU`](crate::codes::NOT_ISSUED_TO_YOU).
#[derive(Clone, Debug)]
#[must_use = "a link is sent by the client"]
pub struct ShareLink {
    id: InvoiceId,
    payer: UserId,
    redirect: Option<ReturnUrl>,
    user: Option<UserToken>,
}

impl ShareLink {
    /// Sends the link of this invoice to this user.
    pub fn new(id: InvoiceId, payer: UserId) -> ShareLink {
        ShareLink {
            id,
            payer,
            redirect: None,
            user: None,
        }
    }

    /// Sends the payer here afterwards. What comes along in the query is a hint.
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, holds a fragment, or has a name in its query that POD adds, such as `invoiceId`.
    pub fn with_redirect(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<ShareLink, Invalid> {
        self.redirect = Some(returns::web_redirect(url)?);
        Ok(self)
    }

    /// Sends it as this user, to whom the invoice was issued, in place of the business.
    pub fn with_user_token(mut self, token: UserToken) -> ShareLink {
        self.user = Some(token);
        self
    }
}

impl Operation for ShareLink {
    type Config = PodConfig;
    /// Whether POD says that it was sent.
    type Output = PodResponse<bool>;

    const NAME: &'static str = "share-link";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        let request = config.call(Service::ShareLink, |form| {
            form.pair("invoiceId", self.id)
                .pair("userId", self.payer)
                .optional("redirectUri", self.redirect.as_ref())
        })?;
        Ok(as_user(request, self.user.as_ref()))
    }

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<bool> {
        let said = envelope::success::<Said>(Self::NAME, response)?.required()?;
        said.try_map(|said| Ok(!matches!(said, Said::No)))
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}

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
    /// Asks the user of this invoice to pay; what the SMS holds is POD's choice unless it is set.
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
    /// As [`with_redirect`](SendPaymentSms::with_redirect), and if it is an app's own address.
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

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Confirmation> {
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

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Confirmation> {
        envelope::done(Self::NAME, response)
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}
