use paylink_core::{
    DecodeError, Handle, Idempotency, Invalid, Lookup, Operation, Request, Response, ReturnUrl,
};

use super::{about, as_user};
use crate::config::PodConfig;
use crate::envelope::Said;
use crate::{InvoiceId, PodResponse, Service, UserId, UserToken, envelope, returns};

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

    fn decode(
        &self,
        _: &PodConfig,
        response: Response<'_>,
    ) -> Result<PodResponse<bool>, DecodeError> {
        let said = envelope::success::<Said>(Self::NAME, response)?.required()?;
        said.try_map(|said| Ok(!matches!(said, Said::No)))
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}
