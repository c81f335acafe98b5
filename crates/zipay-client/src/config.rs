use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

use paylink_core::{BaseUrl, ClientConfig, ContentType, Endpoint, Header, Invalid, Request};

use crate::descriptor::{NAME, TERMINAL};
use crate::signature::{Form, Signer};

/// A merchant's account with ZiPay. It is made by [`ZiPayBuilder`](crate::ZiPayBuilder) and prints no secret.
pub struct ZiPayConfig {
    base_url: BaseUrl,
    endpoints: Endpoints,
    api_key: Header,
    signer: Signer,
    terminal: Option<Terminal>,
    settling_time: Duration,
    any_content_type: bool,
}

/// The addresses of the operations, parsed once.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(crate) create_invoice: Endpoint,
    pub(crate) invoice_status: Endpoint,
    pub(crate) invoice_verify: Endpoint,
    pub(crate) invoice_list: Endpoint,
    pub(crate) invoice_refund: Endpoint,
}

impl ZiPayConfig {
    pub(crate) fn new(
        base_url: BaseUrl,
        api_key: Header,
        signer: Signer,
        options: Options,
    ) -> Result<ZiPayConfig, Invalid> {
        let endpoints = Endpoints {
            create_invoice: base_url.endpoint("create-invoice")?,
            invoice_status: base_url.endpoint("invoice-status")?,
            invoice_verify: base_url.endpoint("invoice-verify")?,
            invoice_list: base_url.endpoint("invoice-list")?,
            invoice_refund: base_url.endpoint("invoice-refund")?,
        };
        Ok(ZiPayConfig {
            base_url,
            endpoints,
            api_key,
            signer,
            terminal: options.terminal,
            settling_time: options.settling_time,
            any_content_type: options.any_content_type,
        })
    }

    /// A signed POST: the bytes that are signed are the bytes that are sent.
    pub(crate) fn signed(&self, endpoint: &Endpoint, form: Form) -> Result<Request, Invalid> {
        let body = form.into_string();
        let signature = self.signer.sign(&body)?;
        Ok(Request::post(endpoint, ContentType::Form, body)
            .header(&self.api_key)
            .header(&signature))
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The client's own terminal, if it was given one.
    pub(crate) fn terminal(&self) -> Option<Terminal> {
        self.terminal
    }

    /// The terminal that an operation names, or else the client's own.
    pub(crate) fn terminal_or(&self, given: Option<Terminal>) -> Result<Terminal, Invalid> {
        given.or(self.terminal).ok_or_else(|| {
            Invalid::new(TERMINAL, "is missing")
                .with_remedy("give the client one with .terminal(1003), or the operation")
        })
    }

    pub(crate) fn settling_time(&self) -> Duration {
        self.settling_time
    }
}

/// What an account may leave at its default.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) terminal: Option<Terminal>,
    pub(crate) settling_time: Duration,
    pub(crate) any_content_type: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            terminal: None,
            settling_time: Duration::from_secs(180),
            any_content_type: false,
        }
    }
}

impl ClientConfig for ZiPayConfig {
    const PROVIDER: &'static str = NAME;

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn accepts_any_content_type(&self) -> bool {
        self.any_content_type
    }
}

impl fmt::Debug for ZiPayConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZiPayConfig")
            .field("base_url", &self.base_url)
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}

/// The number of one of the merchant's terminals at ZiPay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Terminal(NonZeroU64);

impl Terminal {
    pub(crate) fn new(number: u64) -> Result<Terminal, Invalid> {
        NonZeroU64::new(number).map(Terminal).ok_or_else(|| {
            Invalid::new(TERMINAL, "is zero")
                .with_remedy("take it from ZiPay's panel, such as 1003")
        })
    }

    pub(crate) fn number(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
