use std::time::Duration;

use crate::config::setup::{Fields, Setup};
use crate::config::{AccountConfig, Problems};
use crate::sizpay::{SizPay, SizPayBuilder, Via};
use crate::{Invalid, Provider, Transport};

const WAY: &str = "way";

const NAMESPACE: &str = "SOAP namespace";

const FIELDS: Fields = &[
    ("user name (key 1)", "user_name"),
    ("password (key 2)", "password"),
    ("link name", "pay_link_name"),
    (WAY, "via"),
    ("base URL", "base_url"),
    ("resend address", "resend_url"),
    ("ASMX address", "asmx_url"),
    (NAMESPACE, "soap_namespace"),
];

impl AccountConfig {
    /// A SizPay client of this account.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the account, at once.
    pub fn sizpay(&self, transport: &Transport) -> Result<SizPay, Problems> {
        let mut setup = Setup::with(self, "sizpay")?;
        for key in ["user_name", "password", "pay_link_name"] {
            setup.require(key, "stand-in");
        }
        setup.build(FIELDS, |setup| {
            let (user_name, password) = (setup.secret("user_name"), setup.secret("password"));
            let link_name = setup.text("pay_link_name").unwrap_or_default();
            let mut builder = SizPay::builder(user_name, password, link_name)
                .via(via(setup)?)
                .transport(transport.clone());
            if let Some(base_url) = setup.text("base_url") {
                builder = builder.base_url(base_url);
            }
            if let Some(resend_url) = setup.text("resend_url") {
                builder = builder.resend_url(resend_url);
            }
            if let Some(asmx_url) = setup.text("asmx_url") {
                builder = builder.asmx_url(asmx_url);
            }
            if let Some(namespace) = setup.text("soap_namespace") {
                builder = in_namespace(builder, namespace)?;
            }
            if let Some(seconds) = setup.number("settling_seconds") {
                builder = builder.settling_time(Duration::from_secs(seconds));
            }
            if setup.is_on("any_content_type") {
                builder = builder.accept_any_content_type();
            }
            builder.build()
        })
    }
}

pub(super) fn open(account: &AccountConfig, transport: &Transport) -> Result<Provider, Problems> {
    let sizpay = account.sizpay(transport)?;
    Ok(Provider::new(account.name(), sizpay))
}

fn via(setup: &Setup<'_>) -> Result<Via, Invalid> {
    setup.text("via").map_or(Ok(Via::default()), |via| {
        via.parse().map_err(|invalid: Invalid| invalid.at(WAY))
    })
}

#[cfg(feature = "sizpay-soap")]
fn in_namespace(builder: SizPayBuilder, namespace: &str) -> Result<SizPayBuilder, Invalid> {
    Ok(builder.soap_namespace(namespace))
}

#[cfg(not(feature = "sizpay-soap"))]
fn in_namespace(_: SizPayBuilder, _: &str) -> Result<SizPayBuilder, Invalid> {
    Err(Invalid::new(
        NAMESPACE,
        "is for SOAP, which this program was built without",
    )
    .remedy("build paylink with the feature sizpay-soap, or leave it out"))
}
