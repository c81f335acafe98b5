use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use paylink_core::{
    BaseUrl, ClientConfig, ContentType, Endpoint, FieldKey, Invalid, MediaType, Request,
};
use secrecy::{ExposeSecret, SecretString};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::Via;
use crate::descriptor::NAME;
use crate::texts::LinkName;

const OPERATION: FieldKey = FieldKey::new("operation", "operation");

/// A merchant's account with SizPay. It is made by [`SizPayBuilder`](crate::SizPayBuilder) and prints no secret.
pub struct SizPayConfig {
    keys: Keys,
    link_name: LinkName,
    via: Via,
    base_url: BaseUrl,
    way: Way,
    options: Options,
    /// Whether an answer came that named no link.
    nameless: AtomicBool,
}

/// Key 1 and key 2 of the panel.
pub(crate) struct Keys {
    pub(crate) user_name: SecretString,
    pub(crate) password: SecretString,
}

/// What an account may leave at its default.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) settling_time: Duration,
    pub(crate) any_content_type: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            settling_time: Duration::from_secs(180),
            any_content_type: false,
        }
    }
}

/// The addresses that the chosen way goes to, parsed once.
pub(crate) enum Way {
    Rest {
        send: Endpoint,
        disable: Endpoint,
        resend: Endpoint,
        pay_status: Endpoint,
    },
    AsmxJson {
        send: Endpoint,
        pay_status: Endpoint,
    },
    #[cfg(feature = "soap")]
    Soap(crate::soap::Service),
}

impl Way {
    pub(crate) fn rest(base: &BaseUrl, resend: &BaseUrl) -> Result<Way, Invalid> {
        Ok(Way::Rest {
            send: base.endpoint(Method::Send.rest())?,
            disable: base.endpoint(Method::Disable.rest())?,
            resend: resend.endpoint(Method::Resend.rest())?,
            pay_status: base.endpoint(Method::PayStatus.rest())?,
        })
    }

    pub(crate) fn asmx_json(base: &BaseUrl) -> Result<Way, Invalid> {
        Ok(Way::AsmxJson {
            send: base.endpoint(AsmxMethod::Send.with_model())?,
            pay_status: base.endpoint(AsmxMethod::PayStatus.with_model())?,
        })
    }
}

impl SizPayConfig {
    pub(crate) fn new(
        keys: Keys,
        link_name: LinkName,
        via: Via,
        base_url: BaseUrl,
        way: Way,
        options: Options,
    ) -> SizPayConfig {
        SizPayConfig {
            keys,
            link_name,
            via,
            base_url,
            way,
            options,
            nameless: AtomicBool::new(false),
        }
    }

    /// What every method is given first.
    pub(crate) fn credentials(&self) -> Parameters<'_> {
        Parameters::new()
            .text("UserName", self.keys.user_name.expose_secret())
            .text("Password", self.keys.password.expose_secret())
            .text("PayLinkName", self.link_name.as_str())
    }

    /// A POST of these parameters, in the form of the chosen way.
    pub(crate) fn request(
        &self,
        method: Method,
        parameters: &Parameters<'_>,
    ) -> Result<Request, Invalid> {
        let asmx = || {
            AsmxMethod::of(method)
                .ok_or_else(|| Invalid::new(OPERATION, "is not one of SizPay's ASMX service"))
        };
        match &self.way {
            Way::Rest {
                send,
                disable,
                resend,
                pay_status,
            } => {
                let place = match method {
                    Method::Send => send,
                    Method::Disable => disable,
                    Method::Resend => resend,
                    Method::PayStatus => pay_status,
                };
                Ok(Request::post(
                    place,
                    ContentType::Json,
                    parameters.to_json()?,
                ))
            }
            Way::AsmxJson { send, pay_status } => {
                let place = match asmx()? {
                    AsmxMethod::Send => send,
                    AsmxMethod::PayStatus => pay_status,
                };
                let body = parameters.to_json_under(MODEL)?;
                Ok(Request::post(place, ContentType::JsonUtf8, body))
            }
            #[cfg(feature = "soap")]
            Way::Soap(service) => service.request(asmx()?, parameters),
        }
    }

    pub(crate) fn via(&self) -> Via {
        self.via
    }

    pub(crate) fn is_rest(&self) -> bool {
        self.via == Via::Rest
    }

    #[cfg(feature = "soap")]
    pub(crate) fn soap(&self) -> Option<&crate::soap::Service> {
        match &self.way {
            Way::Soap(service) => Some(service),
            Way::Rest { .. } | Way::AsmxJson { .. } => None,
        }
    }

    /// What answers are written in.
    pub(crate) fn answer(&self) -> MediaType {
        if self.via.is_soap() {
            MediaType::Xml
        } else {
            MediaType::Json
        }
    }

    /// Whether SizPay's answers name the links that they are about, as far as is known. If not, asking so is in vain.
    pub(crate) fn names_links(&self) -> bool {
        !self.nameless.load(Ordering::Relaxed)
    }

    pub(crate) fn note_nameless(&self) {
        self.nameless.store(true, Ordering::Relaxed);
    }

    pub(crate) fn link_name(&self) -> &str {
        self.link_name.as_str()
    }

    pub(crate) fn settling_time(&self) -> Duration {
        self.options.settling_time
    }

    /// A text from the service without the merchant's keys: ASP.NET's complaints about a request may quote it.
    pub(crate) fn without_keys<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for key in [&self.keys.user_name, &self.keys.password] {
            let key = key.expose_secret();
            if text.contains(key) {
                text = Cow::Owned(text.replace(key, "…"));
            }
        }
        text
    }
}

