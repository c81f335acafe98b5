use std::time::Duration;

use paylink_core::provider::{
    Descriptor, FromSettings, OperationInfo, PanelNote, Setting, Settings, Variant,
};
use paylink_core::{BaseUrl, Error, FieldKey, Invalid, Transport, Validation};

use crate::operations::{InvoiceStatus, ListInvoices, NewInvoice, RefundInvoice, VerifyInvoice};
use crate::provider::capabilities;
use crate::{TrackId, ZiPay, codes};

/// ZiPay's name in errors, handles and logs.
pub(crate) const NAME: &str = "zipay";

/// ZiPay's name of its own id, in requests, records and handles.
pub(crate) const TRACK_ID: &str = TrackId::KEY.as_str();

/// Where ZiPay's operations stand (document "Invoice"; proven).
pub(crate) const BASE_URL: &str = "https://api.zipay.io/api/";

/// The merchant's key, which each request carries.
pub(crate) const API_KEY: FieldKey = FieldKey::new("api_key", "API key");

/// The key with which each request is signed.
pub(crate) const SECRET_KEY: FieldKey = FieldKey::new("secret_key", "secret key");

/// The merchant's terminal, of the client or of one operation.
pub(crate) const TERMINAL: FieldKey = FieldKey::new("terminal", "terminal number");

const SETTLING_SECONDS: FieldKey = FieldKey::new("settling_seconds", "settling time");

const ANY_CONTENT_TYPE: FieldKey = FieldKey::new("any_content_type", "any content type");

/// What ZiPay is, and how an account with it is opened.
pub static DESCRIPTOR: Descriptor = Descriptor::new::<ZiPay>(NAME)
    .with_titles("ZiPay", "زی‌پی")
    .with_settings(&[
        Setting::secret(API_KEY)
            .required()
            .with_help("The API key from ZiPay's panel."),
        Setting::secret(SECRET_KEY)
            .required()
            .with_help("The secret key from ZiPay's panel, which signs each request."),
        Setting::number(TERMINAL)
            .required_for_payments()
            .with_help("The terminal at which invoices are created and settled."),
        Setting::address(BaseUrl::KEY)
            .with_default(BASE_URL)
            .with_help("The address below which ZiPay's operations stand."),
        Setting::number(SETTLING_SECONDS)
            .with_default("180")
            .with_help(
                "How many seconds an invoice may take to be listed after its create was lost.",
            ),
        Setting::switch(ANY_CONTENT_TYPE)
            .with_help("Whether answers are read whatever content type they carry."),
    ])
    .with_variants(&[Variant::new("ZiPay", &[], capabilities)])
    .with_operations(&[
        OperationInfo::of::<NewInvoice>(),
        OperationInfo::of::<InvoiceStatus>(),
        OperationInfo::of::<VerifyInvoice>(),
        OperationInfo::of::<ListInvoices>(),
        OperationInfo::of::<RefundInvoice>(),
    ])
    .with_id_name(TRACK_ID)
    .with_panel(&[
        PanelNote::documented(
            "Create a gateway in ZiPay's panel: its terminal number is the setting `terminal`.",
            "در پنل زی‌پی یک درگاه بسازید؛ شمارهٔ پایانه (ترمینال) آن در تنظیم `terminal` نوشته می‌شود.",
        ),
        // Web page "Get Started".
        PanelNote::public(
            "The panel can restrict a key to IP addresses: then the address from which this machine, or its proxy, goes out \
             has to be among them. The address `base_url` shows it to whoever opens it from there.",
            "در پنل می‌توان کلید را به آدرس‌های IP محدود کرد؛ در آن صورت آدرس IP خروجی این دستگاه، یا پروکسی آن، باید در فهرست باشد. \
             باز کردن آدرس `base_url` از همان‌جا آن را نشان می‌دهد.",
        ),
        PanelNote::public(
            "The panel can restrict a key to methods: then invoice creation, status, verification and list have to be among \
             them, and the refund if you refund.",
            "در پنل می‌توان کلید را به متدهای معین محدود کرد؛ در آن صورت ایجاد، استعلام، تأیید و فهرست فاکتور باید مجاز باشند، و اگر \
             وجه را استرداد می‌کنید، استرداد هم.",
        ),
    ])
    .with_codes(|| Box::new(codes::catalogue()))
    .with_address(|settings| Some(base_url(settings).to_owned()));

impl FromSettings for ZiPay {
    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn from_settings(settings: &Settings<'_>, transport: &Transport) -> Result<ZiPay, Error> {
        let mut validation = Validation::new();
        let mut builder = ZiPay::builder(settings.text(API_KEY), settings.text(SECRET_KEY))
            .base_url(base_url(settings))
            .transport(transport.clone());
        if let Some(terminal) = validation.take(settings.number(TERMINAL)).flatten() {
            builder = builder.terminal(terminal);
        }
        if let Some(seconds) = validation.take(settings.number(SETTLING_SECONDS)).flatten() {
            builder = builder.settling_time(Duration::from_secs(seconds));
        }
        if validation.take(settings.is_on(ANY_CONTENT_TYPE)) == Some(true) {
            builder = builder.accept_any_content_type();
        }
        validation.and(builder.build())
    }

    /// Payments are created at a terminal.
    fn for_payments(settings: &Settings<'_>, transport: &Transport) -> Result<ZiPay, Error> {
        let mut validation = Validation::new();
        validation.take(settings.get(TERMINAL).ok_or_else(|| {
            Invalid::new(TERMINAL, "is missing")
                .with_remedy("take it from ZiPay's panel, such as 1003")
        }));
        validation.and(ZiPay::from_settings(settings, transport))
    }
}

fn base_url<'a>(settings: &Settings<'a>) -> &'a str {
    settings.get(BaseUrl::KEY).unwrap_or(BASE_URL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Options;

    #[test]
    fn the_default_that_is_told_is_the_one_that_counts() {
        let told = DESCRIPTOR.setting(SETTLING_SECONDS.as_str()).unwrap();
        let counts = Options::default().settling_time.as_secs().to_string();
        assert_eq!(told.default(), Some(&*counts));
    }
}
