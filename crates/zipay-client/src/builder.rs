use std::fmt;
use std::time::Duration;

use paylink_core::{BaseUrl, Error, Header, Transport, Validation};
use secrecy::{ExposeSecret, SecretString};

use crate::account::{Options, ZiPayAccount};
use crate::client::ZiPay;
use crate::descriptor::{API_KEY, BASE_URL};
use crate::signature::Signer;
use crate::terminal::Terminal;

/// Sets up a [`ZiPay`] client.
#[must_use = "nothing is set up before build"]
pub struct ZiPayBuilder {
    api_key: SecretString,
    secret_key: SecretString,
    base_url: String,
    transport: Option<Transport>,
    terminal: Option<u64>,
    options: Options,
}

impl ZiPayBuilder {
    pub(crate) fn new(api_key: SecretString, secret_key: SecretString) -> ZiPayBuilder {
        ZiPayBuilder {
            api_key,
            secret_key,
            base_url: BASE_URL.to_owned(),
            transport: None,
            terminal: None,
            options: Options::default(),
        }
    }

    /// Sets the terminal that invoices are created at, and that settling compares with.
    pub fn terminal(mut self, number: u64) -> ZiPayBuilder {
        self.terminal = Some(number);
        self
    }

    /// Sets another base URL: `https`, or plain `http` on loopback for the sandbox.
    pub fn base_url(mut self, base_url: impl Into<String>) -> ZiPayBuilder {
        self.base_url = base_url.into();
        self
    }

    /// Uses a transport that is there already. One per process is enough: building it loads the root certificates.
    pub fn transport(mut self, transport: Transport) -> ZiPayBuilder {
        self.transport = Some(transport);
        self
    }

    /// Sets how long "not found" may still turn into "found" after the last byte of an unknown create left; 3 minutes if
    /// it is not said. A time shorter than the transport's total timeout counts as that.
    ///
    /// ZiPay documents no such time: the default is a reading.
    pub fn settling_time(mut self, time: Duration) -> ZiPayBuilder {
        self.options.settling_time = time;
        self
    }

    /// Reads answers whatever content type they carry.
    ///
    /// ZiPay's document does not name one; `application/json` is expected. Use this only if ZiPay sends another: a
    /// firewall's page is then told apart by its form alone.
    pub fn accept_any_content_type(mut self) -> ZiPayBuilder {
        self.options.any_content_type = true;
        self
    }

    /// Sets the client up. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Names everything that is empty or malformed in the keys, the terminal and the base URL, and what to do about it
    /// ([`Error::invalids`]). The keys are not shown.
    pub fn build(self) -> Result<ZiPay, Error> {
        let mut validation = Validation::new();
        let api_key = Header::secret("api_key", self.api_key.expose_secret());
        let api_key = validation.take(api_key.map_err(|invalid| invalid.under(API_KEY)));
        let signer = validation.take(Signer::new(&self.secret_key));
        let terminal = validation.take(self.terminal.map(Terminal::new).transpose());
        let base_url = validation.take(BaseUrl::parse(&self.base_url));
        let (Some(api_key), Some(signer), Some(terminal), Some(base_url)) =
            (api_key, signer, terminal, base_url)
        else {
            return Err(validation.failed());
        };
        let options = Options {
            terminal,
            ..self.options
        };
        let account = ZiPayAccount::new(base_url, api_key, signer, options)?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Transport::new()?,
        };
        Ok(ZiPay::new(transport, account))
    }
}

impl fmt::Debug for ZiPayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is not checked yet: somebody may have written a password into it.
        f.debug_struct("ZiPayBuilder")
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}
