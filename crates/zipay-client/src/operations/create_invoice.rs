use std::borrow::Cow;

use paylink_core::json::Wire;
use paylink_core::{
    BaseUrl, ClientConfig, Currency, DecodeError, FieldKey, Handle, Idempotency, Invalid, Lookup,
    Money, NationalId, Operation, Request, Response, ReturnUrl, Untrusted, WebUrl,
};
use serde::{Deserialize, Serialize};

use crate::config::{Terminal, ZiPayConfig};
use crate::descriptor::BASE_URL;
use crate::invoice::track_id;
use crate::signature::Form;
use crate::{InvoiceNumber, TrackId, envelope, hints};

/// What ZiPay's link is refused under; the refusal itself is not shown.
const REDIRECT: FieldKey = FieldKey::new("redirect", "redirect");

/// A new invoice (document "Create Invoice"; proven).
///
/// It is checked when it is built; creating it must happen once, so an unknown outcome is looked up by the invoice
/// number.
#[derive(Clone, Debug)]
#[must_use = "an invoice is created by the client"]
pub struct NewInvoice {
    invoice_number: InvoiceNumber,
    amount: Money,
    callback: ReturnUrl,
    webhook: Option<ReturnUrl>,
    national_id: Option<NationalId>,
    terminal: Option<Terminal>,
}

impl NewInvoice {
    /// The field under which the page is refused to which the payer returns.
    pub const CALLBACK: FieldKey = FieldKey::new("callback", "callback");
    /// The field under which the URL is refused that ZiPay POSTs to.
    pub const WEBHOOK: FieldKey = FieldKey::new("webhook", "webhook");

    /// An invoice of `amount` under the merchant's own number, with the page to which the payer returns.
    ///
    /// The currency is USD, USDT or IRT, which is **toman**. The number has 1 to 200 characters and is unique per
    /// terminal. ZiPay adds `trackid` and `invoice_number` to the callback's query, so it must hold neither of them, and no
    /// fragment. Number and callback are given as text, or parsed.
    ///
    /// An app is returned to by [`ReturnUrl::parse_app`]. ZiPay's document speaks of a URL and does not say whether it takes
    /// an app's own scheme (`docs/unverified.md`).
    ///
    /// # Errors
    ///
    /// Names the field, shows the value, says what to write instead.
    ///
    /// ```
    /// use zipay_client::{Currency, Money, NewInvoice, ReturnUrl};
    ///
    /// let price = Money::new("250000", Currency::Irt)?;
    /// let invoice = NewInvoice::new("1000", price, "https://shop.example/back")?;
    /// let invoice = NewInvoice::new("1000", price, ReturnUrl::parse_app(ReturnUrl::KEY, "myapp://back")?)?;
    /// let error = NewInvoice::new("1000", price, "shop.example/back").unwrap_err();
    /// assert_eq!(error.key(), "callback");
    /// # Ok::<(), zipay_client::Invalid>(())
    /// ```
    pub fn new(
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        amount: Money,
        callback: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<NewInvoice, Invalid> {
        let callback = hints::IN_RETURN.leave_free(NewInvoice::CALLBACK, callback)?;
        if !amount.is_positive() {
            return Err(
                Invalid::new(Money::KEY, "is zero").with_remedy("give an amount above zero")
            );
        }
        match amount.currency() {
            Currency::Usd | Currency::Usdt | Currency::Irt => {}
            Currency::Irr => {
                return Err(Invalid::new(
                    Currency::KEY,
                    "is rial (IRR), which ZiPay does not take",
                )
                .with_remedy("convert the amount to toman (IRT)"));
            }
            other => {
                return Err(Invalid::new(Currency::KEY, "is not taken by ZiPay")
                    .with_value(&other.to_string())
                    .with_remedy("use USD, USDT or IRT"));
            }
        }
        Ok(NewInvoice {
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            amount,
            callback,
            webhook: None,
            national_id: None,
            terminal: None,
        })
    }

    /// Adds the URL that ZiPay POSTs to after payment. What arrives there is a hint, nothing signs it.
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, holds a fragment, or has `trackid`, `invoice_number` or `status` in its query.
    pub fn with_webhook(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<NewInvoice, Invalid> {
        let webhook = hints::IN_WEBHOOK.leave_free(NewInvoice::WEBHOOK, url)?;
        if webhook.is_app() {
            return Err(
                Invalid::new(NewInvoice::WEBHOOK, "is the address of an app")
                    .with_value(webhook.as_str())
                    .with_remedy("give an http or https URL, since ZiPay calls it itself"),
            );
        }
        self.webhook = Some(webhook);
        Ok(self)
    }

    /// Lets nobody pay but the person with this national id, an Iranian's or a foreigner's.
    ///
    /// The document does not say whether ZiPay knows the 12 digits of foreigners (`docs/unverified.md`).
    pub fn with_national_id(mut self, national_id: NationalId) -> NewInvoice {
        self.national_id = Some(national_id);
        self
    }

    /// Creates it at this terminal in place of the client's own.
    ///
    /// # Errors
    ///
    /// Zero is no terminal.
    pub fn with_terminal(mut self, number: u64) -> Result<NewInvoice, Invalid> {
        self.terminal = Some(Terminal::new(number)?);
        Ok(self)
    }
}

/// What creating an invoice yields.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct CreatedInvoice {
    /// ZiPay's id: store it with the order.
    pub track_id: TrackId,
    /// Where to send the payer. It may be an `http` link; show it as it came.
    pub redirect: WebUrl,
    /// ZiPay's message, for a log.
    pub message: Option<String>,
}

impl Operation for NewInvoice {
    type Config = ZiPayConfig;
    type Output = CreatedInvoice;

