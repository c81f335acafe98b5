use std::time::Duration;

use paylink_core::provider::{
    Descriptor, FromSettings, OperationInfo, PanelNote, Setting, Settings, Variant,
};
use paylink_core::{BaseUrl, Error, FieldKey, Transport, Validation};

use crate::operations::{DisableLink, NewLink, ReadPayStatus, ResendSms};
use crate::provider::{asmx_capabilities, rest_capabilities};
use crate::{SizPay, Via, codes, via};

/// SizPay's name in errors, handles and logs.
pub(crate) const NAME: &str = "sizpay";

/// SizPay's name of the id of a sent link, in records as in its own documents.
pub(crate) const SEND_ID: &str = "PayLinkSendID";

/// Where the REST service stands (document "REST", version 1.007, sections 1 to 3, 7 and 8; proven). Sections 4 to 6 write
/// `pysrc`, probably a slip; sending an SMS again stands there alone, so that it has a setting of its own.
pub(crate) const REST_ADDRESS: &str = "https://pysrvc.sizpay.ir/api/PayLinkSend/";

/// Where the ASMX service stands (document "ASMX"; proven).
pub(crate) const ASMX_ADDRESS: &str = "https://pysrvc.sizpay.ir/KimiaPayLinkSend.asmx";

/// What an ASMX service has whose author set none (a reading: SizPay's document names no namespace).
pub(crate) const NAMESPACE: &str = "http://tempuri.org/";

/// Key 1 of the gateway, which each request carries.
pub(crate) const USER_NAME: FieldKey = FieldKey::new("user_name", "user name (key 1)");

/// Key 2 of the gateway, which each request carries.
pub(crate) const PASSWORD: FieldKey = FieldKey::new("password", "password (key 2)");

/// The merchant's name of the payment link.
pub(crate) const PAY_LINK_NAME: FieldKey = FieldKey::new("pay_link_name", "link name");

/// Another address for sending an SMS again.
pub(crate) const RESEND_URL: FieldKey = FieldKey::new("resend_url", "resend address");

/// Where the ASMX service stands.
pub(crate) const ASMX_URL: FieldKey = FieldKey::new("asmx_url", "ASMX address");

/// The namespace of the ASMX service, for SOAP.
pub(crate) const SOAP_NAMESPACE: FieldKey = FieldKey::new("soap_namespace", "SOAP namespace");

const SETTLING_SECONDS: FieldKey = FieldKey::new("settling_seconds", "settling time");

const ANY_CONTENT_TYPE: FieldKey = FieldKey::new("any_content_type", "any content type");

/// In a build without SOAP, the client itself says of its words what they need.
#[cfg(feature = "soap")]
const VIA: Setting = Setting::choice(
    Via::KEY,
    &[via::REST, via::ASMX_JSON, via::SOAP, via::SOAP_MODEL],
);
#[cfg(not(feature = "soap"))]
const VIA: Setting = Setting::text(Via::KEY);

