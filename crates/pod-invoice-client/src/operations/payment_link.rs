use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use paylink_core::{
    DecodeError, Handle, Idempotency, Invalid, Lookup, Operation, Request, Response,
};
use paylink_core::{Untrusted, WebUrl};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::config::PodConfig;
use crate::envelope;
use crate::{InvoiceId, LinkOptions, PodResponse, Service, html, link};

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

    fn decode(
        &self,
        config: &PodConfig,
        response: Response<'_>,
    ) -> Result<PodResponse<PaymentLink>, DecodeError> {
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

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        super::about(handle, self.id)
    }
}
