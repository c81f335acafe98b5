use paylink_core::{BaseUrl, FieldKey, Invalid, ReturnUrl, WebUrl};
use url::Url;

use crate::config::PodConfig;
use crate::descriptor::PAY_URL;
use crate::{Environment, InvoiceId, UniqueNumber, returns};

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

/// Where a payer goes and comes back to; what is left out is POD's choice.
///
/// ```
/// use pod_invoice_client::{Gateway, LinkOptions};
///
/// let options = LinkOptions::new().with_redirect("https://shop.example/back?order=7")?.with_gateway(Gateway::Pep);
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
    /// It may be an app's own address, read by [`ReturnUrl::parse_app`]. POD's document speaks of an address and does not say
    /// whether it takes one (`docs/unverified.md`).
    ///
    /// # Errors
    ///
    /// If it is not an http or https URL, holds a fragment, or has a name in its query that POD adds, such as `invoiceId`.
    pub fn with_redirect(
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
    /// As [`with_redirect`](LinkOptions::with_redirect), and if it is an app's own address.
    pub fn with_callback(
        mut self,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<LinkOptions, Invalid> {
        self.callback = Some(returns::callback(url)?);
        Ok(self)
    }

    /// Chooses the way.
    pub fn with_gateway(mut self, gateway: Gateway) -> LinkOptions {
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
                .with_remedy("use it in the sandbox environment alone; nothing was sent"));
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

/// The field under which a link is refused.
const LINK: FieldKey = FieldKey::new("link", "link");

/// The link by which anybody may pay the invoice (document "Payment", link by unique number; proven, without a slash
/// before the query).
pub(crate) fn by_unique_number(
    config: &PodConfig,
    number: &UniqueNumber,
    options: &LinkOptions,
) -> Result<WebUrl, Invalid> {
    let page = "v1/pbc/payInvoiceByUniqueNumber";
    template(config, page, ("uniqueNumber", number.as_str()), options)
}

/// The link by which the invoice's own user may pay it (document "Payment", link by invoice number; proven, with a slash
/// before the query).
pub(crate) fn by_invoice(
    config: &PodConfig,
    id: InvoiceId,
    options: &LinkOptions,
) -> Result<WebUrl, Invalid> {
    let page = "v1/pbc/payinvoice/";
    template(config, page, ("invoiceId", &id.to_string()), options)
}

/// A link as POD wrote it, with parameters added to whatever query it has.
///
/// POD's link ends in `&`, ready for more; one that does not, or has no query at all, is taken as well.
pub(crate) fn extended(link: &str, parameters: &[(&str, &str)]) -> Result<WebUrl, Invalid> {
    if parameters.is_empty() {
        return WebUrl::parse(LINK, link.trim_end_matches(['&', '?']));
    }
    // The text was checked as a link, so that what is parsed here has neither user name nor another scheme.
    let checked = WebUrl::parse(LINK, link)?;
    let url = Url::parse(checked.as_str()).map_err(|_| Invalid::new(LINK, "is not a URL"))?;
    WebUrl::parse(LINK, with_parameters(url, parameters).as_str())
}

/// Whether a payer may be sent there: over TLS, or to the pay pages themselves where those are plain on loopback.
pub(crate) fn is_safe(config: &PodConfig, link: &WebUrl) -> bool {
    let pay_url = config.pay_url();
    link.is_https() || (pay_url.scheme() == "http" && pay_url.host_str() == Some(link.host()))
}

/// The address of the pay pages, checked.
pub(crate) fn pay_url(text: &str) -> Result<Url, Invalid> {
    let checked = BaseUrl::parse(text).map_err(|invalid| invalid.under(PAY_URL))?;
    Url::parse(checked.as_str()).map_err(|_| Invalid::new(PAY_URL, "is not a URL"))
}

fn template(
    config: &PodConfig,
    page: &str,
    which: (&str, &str),
    options: &LinkOptions,
) -> Result<WebUrl, Invalid> {
    let mut parameters = vec![which];
    parameters.extend(options.parameters("callUri", config.environment())?);
    let url = config
        .pay_url()
        .join(page)
        .map_err(|_| Invalid::new(PAY_URL, "cannot be extended"))?;
    WebUrl::parse(LINK, with_parameters(url, &parameters).as_str())
}

fn with_parameters(mut url: Url, parameters: &[(&str, &str)]) -> Url {
    let existing = url
        .query()
        .map(|query| query.trim_end_matches('&').to_owned());
    url.set_query(existing.as_deref().filter(|query| !query.is_empty()));
    url.query_pairs_mut().extend_pairs(parameters);
    url
}

#[cfg(test)]
mod tests {
    use super::extended;

    const BACK: [(&str, &str); 1] = [("redirectUri", "https://shop.example/back?a=1&b=پ")];
    const ENCODED: &str = "redirectUri=https%3A%2F%2Fshop.example%2Fback%3Fa%3D1%26b%3D%D9%BE";

    #[test]
    fn a_link_is_extended_whether_or_not_it_is_ready_for_it() {
        for (link, expected) in [
            (
                "https://pay.example/p/?h=abc&",
                "https://pay.example/p/?h=abc&",
            ),
            (
                "https://pay.example/p/?h=abc",
                "https://pay.example/p/?h=abc&",
            ),
            (
                "https://pay.example/p/?h=abc&&",
                "https://pay.example/p/?h=abc&",
            ),
            ("https://pay.example/p/?", "https://pay.example/p/?"),
            ("https://pay.example/p/?&", "https://pay.example/p/?"),
            ("https://pay.example/p/", "https://pay.example/p/?"),
            (
                "https://pay.example/p/?h=a%26b+c&",
                "https://pay.example/p/?h=a%26b+c&",
            ),
        ] {
            let link = extended(link, &BACK).unwrap();
            assert_eq!(link.as_str(), format!("{expected}{ENCODED}"));
        }
    }

    #[test]
    fn without_parameters_nothing_is_left_open() {
        let link = extended("https://pay.example/p/?h=abc&", &[]).unwrap();
        assert_eq!(link.as_str(), "https://pay.example/p/?h=abc");
    }

    #[test]
    fn what_is_no_link_is_refused() {
        for bad in [
            "",
            "true",
            "javascript:alert(1)",
            "https://u:p@pay.example/",
            "/p?h=1&",
        ] {
            assert!(extended(bad, &BACK).is_err(), "{bad}");
            assert!(extended(bad, &[]).is_err(), "{bad}");
        }
    }
}
