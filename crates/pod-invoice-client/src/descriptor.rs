//! What POD is: its name, its addresses, its settings and its operations.

use std::time::Duration;

use paylink_core::provider::{
    Descriptor, FromSettings, OperationInfo, PanelNote, Setting, Settings, Variant,
};
use paylink_core::{BaseUrl, Error, FieldKey, Invalid, Transport, Validation};

use crate::operations::{
    CancelInvoice, CloseInvoice, ConfirmPaymentSms, INVOICE_ID, ListInvoices, MarkPaid, NewInvoice,
    NewOneTimeToken, NewPaymentLink, PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice,
    PosPayment, SendPaymentSms, ShareLink, VerifyAndClose, VerifyInvoice,
};
use crate::{BusinessToken, Environment, Pod, Service, UserToken, codes, provider};

/// The provider's name.
pub(crate) const NAME: &str = "pod";

/// Where services are called (document "Payment"; proven).
pub(crate) const PRODUCTION_BASE_URL: &str = "https://api.pod.ir/";
/// Where services are called in POD's sandbox (the vendor's SDKs).
pub(crate) const SANDBOX_BASE_URL: &str = "https://sandbox.pod.ir/";
/// Where payers pay (document "Payment"; proven).
pub(crate) const PRODUCTION_PAY_URL: &str = "https://pay.pod.ir/";
/// Where payers pay in POD's sandbox (the vendor's SDKs).
pub(crate) const SANDBOX_PAY_URL: &str = "https://sandbox.pod.ir:1033/";

pub(crate) const TOKEN: FieldKey = FieldKey::new("token", "business token");
pub(crate) const USER_TOKEN: FieldKey = FieldKey::new("user_token", "user access token");
/// The key of every service that has none of its own; [`Service::setting`] names those.
pub(crate) const API_KEY: FieldKey = FieldKey::new("api_key", "service key");
pub(crate) const FEE_VOUCHER: FieldKey = FieldKey::new("fee_voucher", "fee voucher");
pub(crate) const GUILD: FieldKey = FieldKey::new("guild", "guild code");
pub(crate) const BUSINESS: FieldKey = FieldKey::new("business", "business id");
pub(crate) const ENVIRONMENT: FieldKey = FieldKey::new("environment", "environment");
pub(crate) const PAY_URL: FieldKey = FieldKey::new("pay_url", "pay URL");
const SETTLING_SECONDS: FieldKey = FieldKey::new("settling_seconds", "settling seconds");
const ANY_CONTENT_TYPE: FieldKey = FieldKey::new("any_content_type", "any content type");

/// POD, as configuration, documentation and tests see it.
pub static DESCRIPTOR: Descriptor = Descriptor::new::<Pod>(NAME)
    .with_titles("POD", "پاد")
    .with_settings(&SETTINGS)
    .with_variants(&[Variant::new("POD", &[], provider::declared)])
    .with_operations(&OPERATIONS)
    .with_id_name(INVOICE_ID)
    .with_panel(&PANEL)
    .with_codes(|| Box::new(codes::catalogue()))
    .with_address(address);

const PANEL: [PanelNote; 2] = [
    PanelNote::documented(
        "Ask for each service on Podium's site, and take its key from the business panel when Podium has allowed it.",
        "هر سرویس را از سایت پادیوم درخواست کنید و پس از تأیید پادیوم کلید آن را از پنل کسب‌وکار بگیرید.",
    ),
    // The vendor's SDKs.
    PanelNote::public(
        "Taking a payment needs the services `29796` (issue an invoice), `29813` (list), `29809` (verify) and `29810` (cancel); in \
         POD's sandbox they are `39291`, `39308`, `39304` and `39305`.",
        "برای دریافت پرداخت این سرویس‌ها لازم است: `29796` (صدور فاکتور)، `29813` (فهرست)، `29809` (تأیید) و `29810` (لغو)؛ شمارهٔ آن‌ها در \
         سندباکس پاد `39291`، `39308`، `39304` و `39305` است.",
    ),
];

