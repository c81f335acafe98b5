use paylink_core::{
    ClientConfig, DecodeError, Handle, Idempotency, Invalid, Lookup, MediaType, Mobile, Money,
    Operation, Request, Response, Rial, Untrusted, WebUrl,
};
use serde::Serialize;

use crate::config::{Method, SizPayConfig};
use crate::descriptor::SEND_ID;
use crate::fields::{MESSAGE, URL};
use crate::{CustomerName, Description, InvoiceNumber, SendId};
use crate::{answer, codes};

/// The largest amount: SizPay's type is a 64-bit integer with a sign.
const LARGEST: u64 = i64::MAX.unsigned_abs();

/// A new payment link (document "REST", section 1, and document "ASMX", `PayLinkSendSoap`; proven).
///
/// Sending it makes SizPay write an SMS to the payer, so it must happen once; an unknown outcome is looked up by the
/// invoice number.
#[derive(Clone, Debug)]
#[must_use = "a link is sent by the client"]
pub struct NewLink {
    invoice_number: InvoiceNumber,
    amount: Rial,
    mobile: Mobile,
    customer_name: Option<CustomerName>,
    description: Option<Description>,
}

impl NewLink {
    /// A link to pay `amount` for the merchant's own invoice number, which SizPay sends to `mobile`. Both may be text.
    ///
    /// # Errors
    ///
    /// Names the field, shows the value, says what to write instead.
    ///
    /// ```
    /// use sizpay_client::{Mobile, NewLink, Rial};
    ///
    /// let link = NewLink::new("99112101", Rial::new(10_000), "۰۹۱۲ ۲۲۷ ۲۷۳۰")?
    ///     .with_customer_name("سارا احمدی")?
    ///     .with_description("two tickets for the night train")?;
    /// assert_eq!(link.omitted_from_sms(), Some(" train"));
    ///
    /// let mobile: Mobile = "09122272730".parse()?;
    /// assert_eq!(NewLink::new("1", Rial::new(0), mobile).unwrap_err().key(), "amount");
    /// # Ok::<(), sizpay_client::Invalid>(())
    /// ```
    pub fn new(
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        amount: Rial,
        mobile: impl TryInto<Mobile, Error: Into<Invalid>>,
    ) -> Result<NewLink, Invalid> {
        if amount.get() == 0 {
            return Err(
                Invalid::new(Money::KEY, "is zero").with_remedy("give an amount above zero")
            );
        }
        if amount.get() > LARGEST {
            return Err(Invalid::new(Money::KEY, "is larger than SizPay can hold")
                .with_value(&amount.to_string())
                .with_remedy("check the number of digits"));
        }
        Ok(NewLink {
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            amount,
            mobile: mobile.try_into().map_err(Into::into)?,
            customer_name: None,
            description: None,
        })
    }

    /// Adds the name that the payer sees.
    ///
    /// # Errors
    ///
    /// If it is empty, longer than 50 characters, or more than one line.
    pub fn with_customer_name(
        mut self,
        name: impl TryInto<CustomerName, Error: Into<Invalid>>,
    ) -> Result<NewLink, Invalid> {
        self.customer_name = Some(name.try_into().map_err(Into::into)?);
        Ok(self)
    }

    /// Adds what the payment is for.
    ///
    /// # Errors
    ///
    /// If it is empty, longer than 50 characters, or more than one line.
    pub fn with_description(
        mut self,
        description: impl TryInto<Description, Error: Into<Invalid>>,
    ) -> Result<NewLink, Invalid> {
        self.description = Some(description.try_into().map_err(Into::into)?);
        Ok(self)
    }

    /// What the SMS will leave out of the description, if anything.
    #[must_use]
    pub fn omitted_from_sms(&self) -> Option<&str> {
        self.description.as_ref()?.omitted_from_sms()
    }
}

/// What sending a link yields.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct SentLink {
    /// SizPay's id: store it with the order, together with the day.
    pub send_id: SendId,
    /// Where the payer pays. REST alone brings it back; the SMS holds it either way. Nothing is to be read out of it.
    pub url: Option<WebUrl>,
    /// SizPay's message, for a log.
    pub message: Option<String>,
    /// The display fields that came in a form that could not be read.
    pub unreadable: Vec<&'static str>,
}

