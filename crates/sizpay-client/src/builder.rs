use std::fmt;
use std::time::Duration;

use paylink_core::text::check_secret;
use paylink_core::{BaseUrl, Error, FieldKey, Invalid, Transport, Validation};
use secrecy::{ExposeSecret, SecretString};

use crate::Via;
use crate::client::SizPay;
use crate::config::{Keys, Options, SizPayConfig, Way};
use crate::descriptor::{ASMX_ADDRESS, ASMX_URL, PASSWORD, RESEND_URL, REST_ADDRESS, USER_NAME};
use crate::texts::LinkName;

/// Sets up a [`SizPay`] client.
#[must_use = "nothing is set up before build"]
pub struct SizPayBuilder {
    keys: Keys,
    link_name: String,
    via: Via,
    base_url: String,
    resend_url: Option<String>,
    asmx_url: String,
    #[cfg(feature = "soap")]
    soap_namespace: String,
    transport: Option<Transport>,
    options: Options,
}

impl SizPayBuilder {
    pub(crate) fn new(
        user_name: SecretString,
        password: SecretString,
        link_name: String,
    ) -> SizPayBuilder {
        SizPayBuilder {
            keys: Keys {
                user_name,
                password,
            },
            link_name,
            via: Via::default(),
            base_url: REST_ADDRESS.to_owned(),
            resend_url: None,
            asmx_url: ASMX_ADDRESS.to_owned(),
            #[cfg(feature = "soap")]
            soap_namespace: crate::descriptor::NAMESPACE.to_owned(),
            transport: None,
            options: Options::default(),
        }
    }

    paylink_core::setters! { self: SizPayBuilder;
        /// Chooses the way that requests take; REST by default.
        via(via: Via) => self.via = via;
        /// Sets another address of the REST service: `https`, or plain `http` on loopback for the sandbox.
        base_url(base_url: impl Into<String>) => self.base_url = base_url.into();
        /// Sets another address of the REST service for sending an SMS again alone: `https`, or plain `http` on loopback. By
        /// default it is the address of everything else.
        ///
        /// SizPay's document shows that method at `https://pysrc.sizpay.ir/api/PayLinkSend/` only, and sending a link at
        /// `pysrvc` only. One of the two is probably a slip; set this if SMS are not sent again.
        resend_url(resend_url: impl Into<String>) => self.resend_url = Some(resend_url.into());
        /// Sets another address of the ASMX service, which SOAP and ASP.NET JSON go to: `https`, or plain `http` on loopback.
        asmx_url(asmx_url: impl Into<String>) => self.asmx_url = asmx_url.into();
    }

    /// Sets the namespace of the SOAP service; `http://tempuri.org/` by default.
    ///
    /// SizPay's document does not name it; ASMX services that set none have that one (a reading). The service's WSDL
    /// (its address with `?WSDL`) says it as `targetNamespace`. A wrong one is refused by SizPay, with an error that
    /// points here.
    #[cfg(feature = "soap")]
    pub fn soap_namespace(mut self, namespace: impl Into<String>) -> SizPayBuilder {
        self.soap_namespace = namespace.into();
        self
    }

    /// Uses a transport that is there already. One per process is enough: building it loads the root certificates.
    pub fn transport(mut self, transport: Transport) -> SizPayBuilder {
        self.transport = Some(transport);
        self
    }

    /// Sets how long "not found" may still turn into "found" after the last byte of an unknown send left; 3 minutes by
    /// default. A time shorter than the transport's total timeout counts as that.
    ///
    /// SizPay documents no such time: the default is a reading.
    pub fn settling_time(mut self, time: Duration) -> SizPayBuilder {
        self.options.settling_time = time;
        self
    }

    /// Reads answers whatever content type they carry.
    ///
    /// SizPay's documents do not name one; JSON's is expected of REST and ASP.NET JSON, XML's of SOAP. Use this only if
    /// SizPay sends another: a firewall's page is then told apart by its form alone.
    pub fn accept_any_content_type(mut self) -> SizPayBuilder {
        self.options.any_content_type = true;
        self
    }

    /// Sets the client up. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Names everything that is empty or malformed in the keys, the link name and the addresses of the chosen way, and
    /// what to do about it ([`Error::invalids`]). The keys are not shown.
    pub fn build(self) -> Result<SizPay, Error> {
        let mut validation = Validation::new();
        let user_name =
            validation.take(check_secret(USER_NAME, self.keys.user_name.expose_secret()));
        let password = validation.take(check_secret(PASSWORD, self.keys.password.expose_secret()));
        let link_name = validation.take(LinkName::parse(&self.link_name));
        let way = self.way(&mut validation);
        let (Some(()), Some(()), Some(link_name), Some((base_url, way))) =
            (user_name, password, link_name, way)
        else {
            return Err(validation.failed());
        };
        let transport = self.transport.map_or_else(Transport::new, Ok)?;
        let (keys, via, options) = (self.keys, self.via, self.options);
        let config = SizPayConfig::new(keys, link_name, via, base_url, way, options);
        Ok(SizPay::new(transport, config))
    }

    /// The addresses of the chosen way; those of another one do not matter.
    fn way(&self, validation: &mut Validation) -> Option<(BaseUrl, Way)> {
        let way = match self.via {
            Via::Rest => {
                let base_url = validation.take(BaseUrl::parse(&self.base_url));
                let resend_url = match &self.resend_url {
                    Some(resend_url) => validation.take(address(RESEND_URL, resend_url)),
                    None => base_url.clone(),
                };
                let base_url = base_url?;
                Way::rest(&base_url, &resend_url?).map(|way| (base_url, way))
            }
            Via::AsmxJson => {
                let base_url = validation.take(address(ASMX_URL, &self.asmx_url))?;
                Way::asmx_json(&base_url).map(|way| (base_url, way))
            }
            #[cfg(feature = "soap")]
            Via::Soap | Via::SoapModel => {
                use crate::soap::{Namespace, Service, Style};

                let base_url = validation.take(address(ASMX_URL, &self.asmx_url));
                let namespace = validation.take(Namespace::parse(&self.soap_namespace));
                let style = if self.via == Via::Soap {
                    Style::Plain
                } else {
                    Style::Model
                };
                let base_url = base_url?;
                let service = Service::new(&base_url, namespace?, style);
                service.map(|service| (base_url, Way::Soap(service)))
            }
        };
        validation.take(way)
    }
}

fn address(field: FieldKey, text: &str) -> Result<BaseUrl, Invalid> {
    BaseUrl::parse(text).map_err(|invalid| invalid.under(field))
}

impl fmt::Debug for SizPayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Addresses and names are not checked yet: one may hold a password.
        f.debug_struct("SizPayBuilder")
            .field("via", &self.via)
            .finish_non_exhaustive()
    }
}