#[rustfmt::skip]
const SETTINGS: [Setting; 28] = [
    Setting::secret(TOKEN).required().with_help("The business's API token, from POD's business panel."),
    Setting::secret(USER_TOKEN).with_help("The access token of the user in whose name calls are made."),
    Setting::secret(API_KEY).with_help("The key of every service that has none of its own."),
    key_of(Service::IssueInvoice),
    key_of(Service::MarkPaid),
    key_of(Service::PayWithInvoice),
    key_of(Service::PosPayment),
    key_of(Service::PayInFuture),
    key_of(Service::SendPaymentSms),
    key_of(Service::VerifyAndCloseInvoice),
    key_of(Service::VerifyInvoice),
    key_of(Service::CancelInvoice),
    key_of(Service::CloseInvoice),
    key_of(Service::ListInvoices),
    key_of(Service::PaymentLink),
    key_of(Service::OneTimeToken),
    key_of(Service::PayAnyInvoice),
    key_of(Service::PayOwnInvoice),
    key_of(Service::ConfirmPaymentSms),
    key_of(Service::ShareLink),
    Setting::secret(FEE_VOUCHER).with_help("A voucher that pays POD's own fee for the calls."),
    Setting::text(GUILD).required_for_payments().with_help("The code of the guild in which invoices are issued."),
    Setting::number(BUSINESS).with_help("The merchant's business id, which every settled invoice then has to name."),
    Setting::choice(ENVIRONMENT, &["production", "sandbox"]).with_default("production").with_help("Which of POD's two environments is called."),
    Setting::address(BaseUrl::KEY).with_help("Another address of the services; the environment's own if it is not set."),
    Setting::address(PAY_URL).with_help("Another address of the pay pages; the environment's own if it is not set."),
    Setting::number(SETTLING_SECONDS).with_default("180").with_help("How many seconds after an unknown outcome \"not there\" may still turn into \"there\"."),
    Setting::switch(ANY_CONTENT_TYPE).with_default("false").with_help("Whether answers are read whatever content type they carry."),
];

const fn key_of(service: Service) -> Setting {
    Setting::secret(service.setting())
        .with_help("The key of this one service, in place of the one for all.")
}

const OPERATIONS: [OperationInfo; 17] = [
    OperationInfo::of::<NewInvoice>(),
    OperationInfo::of::<ListInvoices>(),
    OperationInfo::of::<VerifyInvoice>(),
    OperationInfo::of::<VerifyAndClose>(),
    OperationInfo::of::<CloseInvoice>(),
    OperationInfo::of::<CancelInvoice>(),
    OperationInfo::of::<NewOneTimeToken>(),
    OperationInfo::of::<NewPaymentLink>(),
    OperationInfo::of::<PayAnyInvoice>(),
    OperationInfo::of::<PayOwnInvoice>(),
    OperationInfo::of::<SendPaymentSms>(),
    OperationInfo::of::<ConfirmPaymentSms>(),
    OperationInfo::of::<MarkPaid>(),
    OperationInfo::of::<PayWithInvoice>(),
    OperationInfo::of::<PayInFuture>(),
    OperationInfo::of::<PosPayment>(),
    OperationInfo::of::<ShareLink>(),
];

/// The services that taking payments calls.
const OF_PAYMENTS: [Service; 4] = [
    Service::IssueInvoice,
    Service::ListInvoices,
    Service::VerifyInvoice,
    Service::CancelInvoice,
];

fn address(settings: &Settings<'_>) -> Option<String> {
    let usual = environment(settings).unwrap_or_default().base_url();
    Some(settings.get(BaseUrl::KEY).unwrap_or(usual).to_owned())
}

fn environment(settings: &Settings<'_>) -> Result<Environment, Invalid> {
    let name = settings.get(ENVIRONMENT);
    name.map_or(Ok(Environment::default()), str::parse)
}

impl FromSettings for Pod {
    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    /// A client with the keys that are set, be they few: what lacks its key is refused when it is called.
    fn from_settings(settings: &Settings<'_>, transport: &Transport) -> Result<Pod, Error> {
        Pod::for_services(settings, &[], transport)
    }

