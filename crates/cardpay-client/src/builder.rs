use std::fmt;

use paylink_core::{BaseUrl, Error, Header, Invalid, Rial, Transport, Validation};
use secrecy::{ExposeSecret, SecretString};

use crate::BodyEncoding;
use crate::account::{CardPayAccount, Options, check_callback_field};
use crate::client::CardPay;
use crate::descriptor::TOKEN;

/// Sets up a [`CardPay`] client.
#[must_use = "nothing is set up before build"]
pub struct CardPayBuilder {
    base_url: String,
    token: SecretString,
    plain_http: bool,
    transport: Option<Transport>,
    options: Options,
}

impl CardPayBuilder {
    pub(crate) fn new(base_url: String, token: SecretString) -> CardPayBuilder {
        CardPayBuilder {
            base_url,
            token,
            plain_http: false,
            transport: None,
            options: Options::default(),
        }
    }

    /// Lets the base URL be plain `http` on another machine than this one.
    ///
    /// The token and the payer's card then travel readable, and whoever sits between can answer "paid" to every check:
    /// nothing in an answer is signed. It is for a script on the same private network as the shop, and for nothing else.
    pub fn allow_plain_http(mut self) -> CardPayBuilder {
        self.plain_http = true;
        self
    }

    /// Names the parameter in which a create sends the callback; `callbackUrl` if it is not said.
    pub fn callback_field(mut self, name: impl Into<String>) -> CardPayBuilder {
        self.options.callback_field = name.into();
        self
    }

    /// Writes bodies in this encoding; a form if it is not said.
    pub fn body_encoding(mut self, encoding: BodyEncoding) -> CardPayBuilder {
        self.options.encoding = encoding;
        self
    }

    /// Bounds how far the exact amount of a payment may be from its price, in rial; 10,000 if it is not said, and never more
    /// than half of the price.
    ///
    /// The script tells a payment by a tail on its price, and the document does not say how large one can be. An amount
    /// beyond the bound is taken for another payment's, or for one in toman: the create is then a mismatch whose outcome
    /// is unknown. Set it where the script's tails are larger, or to the largest one that they have.
    pub fn largest_tail(mut self, tail: Rial) -> CardPayBuilder {
        self.options.largest_tail = tail;
        self
    }

    /// Reads answers whatever content type they carry.
    ///
    /// The document says that answers are JSON and not how they are labelled; `application/json` is expected. A script
    /// that labels them `text/html`, as PHP does by itself, needs this: a firewall's page is then told apart by its form
    /// alone.
    pub fn accept_any_content_type(mut self) -> CardPayBuilder {
        self.options.any_content_type = true;
        self
    }

    /// Uses a transport that is there already. One per process is enough: building it loads the root certificates.
    pub fn transport(mut self, transport: Transport) -> CardPayBuilder {
        self.transport = Some(transport);
        self
    }

    /// Sets the client up. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Names everything that is empty or malformed in the base URL, the token and the callback's name, and what to do about
    /// it ([`Error::invalids`]). The token is not shown.
    pub fn build(self) -> Result<CardPay, Error> {
        let mut validation = Validation::new();
        let base_url = validation.take(self.checked_base_url());
        let token = Header::secret("token", self.token.expose_secret());
        let token = validation.take(token.map_err(|invalid| invalid.under(TOKEN)));
        let named = validation.take(check_callback_field(&self.options.callback_field));
        let (Some(base_url), Some(token), Some(())) = (base_url, token, named) else {
            return Err(validation.failed());
        };
        let account = CardPayAccount::new(base_url, token, self.options)?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Transport::new()?,
        };
        Ok(CardPay::new(transport, account))
    }
}

impl CardPayBuilder {
    /// A base URL that is refused for plain http alone can be allowed. The document shows no other form.
    fn checked_base_url(&self) -> Result<BaseUrl, Invalid> {
        let any_http = BaseUrl::parse_allowing_plain_http(&self.base_url);
        if self.plain_http {
            return any_http;
        }
        BaseUrl::parse(&self.base_url).map_err(|invalid| match any_http {
            Ok(_) => invalid.remedy(
                "use https; where the script stands on the shop's own private network, allow it by plain_http = true in the \
                 configuration, or by allow_plain_http() in a program: the token then travels readable",
            ),
            Err(_) => invalid,
        })
    }
}

impl fmt::Debug for CardPayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is not checked yet: somebody may have written a password into it.
        f.debug_struct("CardPayBuilder")
            .field("plain_http", &self.plain_http)
            .field("body_encoding", &self.options.encoding)
            .field("largest_tail", &self.options.largest_tail)
            .finish_non_exhaustive()
    }
}