impl Operation for NewLink {
    type Config = SizPayConfig;
    type Output = SentLink;

    const NAME: &'static str = "send-link";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByReference;

    fn request(&self, config: &SizPayConfig) -> Result<Request, Invalid> {
        let customer_name = self.customer_name.as_ref().map_or("", CustomerName::as_str);
        let description = self.description.as_ref().map_or("", Description::as_str);
        let (number, mobile) = (self.invoice_number.as_str(), self.mobile.as_str());
        let parameters = config.credentials();
        // The two documents list them in different orders.
        let parameters = if config.is_rest() {
            parameters
                .number("Amount", self.amount.get())
                .text("MobileNo", mobile)
                .text("InvoiceNo", number)
        } else {
            parameters
                .text("InvoiceNo", number)
                .number("Amount", self.amount.get())
                .text("MobileNo", mobile)
        };
        let parameters = parameters
            .text("CustomerName", customer_name)
            .text("Description", description);
        config.request(Method::Send, &parameters)
    }

    fn decode(
        &self,
        config: &SizPayConfig,
        response: Response<'_>,
    ) -> Result<SentLink, DecodeError> {
        let answer = answer::successful(config, response, Method::Send)?;
        let send_id = answer.send_id.required(SEND_ID)?;
        if send_id == 0 {
            return Err(match answer.success_besides() {
                None => answer::refused(config, response, codes::nothing_sent(), &answer),
                Some(besides) => Untrusted::new(format!(
                    "the answer says that nothing was sent and {besides}"
                ))
                .into(),
            });
        }
        let send_id = SendId::new(send_id)
            .map_err(|_| Untrusted::new("the answer says success and holds no id of a link"))?;
        let mut unreadable = Vec::new();
        let url = answer
            .url
            .shown(URL, &mut unreadable)
            .filter(|url| !url.is_empty());
        let url = url.and_then(|url| match link(config, &url) {
            Some(url) => Some(url),
            None => {
                unreadable.push(URL);
                None
            }
        });
        let message = answer.message.shown(MESSAGE, &mut unreadable);
        Ok(SentLink {
            send_id,
            url,
            message: message.as_deref().and_then(answer::shown),
            unreadable,
        })
    }

    fn accepts(&self, config: &SizPayConfig) -> MediaType {
        config.answer()
    }

    fn max_response_bytes(&self, _: &SizPayConfig) -> usize {
        64 * 1024
    }

    fn refusals_use_500(&self, config: &SizPayConfig) -> bool {
        // SOAP 1.1, section 6.2: a fault comes with HTTP 500 on whichever side it is; the fault's code tells.
        config.via().is_soap()
    }

    fn fill_handle(&self, config: &SizPayConfig, handle: Handle) -> Handle {
        handle
            .with_reference(self.invoice_number.as_str())
            .with_merchant(config.link_name())
            .with_amount(Money::from(self.amount))
    }
}

/// A link that may be shown: `https`, as the document's, or plain where SizPay itself is plain, in the sandbox.
fn link(config: &SizPayConfig, text: &str) -> Option<WebUrl> {
    let url = WebUrl::try_from(text).ok()?;
    let plain = config.base_url().as_str().starts_with("http://");
    (url.is_https() || plain).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SizPay;

    fn sent(base_url: &str, url: &str) -> SentLink {
        let sizpay = SizPay::builder("k1", "k2", "hosseini").base_url(base_url);
        let sizpay = sizpay.build().unwrap();
        let link = NewLink::new("1", Rial::new(1), "09122272730").unwrap();
        let text = format!(r#"{{"ResCod":1,"PayLinkSendID":1,"PayLinkURL":"{url}"}}"#);
        link.decode(sizpay.config(), Response::new(200, &text))
            .unwrap()
    }

    /// The sandbox's links are plain, as the sandbox is; SizPay's own never are.
    #[test]
    fn a_plain_link_is_shown_by_a_plain_service_alone() {
        let plain = "http://127.0.0.1:9/pay/1";
        assert!(sent("http://127.0.0.1:9/api/", plain).url.is_some());
        let real = sent("https://pysrvc.sizpay.ir/api/PayLinkSend/", plain);
        assert_eq!(real.url, None);
        assert_eq!(real.unreadable, ["PayLinkURL"]);
    }
}