    /// Payments are invoices, which are issued in a guild.
    fn for_payments(settings: &Settings<'_>, transport: &Transport) -> Result<Pod, Error> {
        let guild = Some(settings.text(GUILD));
        open(settings, guild, &OF_PAYMENTS, transport)
    }
}

impl Pod {
    /// Builds a client that calls these services, each with its own key or the one for all.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what is set, each under its setting's key, and a service that the environment does
    /// not have ([`Error::invalids`]): correct the settings.
    pub fn for_services(
        settings: &Settings<'_>,
        services: &[Service],
        transport: &Transport,
    ) -> Result<Pod, Error> {
        open(settings, settings.get(GUILD), services, transport)
    }
}

impl UserToken {
    /// Reads the token of the user in whose name calls are made.
    ///
    /// # Errors
    ///
    /// If it is not set or malformed: log the user in.
    pub fn from_settings(settings: &Settings<'_>) -> Result<UserToken, Error> {
        Ok(UserToken::new(settings.text(USER_TOKEN))?)
    }
}

fn open(
    settings: &Settings<'_>,
    guild: Option<&str>,
    services: &[Service],
    transport: &Transport,
) -> Result<Pod, Error> {
    let mut validation = Validation::new();
    let environment = validation.take(environment(settings));
    let mut builder = Pod::builder(BusinessToken::new(settings.text(TOKEN)))
        .environment(environment.unwrap_or_default())
        .transport(transport.clone());
    let lacks_its_own = |service: &Service| settings.get(service.setting()).is_none();
    let key = settings.get(API_KEY);
    // One that is needed and not set is refused as an empty one.
    if let Some(key) = key.or(services.iter().any(lacks_its_own).then_some("")) {
        builder = builder.key(key);
    }
    for service in Service::ALL {
        if let Some(key) = settings.get(service.setting()) {
            builder = builder.key_of(service, key);
        }
    }
    if let Some(voucher) = settings.get(FEE_VOUCHER) {
        builder = builder.fee_voucher(voucher);
    }
    if let Some(guild) = guild {
        builder = builder.guild(guild);
    }
    if let Some(Some(business)) = validation.take(settings.number(BUSINESS)) {
        builder = builder.business(business);
    }
    if let Some(base_url) = settings.get(BaseUrl::KEY) {
        builder = builder.base_url(base_url);
    }
    if let Some(pay_url) = settings.get(PAY_URL) {
        builder = builder.pay_url(pay_url);
    }
    if let Some(Some(seconds)) = validation.take(settings.number(SETTLING_SECONDS)) {
        builder = builder.settling_time(Duration::from_secs(seconds));
    }
    if validation.take(settings.is_on(ANY_CONTENT_TYPE)) == Some(true) {
        builder = builder.accept_any_content_type();
    }
    for service in services {
        let number = environment.map(|environment| service.number_in(environment));
        validation.take(
            number
                .transpose()
                .map_err(|invalid| invalid.at(format!("service {service}"))),
        );
    }
    validation.and(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Options;

    #[test]
    fn the_default_that_people_read_is_the_one_that_counts() {
        let told = DESCRIPTOR.setting(SETTLING_SECONDS.as_str());
        let counts = Options::default().settling_time.as_secs().to_string();
        assert_eq!(told.and_then(Setting::default), Some(&*counts));
        assert_eq!(Environment::default().to_string(), "production");
    }

    #[test]
    fn the_services_of_the_panel_are_those_that_are_called() {
        use Service::{CancelInvoice, IssueInvoice, ListInvoices, VerifyInvoice};

        let called = [IssueInvoice, ListInvoices, VerifyInvoice, CancelInvoice];
        let [_, services] = &PANEL;
        for text in [services.english, services.persian] {
            let told: Vec<u32> = text
                .split('`')
                .filter_map(|word| word.parse().ok())
                .collect();
            let production = called.map(Service::number);
            let sandbox = called.map(|service| service.number_in(Environment::Sandbox));
            let numbers: Vec<u32> = production
                .into_iter()
                .chain(sandbox.into_iter().flatten())
                .collect();
            assert_eq!(told, numbers);
        }
    }
}
