use std::fmt;

use paylink_core::{BaseUrl, ClientConfig, Endpoint, Header, Invalid, Request, Rial};

use crate::BodyEncoding;
use crate::descriptor::{CALLBACK_FIELD, NAME};
use crate::encoding::Parameters;

/// The callback's parameter. The document's own text is damaged at this place; this spelling is a reading.
pub(crate) const CALLBACK_PARAMETER: &str = "callbackUrl";

/// How far an exact amount may be from the price: 1,000 toman, the least price. The document does not say (a reading).
const LARGEST_TAIL: Rial = Rial::new(10_000);

/// The other parameters of a create (document "create payment"; proven).
const OTHER_FIELDS: [&str; 4] = ["price", "fid", "phone", "card"];

/// A merchant's installation of CardPay. It is made by [`CardPayBuilder`](crate::CardPayBuilder) and prints no secret.
pub struct CardPayConfig {
    base_url: BaseUrl,
    endpoints: Endpoints,
    token: Header,
    options: Options,
}

/// The addresses of the operations, parsed once.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(crate) create: Endpoint,
    pub(crate) set_card: Endpoint,
    pub(crate) check: Endpoint,
    pub(crate) cards: Endpoint,
}

impl CardPayConfig {
    pub(crate) fn new(
        base_url: BaseUrl,
        token: Header,
        options: Options,
    ) -> Result<CardPayConfig, Invalid> {
        let endpoints = Endpoints {
            create: base_url.endpoint("create")?,
            set_card: base_url.endpoint("setCard")?,
            check: base_url.endpoint("check")?,
            cards: base_url.endpoint("carts")?,
        };
        Ok(CardPayConfig {
            base_url,
            endpoints,
            token,
            options,
        })
    }

    pub(crate) fn get(&self, endpoint: &Endpoint) -> Request {
        Request::get(endpoint).header(&self.token)
    }

    pub(crate) fn post(&self, endpoint: &Endpoint, parameters: &Parameters<'_>) -> Request {
        let (media, body) = parameters.written(self.options.encoding);
        Request::post(endpoint, media, body).header(&self.token)
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    pub(crate) fn largest_tail(&self) -> Rial {
        self.options.largest_tail
    }

    pub(crate) fn callback_field(&self) -> &str {
        &self.options.callback_field
    }

    /// Which installation this is: ids of payments mean something within one alone.
    pub(crate) fn shop(&self) -> &str {
        self.base_url.as_str()
    }
}

/// What an account may leave at its default.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) callback_field: String,
    pub(crate) encoding: BodyEncoding,
    pub(crate) any_content_type: bool,
    pub(crate) largest_tail: Rial,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            callback_field: CALLBACK_PARAMETER.to_owned(),
            encoding: BodyEncoding::default(),
            any_content_type: false,
            largest_tail: LARGEST_TAIL,
        }
    }
}

impl ClientConfig for CardPayConfig {
    const PROVIDER: &'static str = NAME;

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn accepts_any_content_type(&self) -> bool {
        self.options.any_content_type
    }
}

impl fmt::Debug for CardPayConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardPayConfig")
            .field("base_url", &self.base_url)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Checks the name of the parameter in which a create sends the callback.
pub(crate) fn check_callback_field(name: &str) -> Result<(), Invalid> {
    let wrong = |problem: &'static str| {
        Invalid::new(CALLBACK_FIELD, problem)
            .with_value(name)
            .with_remedy("give the parameter's name as the script spells it, such as callbackUrl")
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if name.is_empty() {
        Err(wrong("is empty"))
    } else if !name.bytes().all(plain) {
        Err(wrong(
            "holds a character that is not an ASCII letter, a digit, - or _",
        ))
    } else if OTHER_FIELDS.contains(&name) {
        Err(wrong("is the name of another parameter"))
    } else {
        Ok(())
    }
}