impl ClientConfig for SizPayConfig {
    const PROVIDER: &'static str = NAME;

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn accepts_any_content_type(&self) -> bool {
        self.options.any_content_type
    }
}

impl fmt::Debug for SizPayConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SizPayConfig")
            .field("via", &self.via)
            .field("base_url", &self.base_url)
            .field("link_name", &self.link_name)
            .finish_non_exhaustive()
    }
}

/// What SizPay can be asked to do, by the names that its documents use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Method {
    Send,
    Disable,
    Resend,
    PayStatus,
}

impl Method {
    /// The last segment of the REST service's address.
    pub(crate) fn rest(self) -> &'static str {
        match self {
            Method::Send => "PayLinkSend",
            Method::Disable => "PayLinkDisable",
            Method::Resend => "PayLinkReSend",
            Method::PayStatus => "PayLinkPayStatus",
        }
    }
}

/// A method of the ASMX service. It documents two of the four; the model of the second is a reading, by analogy with the
/// first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AsmxMethod {
    Send,
    PayStatus,
}

impl AsmxMethod {
    pub(crate) fn of(method: Method) -> Option<AsmxMethod> {
        match method {
            Method::Send => Some(AsmxMethod::Send),
            Method::PayStatus => Some(AsmxMethod::PayStatus),
            Method::Disable | Method::Resend => None,
        }
    }

    /// The method that takes its parameters one by one.
    #[cfg(feature = "soap")]
    pub(crate) fn plain(self) -> &'static str {
        match self {
            AsmxMethod::Send => "PayLinkSendSoap",
            AsmxMethod::PayStatus => "PayLinkPayStatusSoap",
        }
    }

    /// The method that takes them in one model.
    pub(crate) fn with_model(self) -> &'static str {
        match self {
            AsmxMethod::Send => "PayLinkSendRest",
            AsmxMethod::PayStatus => "PayLinkPayStatusRest",
        }
    }
}

/// The parameter that holds the model.
pub(crate) const MODEL: &str = "PayLinkData";

/// A request that cannot be written.
pub(crate) const REQUEST: FieldKey = FieldKey::new("request", "request");

/// What a method is given, in the document's order; each way writes it in its own form.
pub(crate) struct Parameters<'a>(Vec<(&'static str, Parameter<'a>)>);

/// One parameter: text, or a whole number (`long`).
pub(crate) enum Parameter<'a> {
    Text(Cow<'a, str>),
    Number(u64),
}

impl<'a> Parameters<'a> {
    pub(crate) fn new() -> Parameters<'a> {
        Parameters(Vec::with_capacity(8))
    }

    pub(crate) fn text(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.0.push((name, Parameter::Text(value.into())));
        self
    }

    pub(crate) fn number(mut self, name: &'static str, value: u64) -> Self {
        self.0.push((name, Parameter::Number(value)));
        self
    }

    #[cfg(feature = "soap")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Parameter<'a>)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// One JSON object.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, Invalid> {
        to_json(self)
    }

    /// One JSON object inside another, under this name.
    pub(crate) fn to_json_under(&self, name: &'static str) -> Result<Vec<u8>, Invalid> {
        to_json(&std::collections::BTreeMap::from([(name, self)]))
    }
}

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            match value {
                Parameter::Text(text) => map.serialize_entry(name, text)?,
                Parameter::Number(number) => map.serialize_entry(name, number)?,
            }
        }
        map.end()
    }
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Invalid> {
    serde_json::to_vec(value).map_err(|_| Invalid::new(REQUEST, "cannot be written as JSON"))
}
