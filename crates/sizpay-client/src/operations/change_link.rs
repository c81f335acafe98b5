use paylink_core::{
    DecodeError, Handle, Idempotency, Invalid, JalaliDate, Lookup, Operation, Request, Response,
};
use serde::Serialize;

use crate::config::{Method, Parameters, SizPayConfig};
use crate::descriptor::SEND_ID;
use crate::{InvoiceNumber, SendId, answer};

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
    type Config = SizPayConfig;
    type Output = Accepted;

    const NAME: &'static str = "disable";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn unsupported(&self, config: &SizPayConfig) -> Option<&'static str> {
        (!config.is_rest()).then_some(
            "SizPay's ASMX service documents no method that disables a link: use Via::Rest",
        )
    }

    fn request(&self, config: &SizPayConfig) -> Result<Request, Invalid> {
        config.request(Method::Disable, &self.0.write(config.credentials()))
    }

    fn decode(
        &self,
        config: &SizPayConfig,
        response: Response<'_>,
    ) -> Result<Accepted, DecodeError> {
        accepted(config, response, Method::Disable)
    }

    fn fill_handle(&self, config: &SizPayConfig, handle: Handle) -> Handle {
        self.0.fill_handle(handle.with_merchant(config.link_name()))
    }
}

/// Sends a link's SMS again (document "REST", sections 4 and 5; proven).
///
/// SizPay allows three of them, two minutes apart; [`ResendRule`](crate::ResendRule) keeps count. It names the link by
/// one of its two keys. The ASMX service documents no such method.
#[derive(Clone, Debug)]
#[must_use = "an SMS is sent again by the client"]
pub struct ResendSms(SentLinkKey);

impl ResendSms {
    /// The SMS of the link with this id, sent on this day.
    pub fn by_send_id(send_id: SendId, sent_on: JalaliDate) -> ResendSms {
        ResendSms(SentLinkKey::by_send_id(send_id, sent_on))
    }

    /// The SMS of this invoice's link, sent on this day.
    ///
    /// # Errors
    ///
    /// If `number` cannot be an invoice number.
    pub fn by_invoice_number(
        number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        sent_on: JalaliDate,
    ) -> Result<ResendSms, Invalid> {
        let number = number.try_into().map_err(Into::into)?;
        Ok(ResendSms(SentLinkKey::by_invoice_number(number, sent_on)))
    }
}

impl Operation for ResendSms {
    type Config = SizPayConfig;
    type Output = Accepted;

    const NAME: &'static str = "resend";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn unsupported(&self, config: &SizPayConfig) -> Option<&'static str> {
        (!config.is_rest()).then_some(
            "SizPay's ASMX service documents no method that sends the SMS again: use Via::Rest",
        )
    }

    fn request(&self, config: &SizPayConfig) -> Result<Request, Invalid> {
        config.request(Method::Resend, &self.0.write(config.credentials()))
    }

    fn decode(
        &self,
        config: &SizPayConfig,
        response: Response<'_>,
    ) -> Result<Accepted, DecodeError> {
        accepted(config, response, Method::Resend)
    }

    fn fill_handle(&self, config: &SizPayConfig, handle: Handle) -> Handle {
        self.0.fill_handle(handle.with_merchant(config.link_name()))
    }
}

/// SizPay says that it did what it was asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Accepted {
    /// SizPay's message, for a log.
    pub message: Option<String>,
}

/// The answer to a disable and to a resend. The document shows none: result and message are a reading.
fn accepted(
    config: &SizPayConfig,
    response: Response<'_>,
    method: Method,
) -> Result<Accepted, DecodeError> {
    let answer = answer::successful(config, response, method)?;
    Ok(Accepted {
        message: answer.message().and_then(answer::shown),
    })
}

/// By what a sent link is named: one of the two, never both.
#[derive(Clone, PartialEq, Eq, Debug)]
enum LinkKey {
    SendId(SendId),
    InvoiceNumber(InvoiceNumber),
}

/// A sent link, named the way that REST wants it: by one of its keys and the day on which it was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
struct SentLinkKey {
    key: LinkKey,
    sent_on: JalaliDate,
}

impl SentLinkKey {
    fn by_send_id(send_id: SendId, sent_on: JalaliDate) -> SentLinkKey {
        SentLinkKey {
            key: LinkKey::SendId(send_id),
            sent_on,
        }
    }

    fn by_invoice_number(number: InvoiceNumber, sent_on: JalaliDate) -> SentLinkKey {
        SentLinkKey {
            key: LinkKey::InvoiceNumber(number),
            sent_on,
        }
    }

    /// Adds the three fields of the document's sections 2 to 5: the key that is not used is 0 or empty.
    fn write<'a>(&'a self, parameters: Parameters<'a>) -> Parameters<'a> {
        let (id, number) = match &self.key {
            LinkKey::SendId(id) => (id.get(), ""),
            LinkKey::InvoiceNumber(number) => (0, number.as_str()),
        };
        parameters
            .number(SEND_ID, id)
            .text("PayLinkFactorNo", number)
            .text("PayLinkFactorDate", self.sent_on.to_string())
    }

    fn fill_handle(&self, handle: Handle) -> Handle {
        let handle = handle.with_id("PayLinkFactorDate", self.sent_on.to_string());
        match &self.key {
            LinkKey::SendId(id) => handle.with_id(SEND_ID, id.to_string()),
            LinkKey::InvoiceNumber(number) => handle.with_reference(number.as_str()),
        }
    }
}
