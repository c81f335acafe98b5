use std::fmt;
use std::time::Duration;

use paylink_core::text::check_secret;
use paylink_core::{BaseUrl, Error, FieldKey, Invalid, Transport, Validation};
use secrecy::{ExposeSecret, SecretString};

use crate::client::Pod;
use crate::config::{Keys, Options, PodConfig};
use crate::descriptor::{BUSINESS, FEE_VOUCHER, GUILD};
use crate::{BusinessToken, Environment, GuildCode, Service, link};

/// Sets up a [`Pod`] client.
#[must_use = "nothing is set up before build"]
pub struct PodBuilder {
    environment: Environment,
    base_url: Option<String>,
    pay_url: Option<String>,
    token: BusinessToken,
    keys: Keys,
    vouchers: Vec<SecretString>,
    guild: Option<String>,
    transport: Option<Transport>,
    options: Options,
}

impl PodBuilder {
    pub(crate) fn new(token: BusinessToken) -> PodBuilder {
        PodBuilder {
            environment: Environment::default(),
            base_url: None,
            pay_url: None,
            token,
            keys: Keys::default(),
            vouchers: Vec::new(),
            guild: None,
            transport: None,
            options: Options::default(),
        }
    }

    /// Chooses the environment, with its addresses and service numbers; production by default.
    pub fn environment(mut self, environment: Environment) -> PodBuilder {
        self.environment = environment;
        self
    }

    /// Sets the key of every service that has none of its own.
    pub fn key(mut self, key: impl Into<SecretString>) -> PodBuilder {
        self.keys.of_all = Some(key.into());
        self
    }

    /// Sets the key of one service: POD hands out one for each.
    pub fn key_of(mut self, service: Service, key: impl Into<SecretString>) -> PodBuilder {
        self.keys.of_one.push((service, key.into()));
        self
    }

    /// Adds a voucher that pays POD's own fee for the calls; each call adds another one.
    pub fn fee_voucher(mut self, hash: impl Into<SecretString>) -> PodBuilder {
        self.vouchers.push(hash.into());
        self
    }

    paylink_core::setters! { self: PodBuilder;
        /// Sets another address for the services: `https`, or plain `http` on loopback.
        base_url(base_url: impl Into<String>) => self.base_url = Some(base_url.into());
        /// Sets another address for the pay pages: `https`, or plain `http` on loopback.
        pay_url(pay_url: impl Into<String>) => self.pay_url = Some(pay_url.into());
        /// Uses a transport that is there already. One per process is enough: building it loads the root certificates.
        transport(transport: Transport) => self.transport = Some(transport);
        /// Sets the merchant's business id at POD. Settling then wants every invoice to name it.
        ///
        /// Without it, that an invoice is the merchant's own rests on the token: POD lists nobody else's.
        business(id: u64) => self.options.business = Some(id);
        /// Sets the guild in which [`PaymentProvider::create`](paylink_core::PaymentProvider::create) issues invoices; a
        /// [`NewInvoice`](crate::NewInvoice) names its own.
        ///
        /// POD issues no invoice without one. The business panel shows the codes of the merchant's guilds.
        guild(code: impl Into<String>) => self.guild = Some(code.into());
        /// Sets how long "not there" may still turn into "there" after the last byte of an unknown operation left; 3 minutes
        /// by default. A time shorter than the transport's total timeout counts as that.
        ///
        /// POD documents no such time: the default is a reading.
        settling_time(time: Duration) => self.options.settling_time = time;
    }

    /// Reads answers whatever content type they carry.
    ///
    /// POD's document does not name one; `application/json` is expected. Use this only if POD sends another: a
    /// firewall's page is then told apart by its form alone.
    pub fn accept_any_content_type(mut self) -> PodBuilder {
        self.options.any_content_type = true;
        self
    }

    /// Sets the client up. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Names everything that is empty or malformed in the token, the keys, the vouchers, the business, the guild and the
    /// addresses, and what to do about it ([`Error::invalids`]). Secrets are not shown.
    pub fn build(self) -> Result<Pod, Error> {
        let environment = self.environment;
        let base_url = self.base_url.as_deref().unwrap_or(environment.base_url());
        let pay_url = self.pay_url.as_deref().unwrap_or(environment.pay_url());
        let mut validation = Validation::new();
        let token = validation.take(self.token.header());
        for (field, key) in self.keys.each() {
            validation.take(check_secret(field, key.expose_secret()));
        }
        for voucher in &self.vouchers {
            validation.take(given(FEE_VOUCHER, voucher));
        }
        let guild = self.guild.as_deref().map(str::parse::<GuildCode>);
        let guild = validation.take(guild.transpose().map_err(|invalid| invalid.under(GUILD)));
        if self.options.business == Some(0) {
            validation.take(Err::<(), _>(
                Invalid::new(BUSINESS, "is zero").with_remedy("take it from POD's business panel"),
            ));
        }
        let base_url = validation.take(BaseUrl::parse(base_url));
        let pay_url = validation.take(link::pay_url(pay_url));
        let (Some(token), Some(guild), Some(base_url), Some(pay_url)) =
            (token, guild, base_url, pay_url)
        else {
            return Err(validation.failed());
        };
        let options = Options {
            guild,
            ..self.options
        };
        let (keys, vouchers) = (self.keys, self.vouchers);
        let config = PodConfig::new(
            environment,
            base_url,
            pay_url,
            token,
            keys,
            vouchers,
            options,
        );
        let config = validation.and(config.map_err(Error::from))?;
        let transport = self.transport.map_or_else(Transport::new, Ok)?;
        Ok(Pod::new(transport, config))
    }
}

/// Refuses a secret that is empty.
fn given(field: FieldKey, secret: &SecretString) -> Result<(), Invalid> {
    if secret.expose_secret().is_empty() {
        return Err(
            Invalid::new(field, "is empty").with_remedy("copy it from POD's business panel")
        );
    }
    Ok(())
}

impl fmt::Debug for PodBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The addresses are not checked yet: one may hold a password.
        f.debug_struct("PodBuilder")
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}