    const NAME: &'static str = "create-invoice";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByReference;

    fn request(&self, config: &ZiPayConfig) -> Result<Request, Invalid> {
        let terminal = config.terminal_or(self.terminal)?.to_string();
        let form = Form::new()
            .pair("terminal_number", &terminal)
            .pair("amount", &self.amount.amount())
            .pair("currency", self.amount.currency().code())
            .pair("invoice_number", self.invoice_number.as_str())
            .optional(
                "national_id",
                self.national_id.as_ref().map(NationalId::as_str),
            )
            .pair("callback", self.callback.as_str())
            .optional("webhook", self.webhook.as_ref().map(ReturnUrl::as_str));
        config.signed(&config.endpoints().create_invoice, form)
    }

    fn decode(
        &self,
        config: &ZiPayConfig,
        response: Response<'_>,
    ) -> Result<CreatedInvoice, DecodeError> {
        let result: WireCreated<'_> = envelope::result(None, response)?;
        let redirect = pay_page(config, &result.redirect.required("result.redirect")?)?;
        Ok(CreatedInvoice {
            track_id: track_id(result.trackid)?,
            redirect,
            message: result
                .message
                .ok()
                .map(|message| paylink_core::text::excerpt(&message, 200)),
        })
    }

    fn fill_handle(&self, config: &ZiPayConfig, handle: Handle) -> Handle {
        let handle = handle
            .with_reference(self.invoice_number.as_str())
            .with_amount(self.amount);
        match config.terminal_or(self.terminal) {
            Ok(terminal) => handle.with_merchant(terminal.to_string()),
            Err(_) => handle,
        }
    }
}

/// A link to show: `https`, or plain `http` to ZiPay's own host, as the document has it.
fn pay_page(config: &ZiPayConfig, link: &str) -> Result<WebUrl, Untrusted> {
    let link = WebUrl::parse(REDIRECT, link)
        .map_err(|_| Untrusted::new("result.redirect is not a link"))?;
    let is_documented = || BaseUrl::parse(BASE_URL).is_ok_and(|own| own.host() == link.host());
    if link.is_https() || config.base_url().host() == link.host() || is_documented() {
        Ok(link)
    } else {
        Err(Untrusted::new(
            "result.redirect is a plain http link to a host that is not ZiPay's",
        ))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WireCreated<'a> {
    trackid: Wire<Cow<'a, str>>,
    redirect: Wire<Cow<'a, str>>,
    message: Wire<Cow<'a, str>>,
}
