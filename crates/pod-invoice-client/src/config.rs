use std::fmt::{self, Display};
use std::time::Duration;

use paylink_core::{
    BaseUrl, ClientConfig, ContentType, Endpoint, FieldKey, Header, Invalid, Request,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::descriptor::{API_KEY, NAME};
use crate::{Environment, GuildCode, Service};

/// The one place where every service is called (document "Payment", before you begin; proven).
const SERVICE_CALL: &str = "srv/sc/nzh/doServiceCall";

/// A merchant's account with POD. It is made by [`PodBuilder`](crate::PodBuilder) and prints no secret.
pub struct PodConfig {
    environment: Environment,
    base_url: BaseUrl,
    service_call: Endpoint,
    pay_url: Url,
    token: Header,
    token_issuer: Header,
    keys: Keys,
    vouchers: Vec<SecretString>,
    options: Options,
}

impl PodConfig {
    pub(crate) fn new(
        environment: Environment,
        base_url: BaseUrl,
        pay_url: Url,
        token: Header,
        keys: Keys,
        vouchers: Vec<SecretString>,
        options: Options,
    ) -> Result<PodConfig, Invalid> {
        Ok(PodConfig {
            environment,
            service_call: base_url.endpoint(SERVICE_CALL)?,
            base_url,
            pay_url,
            token,
            token_issuer: Header::plain("_token_issuer_", "1")?,
            keys,
            vouchers,
            options,
        })
    }

    /// A call of a service with the merchant's token. The service's number and key come first, then its parameters.
    pub(crate) fn call(
        &self,
        service: Service,
        parameters: impl FnOnce(Form) -> Form,
    ) -> Result<Request, Invalid> {
        let form = Form::new()
            .pair("scProductId", service.number_in(self.environment)?)
            .pair("scApiKey", self.keys.of(service)?.expose_secret());
        let vouchers = self.vouchers.iter().map(ExposeSecret::expose_secret);
        let body = parameters(form)
            .each("scVoucherHash", vouchers)
            .into_string();
        Ok(Request::post(&self.service_call, ContentType::Form, body)
            .header(&self.token)
            .header(&self.token_issuer))
    }

    pub(crate) fn environment(&self) -> Environment {
        self.environment
    }

    pub(crate) fn pay_url(&self) -> &Url {
        &self.pay_url
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }
}

/// What an account may leave at its default.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) business: Option<u64>,
    pub(crate) guild: Option<GuildCode>,
    pub(crate) settling_time: Duration,
    pub(crate) any_content_type: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            business: None,
            guild: None,
            settling_time: Duration::from_secs(180),
            any_content_type: false,
        }
    }
}

/// The keys of the services: one for all, and those of single services in its place.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) of_all: Option<SecretString>,
    pub(crate) of_one: Vec<(Service, SecretString)>,
}

impl Keys {
    /// Each key, and the field under which it is refused.
    pub(crate) fn each(&self) -> impl Iterator<Item = (FieldKey, &SecretString)> {
        let all = self.of_all.iter().map(|key| (API_KEY, key));
        all.chain(
            self.of_one
                .iter()
                .map(|(service, key)| (service.setting(), key)),
        )
    }

    fn of(&self, service: Service) -> Result<&SecretString, Invalid> {
        self.of_one
            .iter()
            .rev()
            .find(|(one, _)| *one == service)
            .map(|(_, key)| key)
            .or(self.of_all.as_ref())
            .ok_or_else(|| {
                Invalid::new(API_KEY, format!("of service {service} is missing")).with_remedy(
                    "give the client one with .key_of(service, key), or one for all with .key(key)",
                )
            })
    }
}

impl ClientConfig for PodConfig {
    const PROVIDER: &'static str = NAME;

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn accepts_any_content_type(&self) -> bool {
        self.options.any_content_type
    }
}

impl fmt::Debug for PodConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PodConfig")
            .field("environment", &self.environment)
            .field("base_url", &self.base_url)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// A form body as POD reads it: names in lower camel case, lists as a repeated key, truth values as `true` and `false`.
pub(crate) struct Form(form_urlencoded::Serializer<'static, String>);

impl Form {
    pub(crate) fn new() -> Form {
        Form(form_urlencoded::Serializer::new(String::with_capacity(256)))
    }

    pub(crate) fn pair(mut self, name: &str, value: impl Display) -> Form {
        self.0.append_pair(name, &value.to_string());
        self
    }

    /// Adds the pair if there is a value.
    pub(crate) fn optional(self, name: &str, value: Option<impl Display>) -> Form {
        match value {
            Some(value) => self.pair(name, value),
            None => self,
        }
    }

    /// Adds one pair for each value, in their order.
    pub(crate) fn each(self, name: &str, values: impl IntoIterator<Item = impl Display>) -> Form {
        values
            .into_iter()
            .fold(self, |form, value| form.pair(name, value))
    }

    pub(crate) fn into_string(mut self) -> String {
        self.0.finish()
    }
}
