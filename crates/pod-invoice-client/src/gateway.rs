use paylink_core::{FieldKey, Invalid, ReturnUrl};

use crate::{Environment, returns};

/// The way that a pay link sends its payer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Gateway {
    /// Straight to the bank's page: `PEP`.
    Pep,
    /// Nowhere: it pays by itself and comes back, `LOC`. The sandbox alone knows it.
    Local,
}

impl Gateway {
    /// The field under which a gateway is refused.
    pub const KEY: FieldKey = FieldKey::new("gateway", "gateway");

    fn code(self) -> &'static str {
        match self {
            Gateway::Pep => "PEP",
            Gateway::Local => "LOC",
        }
    }
}

/// Where a payer goes and comes back to; whatever is not said is left to POD.
///
/// ```
/// use pod_invoice_client::{Gateway, LinkOptions};
///
/// let options = LinkOptions::new().redirect("https://shop.example/back?order=7")?.gateway(Gateway::Pep);
/// # Ok::<(), pod_invoice_client::Invalid>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "options are given to a link"]
pub struct LinkOptions {
    redirect: Option<ReturnUrl>,
    callback: Option<ReturnUrl>,
    gateway: Option<Gateway>,
}

impl LinkOptions {
    /// Says nothing yet.
    pub fn new() -> LinkOptions {
        LinkOptions::default()
    }

    /// Sends the payer here afterwards. What comes along in the query is a hint.
    ///
    /// It may be an app's own address, read by [`ReturnUrl::of_app`]. POD's document speaks of an address and does not say
    /// whether it takes one (`docs/unverified.md`).
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, holds a fragment, or has a name in its query that POD adds, such as `invoiceId`.
    pub fn redirect(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<LinkOptions, Invalid> {
        self.redirect = Some(returns::redirect(url)?);
        Ok(self)
    }

    /// Lets POD call this address after a payment, unseen by the payer. Nothing signs that call.
    ///
    /// # Errors
    ///
    /// As [`redirect`](LinkOptions::redirect), and if it is an app's own address.
    pub fn callback(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<LinkOptions, Invalid> {
        self.callback = Some(returns::callback(url)?);
        Ok(self)
    }

    /// Chooses the way.
    pub fn gateway(mut self, gateway: Gateway) -> LinkOptions {
        self.gateway = Some(gateway);
        self
    }

    /// The parameters. POD calls the callback `callUri` in its link templates and `callbackUri` elsewhere.
    pub(crate) fn parameters(
        &self,
        callback_name: &'static str,
        environment: Environment,
    ) -> Result<Vec<(&'static str, &str)>, Invalid> {
        if self.gateway == Some(Gateway::Local) && environment != Environment::Sandbox {
            return Err(Invalid::new(Gateway::KEY, "is LOC, which pays by itself")
                .remedy("use it in the sandbox environment alone; nothing was sent"));
        }
        let redirect = self
            .redirect
            .as_ref()
            .map(|url| ("redirectUri", url.as_str()));
        let callback = self
            .callback
            .as_ref()
            .map(|url| (callback_name, url.as_str()));
        let gateway = self.gateway.map(|gateway| ("gateway", gateway.code()));
        Ok([redirect, callback, gateway]
            .into_iter()
            .flatten()
            .collect())
    }
}
