use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use paylink_core::{
    BaseUrl, Call, Error, Handle, Header, Operation, Resolution, Transport, Validation,
};
use secrecy::{ExposeSecret, SecretString};

use crate::config::{Options, Terminal, ZiPayConfig};
use crate::descriptor::{API_KEY, BASE_URL};
use crate::operations::{InvoiceStatus, ListInvoices, NewInvoice, RefundInvoice, VerifyInvoice};
use crate::signature::Signer;
use crate::{Expected, Found, Invoices, Settlement, TrackId, resolve, settle};

/// A client of ZiPay. Cloning it is cheap, and clones share connections.
///
/// ```no_run
/// use zipay_client::{Currency, Money, NewInvoice, ZiPay};
///
/// # async fn example(api_key: String, secret_key: String) -> Result<(), zipay_client::Error> {
/// let zipay = ZiPay::builder(api_key, secret_key).terminal(1003).build()?;
/// let price = Money::new("100.99", Currency::Usd)?;
/// let created = zipay.create_invoice(NewInvoice::new("1000", price, "https://shop.example/back")?).await?;
/// println!("send the payer to {}", created.redirect);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ZiPay {
    transport: Transport,
    config: Arc<ZiPayConfig>,
}

impl ZiPay {
    /// Begins with the two keys from ZiPay's panel.
    pub fn builder(
        api_key: impl Into<SecretString>,
        secret_key: impl Into<SecretString>,
    ) -> ZiPayBuilder {
        ZiPayBuilder::new(api_key.into(), secret_key.into())
    }

    /// Creates an invoice; send the payer to the `redirect` that comes back.
    ///
    /// May I create it again?
    ///
    /// | what came | effect | what to do |
    /// |---|---|---|
    /// | an invoice | executed | store its trackid with the order |
    /// | refused | `NotExecuted` | correct what the refusal names, create again |
    /// | not sent: DNS, connect, TLS | `NotExecuted` | create again |
    /// | anything else | `Unknown` | [`resolve`](ZiPay::resolve) the handle; never create again before it says so |
    pub fn create_invoice(&self, invoice: NewInvoice) -> Call<'_, NewInvoice> {
        self.call(invoice)
    }

    /// Reads an invoice. It changes nothing and may be asked at any time.
    pub fn invoice_status(&self, track_id: &TrackId) -> Call<'_, InvoiceStatus> {
        self.call(InvoiceStatus::of(track_id))
    }

    /// Confirms a paid invoice, so that the money becomes the merchant's. [`settle`](ZiPay::settle) does it after comparing;
    /// prefer that.
    ///
    /// ZiPay says nothing about a second verify, so it counts as an operation that must happen once. On
    /// [`Effect::Unknown`](paylink_core::Effect::Unknown) read the status: still pending, verify again.
    pub fn verify_invoice(&self, track_id: &TrackId) -> Call<'_, VerifyInvoice> {
        self.call(VerifyInvoice::of(track_id))
    }

    /// Gives the money of a completed invoice back to its payer, whole.
    ///
    /// On [`Effect::Unknown`](paylink_core::Effect::Unknown) resolve the handle before asking again.
    pub fn refund_invoice(&self, track_id: &TrackId) -> Call<'_, RefundInvoice> {
        self.call(RefundInvoice::of(track_id))
    }

    /// Reads one page of the merchant's invoices.
    pub fn list_invoices(&self, list: ListInvoices) -> Call<'_, ListInvoices> {
        self.call(list)
    }

    /// Reads all invoices that `list` describes, page after page, oldest first unless it says otherwise.
    pub fn all_invoices(&self, list: ListInvoices) -> Invoices<'_> {
        Invoices::new(self, list)
    }

    /// Settles a payment: reads the invoice, holds it against the merchant's own record, and only then confirms it.
    ///
    /// It may be called again at any time, after an error as well: a confirmation that was carried out while its answer
    /// was lost comes back as [`Settlement::AlreadySettled`]. Do it within 30 minutes of the payment, or ZiPay gives the
    /// money back.
    ///
    /// # Errors
    ///
    /// | effect | what to do |
    /// |---|---|
    /// | `NotExecuted` | settle again later; nothing was confirmed by this call |
    /// | `Unknown` | settle again: it reads the state and goes on from there |
    ///
    /// [`ErrorKind::Indeterminate`](paylink_core::ErrorKind::Indeterminate) means a status that this release does not know.
    pub async fn settle(&self, expected: &Expected) -> Result<Settlement, Error> {
        settle::settle(self, expected).await
    }

    /// Finds out what became of an operation whose outcome was unknown.
    ///
    /// A create is looked up by the merchant's own invoice number, a verify and a refund by the trackid.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](paylink_core::ErrorKind::Invalid) for a handle of another provider;
    /// [`ErrorKind::Mismatch`](paylink_core::ErrorKind::Mismatch) if the invoice number is taken by an invoice of
    /// another amount; anything else means that asking failed: ask again.
    pub async fn resolve(&self, handle: &Handle) -> Result<Resolution<Found>, Error> {
        resolve::resolve(self, handle).await
    }

    pub(crate) fn new(transport: Transport, config: ZiPayConfig) -> ZiPay {
        ZiPay {
            transport,
            config: Arc::new(config),
        }
    }

    pub(crate) fn config(&self) -> &ZiPayConfig {
        &self.config
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    fn call<O: Operation<Config = ZiPayConfig>>(&self, operation: O) -> Call<'_, O> {
        Call::new(&self.transport, self.config(), operation)
    }
}

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

    paylink_core::setters! { self: ZiPayBuilder;
        /// Sets the terminal that invoices are created at, and that settling compares with.
        terminal(number: u64) => self.terminal = Some(number);
        /// Sets another base URL: `https`, or plain `http` on loopback for the sandbox.
        base_url(base_url: impl Into<String>) => self.base_url = base_url.into();
        /// Uses a transport that is there already. One per process is enough: building it loads the root certificates.
        transport(transport: Transport) => self.transport = Some(transport);
        /// Sets how long "not found" may still turn into "found" after the last byte of an unknown create left; 3 minutes by
        /// default. A time shorter than the transport's total timeout counts as that.
        ///
        /// ZiPay documents no such time: the default is a reading.
        settling_time(time: Duration) => self.options.settling_time = time;
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
        let config = ZiPayConfig::new(base_url, api_key, signer, options)?;
        let transport = self.transport.map_or_else(Transport::new, Ok)?;
        Ok(ZiPay::new(transport, config))
    }
}

impl fmt::Debug for ZiPayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is not checked yet: a password may have been written into it.
        f.debug_struct("ZiPayBuilder")
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}