/// What SizPay is, and how an account with it is opened.
///
/// Its variants are the ways that requests may take; [`Via`] says what each offers. Both SOAP variants of that are one here,
/// since they differ in form alone, and it is there with the feature `soap`.
pub static DESCRIPTOR: Descriptor = Descriptor::new::<SizPay>(NAME)
    .with_titles("SizPay", "سیزپی")
    .with_settings(&[
        Setting::secret(USER_NAME)
            .required()
            .with_help("Key 1 of the gateway, from SizPay's panel."),
        Setting::secret(PASSWORD)
            .required()
            .with_help("Key 2 of the gateway, from SizPay's panel."),
        Setting::text(PAY_LINK_NAME)
            .required()
            .with_help("The payment link's name, as SizPay's panel shows it."),
        VIA.with_default(via::REST)
        .with_help("The way that requests take; only REST disables links, sends an SMS again and finds what was sent."),
        Setting::address(BaseUrl::KEY)
            .with_default(REST_ADDRESS)
            .with_help("The address below which the REST service's methods stand."),
        Setting::address(RESEND_URL)
            .with_help("Another address of the REST service for sending an SMS again; the same one if it is not set."),
        Setting::address(ASMX_URL)
            .with_default(ASMX_ADDRESS)
            .with_help("The address of the ASMX service, which SOAP and ASP.NET JSON go to."),
        Setting::text(SOAP_NAMESPACE)
            .with_default(NAMESPACE)
            .with_help("The namespace of the ASMX service for SOAP: the targetNamespace of its WSDL."),
        Setting::number(SETTLING_SECONDS)
            .with_default("180")
            .with_help("How many seconds a link may take to be found after the answer to its send was lost."),
        Setting::switch(ANY_CONTENT_TYPE)
            .with_help("Whether answers are read whatever content type they carry."),
    ])
    .with_variants(&[
        Variant::new("SizPay, REST", &[], rest_capabilities),
        #[cfg(feature = "soap")]
        Variant::new("SizPay, SOAP", &[(Via::KEY, via::SOAP)], asmx_capabilities),
        Variant::new("SizPay, ASMX JSON", &[(Via::KEY, via::ASMX_JSON)], asmx_capabilities),
    ])
    .with_operations(&[
        OperationInfo::of::<NewLink>(),
        OperationInfo::of::<DisableLink>(),
        OperationInfo::of::<ResendSms>(),
        OperationInfo::of::<ReadPayStatus>(),
    ])
    .with_id_name(SEND_ID)
    // Document on the ASMX service, "Prerequisites".
    .with_panel(&[
        PanelNote::documented(
            "Create a gateway in SizPay's panel, and a payment link in it: the link's name is the setting `pay_link_name`. For a \
             gateway by way of an intermediary SizPay creates the link itself.",
            "در پنل سیزپی یک درگاه پرداخت و سپس یک لینک پرداخت بسازید؛ شناسهٔ لینک در تنظیم `pay_link_name` نوشته می‌شود. برای درگاه \
             واسط، سیزپی لینک را خودش می‌سازد.",
        ),
        PanelNote::documented(
            "The menu for links in the panel shows key 1 and key 2: they are `user_name` and `password`.",
            "کلید ۱ و کلید ۲ در منوی مدیریت لینک پنل دیده می‌شوند و در تنظیم‌های `user_name` و `password` نوشته می‌شوند.",
        ),
    ])
    .with_codes(|| Box::new(codes::catalogue()))
    .with_address(|settings| {
        let address = match settings.get(Via::KEY) {
            None | Some(via::REST) => rest_address(settings),
            Some(_) => asmx_address(settings),
        };
        Some(address.to_owned())
    });

impl FromSettings for SizPay {
    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn from_settings(settings: &Settings<'_>, transport: &Transport) -> Result<SizPay, Error> {
        let mut validation = Validation::new();
        let (user_name, password) = (settings.text(USER_NAME), settings.text(PASSWORD));
        let mut builder = SizPay::builder(user_name, password, settings.text(PAY_LINK_NAME))
            .base_url(rest_address(settings))
            .asmx_url(asmx_address(settings))
            .transport(transport.clone());
        if let Some(via) = settings.get(Via::KEY)
            && let Some(via) = validation.take(via.parse())
        {
            builder = builder.via(via);
        }
        if let Some(resend_url) = settings.get(RESEND_URL) {
            builder = builder.resend_url(resend_url);
        }
        #[cfg(feature = "soap")]
        if let Some(namespace) = settings.get(SOAP_NAMESPACE) {
            builder = builder.soap_namespace(namespace);
        }
        #[cfg(not(feature = "soap"))]
        if settings.get(SOAP_NAMESPACE).is_some() {
            validation.take::<()>(Err(needs_soap()));
        }
        if let Some(seconds) = validation.take(settings.number(SETTLING_SECONDS)).flatten() {
            builder = builder.settling_time(Duration::from_secs(seconds));
        }
        if validation.take(settings.is_on(ANY_CONTENT_TYPE)) == Some(true) {
            builder = builder.accept_any_content_type();
        }
        validation.and(builder.build())
    }
}

fn rest_address<'a>(settings: &Settings<'a>) -> &'a str {
    settings.get(BaseUrl::KEY).unwrap_or(REST_ADDRESS)
}

fn asmx_address<'a>(settings: &Settings<'a>) -> &'a str {
    settings.get(ASMX_URL).unwrap_or(ASMX_ADDRESS)
}

#[cfg(not(feature = "soap"))]
fn needs_soap() -> paylink_core::Invalid {
    paylink_core::Invalid::new(
        SOAP_NAMESPACE,
        "is for SOAP, which this program was built without",
    )
    .with_remedy("leave it out, or build with the feature soap, which is sizpay-soap in paylink")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Options;

    #[test]
    fn the_default_that_is_told_is_the_one_that_counts() {
        let told = |key: FieldKey| DESCRIPTOR.setting(key.as_str()).unwrap().default();
        let counts = Options::default().settling_time.as_secs().to_string();
        assert_eq!(told(SETTLING_SECONDS), Some(&*counts));
        assert_eq!(told(Via::KEY), Some(Via::default().as_str()));
    }
}
