use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::{Capabilities, PaymentProvider};
use crate::{
    CodeEntry, Error, Evidence, FieldKey, Idempotency, Invalid, Lookup, Operation, Transport,
    digits,
};

/// What a provider is: its names, its settings, its operations, and how an account with it is opened.
///
/// Each client crate has one as a static value. Configuration, documentation and tests walk over the descriptors of all
/// providers, so that what is true of one provider stands in its own crate alone.
///
/// ```
/// use paylink_core::provider::{Descriptor, FromSettings, Setting, Settings};
/// use paylink_core::{Error, FieldKey, Transport};
/// # use paylink_core::provider::{Capabilities, ExpectedPayment, NewPayment, Payment, PreparedPayment, Resolved};
/// # use paylink_core::{Handle, Invalid, PaymentProvider, Resolution, Settlement};
///
/// # #[derive(Debug)]
/// struct Kiosk { token: String }
/// # #[async_trait::async_trait]
/// # impl PaymentProvider for Kiosk {
/// #     fn capabilities(&self) -> &Capabilities { unimplemented!() }
/// #     fn prepare(&self, _: &NewPayment) -> Result<PreparedPayment<'_>, Error> { unimplemented!() }
/// #     async fn settle(&self, _: &ExpectedPayment) -> Result<Settlement<Payment>, Error> { unimplemented!() }
/// #     async fn resolve(&self, _: &Handle) -> Result<Resolution<Resolved>, Error> { unimplemented!() }
/// # }
///
/// const TOKEN: FieldKey = FieldKey::new("token", "token");
///
/// pub static DESCRIPTOR: Descriptor = Descriptor::new::<Kiosk>("kiosk")
///     .with_titles("Kiosk", "کیوسک")
///     .with_settings(&[Setting::secret(TOKEN).required().with_help("The token from Kiosk's panel.")]);
///
/// impl FromSettings for Kiosk {
///     const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;
///
///     fn from_settings(settings: &Settings<'_>, _: &Transport) -> Result<Kiosk, Error> {
///         let token = settings.get(TOKEN).unwrap_or_default();
///         if token.is_empty() {
///             return Err(Invalid::new(TOKEN, "is missing").into());
///         }
///         Ok(Kiosk { token: token.to_owned() })
///     }
/// }
///
/// let settings = Settings::from_iter([("token", "of-the-panel")]);
/// let account = DESCRIPTOR.open(&settings, &Transport::new()?)?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Descriptor {
    name: &'static str,
    title: &'static str,
    persian_title: &'static str,
    settings: &'static [Setting],
    variants: &'static [Variant],
    operations: &'static [OperationInfo],
    id_name: &'static str,
    panel: &'static [PanelNote],
    codes: fn() -> Codes,
    address: fn(&Settings<'_>) -> Option<String>,
    open: Open,
}

type Open = fn(&Settings<'_>, &Transport) -> Result<Arc<dyn PaymentProvider>, Error>;

/// The entries of a catalogue, one after the other.
pub type Codes = Box<dyn Iterator<Item = &'static CodeEntry>>;

impl Descriptor {
    /// Begins the descriptor of the provider with this name, whose client is `C`.
    ///
    /// The name is the one in errors, handles and logs, in small Latin letters and digits: `zipay`.
    #[must_use]
    pub const fn new<C: FromSettings>(name: &'static str) -> Descriptor {
        Descriptor {
            name,
            title: name,
            persian_title: name,
            settings: &[],
            variants: &[],
            operations: &[],
            id_name: "id",
            panel: &[],
            codes: || Box::new(std::iter::empty()),
            address: |_| None,
            open: open::<C>,
        }
    }

    /// Adds the names by which people know the provider, in English and in Persian.
    #[must_use]
    pub const fn with_titles(mut self, english: &'static str, persian: &'static str) -> Descriptor {
        self.title = english;
        self.persian_title = persian;
        self
    }

    /// Adds the settings of an account.
    #[must_use]
    pub const fn with_settings(mut self, settings: &'static [Setting]) -> Descriptor {
        self.settings = settings;
        self
    }

    /// Adds the variants in which the provider is offered. There is at least one.
    #[must_use]
    pub const fn with_variants(mut self, variants: &'static [Variant]) -> Descriptor {
        self.variants = variants;
        self
    }

    /// Adds the provider's operations, all of the client's and not the neutral ones alone.
    #[must_use]
    pub const fn with_operations(mut self, operations: &'static [OperationInfo]) -> Descriptor {
        self.operations = operations;
        self
    }

    /// Names the provider's own id of a payment, as it stands in records: `trackid`.
    #[must_use]
    pub const fn with_id_name(mut self, name: &'static str) -> Descriptor {
        self.id_name = name;
        self
    }

    /// Adds what the merchant has to set up at the provider, in its panel for one.
    #[must_use]
    pub const fn with_panel(mut self, panel: &'static [PanelNote]) -> Descriptor {
        self.panel = panel;
        self
    }

    /// Adds the catalogue of codes.
    #[must_use]
    pub const fn with_codes(mut self, codes: fn() -> Codes) -> Descriptor {
        self.codes = codes;
        self
    }

    /// Adds where the provider is, with these settings; `None` if they do not say.
    #[must_use]
    pub const fn with_address(
        mut self,
        address: fn(&Settings<'_>) -> Option<String>,
    ) -> Descriptor {
        self.address = address;
        self
    }

    crate::getters! { const self;
        /// The name in errors, handles, logs and configuration: `zipay`.
        name: &'static str = self.name;
        /// The name that people know: `ZiPay`.
        title: &'static str = self.title;
        /// The name that people know, in Persian.
        persian_title: &'static str = self.persian_title;
        /// The settings of an account, secrets first.
        settings: &'static [Setting] = self.settings;
    }

    /// The setting with this key.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&'static Setting> {
        self.settings.iter().find(|setting| setting.key() == key)
    }

    crate::getters! { const self;
        /// The variants in which the provider is offered.
        variants: &'static [Variant] = self.variants;
        /// The provider's operations.
        operations: &'static [OperationInfo] = self.operations;
        /// The name of the provider's own id of a payment, as it stands in records.
        id_name: &'static str = self.id_name;
        /// What the merchant has to set up at the provider.
        panel: &'static [PanelNote] = self.panel;
    }

    /// What the provider may say, and what each of it means.
    pub fn codes(&self) -> Codes {
        (self.codes)()
    }

    /// Where the provider is, with these settings; `None` if they do not say. It holds no secret.
    #[must_use]
    pub fn address(&self, settings: &Settings<'_>) -> Option<String> {
        (self.address)(settings)
    }

    /// Opens an account to take payments.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the settings, each under its key ([`Error::invalids`]): correct them.
    pub fn open(
        &self,
        settings: &Settings<'_>,
        transport: &Transport,
    ) -> Result<Arc<dyn PaymentProvider>, Error> {
        (self.open)(settings, transport)
    }
}

fn open<C: FromSettings>(
    settings: &Settings<'_>,
    transport: &Transport,
) -> Result<Arc<dyn PaymentProvider>, Error> {
    Ok(Arc::new(C::for_payments(settings, transport)?))
}

impl fmt::Debug for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Descriptor")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A client that is built from an account's settings.
pub trait FromSettings: PaymentProvider + Sized + 'static {
    /// The descriptor of the client's provider.
    const DESCRIPTOR: &'static Descriptor;

    /// Builds the client from what is set.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, each under its setting's key. A required setting that is not there is refused as an empty
    /// one is.
    fn from_settings(settings: &Settings<'_>, transport: &Transport) -> Result<Self, Error>;

    /// The same, for an account that takes payments: that may need more, a terminal for one.
    ///
    /// # Errors
    ///
    /// As [`from_settings`](FromSettings::from_settings).
    fn for_payments(settings: &Settings<'_>, transport: &Transport) -> Result<Self, Error> {
        Self::from_settings(settings, transport)
    }
}

/// One way in which a provider is offered: settings that choose it, and what it can do then.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    title: &'static str,
    settings: &'static [(FieldKey, &'static str)],
    capabilities: fn() -> &'static Capabilities,
}

impl Variant {
    /// A variant, which these settings choose; none, if an account has it without choosing.
    #[must_use]
    pub const fn new(
        title: &'static str,
        settings: &'static [(FieldKey, &'static str)],
        capabilities: fn() -> &'static Capabilities,
    ) -> Variant {
        Variant {
            title,
            settings,
            capabilities,
        }
    }

    crate::getters! { const self;
        /// The name that people know: `SizPay, SOAP`.
        title: &'static str = self.title;
        /// The settings that choose it.
        settings: &'static [(FieldKey, &'static str)] = self.settings;
    }

    /// What it can do.
    pub fn capabilities(&self) -> &'static Capabilities {
        (self.capabilities)()
    }
}

/// An operation of a provider as data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OperationInfo {
    name: &'static str,
    class: Idempotency,
    lookup: Lookup,
}

impl OperationInfo {
    /// What the operation's type says.
    #[must_use]
    pub const fn of<O: Operation>() -> OperationInfo {
        OperationInfo {
            name: O::NAME,
            class: O::IDEMPOTENCY,
            lookup: O::LOOKUP,
        }
    }

    crate::getters! { const self;
        /// The operation's name, as in errors: `create-invoice`.
        name: &'static str = self.name;
        /// What sending it twice would do.
        class: Idempotency = self.class;
        /// How its outcome can be found out afterwards.
        lookup: Lookup = self.lookup;
    }
}

/// One thing that the merchant has to set up at the provider, or may have set up there and then has to know of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct PanelNote {
    /// One sentence in English.
    pub english: &'static str,
    /// The same in Persian.
    pub persian: &'static str,
    /// How it is known.
    pub evidence: Evidence,
}

impl PanelNote {
    /// A note that the provider's own document has.
    #[must_use]
    pub const fn documented(english: &'static str, persian: &'static str) -> PanelNote {
        PanelNote {
            english,
            persian,
            evidence: Evidence::Documented,
        }
    }

    /// A note that public material has: the provider's web pages or SDKs.
    #[must_use]
    pub const fn public(english: &'static str, persian: &'static str) -> PanelNote {
        PanelNote {
            evidence: Evidence::Public,
            ..PanelNote::documented(english, persian)
        }
    }
}

/// A setting of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting {
    key: FieldKey,
    kind: SettingKind,
    required: Required,
    default: Option<&'static str>,
    help: &'static str,
}

/// What the value of a setting is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SettingKind {
    /// Text that nobody may see.
    Secret,
    /// Text that the client reads.
    Text,
    /// A URL of the provider's.
    Address,
    /// A whole number above zero.
    Number,
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// For what a setting has to be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Required {
    /// For everything.
    Always,
    /// For an account that takes payments.
    ForPayments,
    /// For nothing.
    No,
}

impl Setting {
    const fn of_kind(key: FieldKey, kind: SettingKind) -> Setting {
        Setting {
            key,
            kind,
            required: Required::No,
            default: None,
            help: "",
        }
    }

    /// A secret.
    #[must_use]
    pub const fn secret(key: FieldKey) -> Setting {
        Setting::of_kind(key, SettingKind::Secret)
    }

    /// A text.
    #[must_use]
    pub const fn text(key: FieldKey) -> Setting {
        Setting::of_kind(key, SettingKind::Text)
    }

    /// A URL of the provider's.
    #[must_use]
    pub const fn address(key: FieldKey) -> Setting {
        Setting::of_kind(key, SettingKind::Address)
    }

    /// A whole number above zero; `help` says of what.
    #[must_use]
    pub const fn number(key: FieldKey) -> Setting {
        Setting::of_kind(key, SettingKind::Number)
    }

    /// A switch, which is off unless it is set to `true`.
    #[must_use]
    pub const fn switch(key: FieldKey) -> Setting {
        Setting::of_kind(key, SettingKind::Switch)
    }

    /// One of these words.
    #[must_use]
    pub const fn choice(key: FieldKey, words: &'static [&'static str]) -> Setting {
        Setting::of_kind(key, SettingKind::Choice(words))
    }

    /// Nothing works without it.
    #[must_use]
    pub const fn required(mut self) -> Setting {
        self.required = Required::Always;
        self
    }

    /// No payment can be taken without it.
    #[must_use]
    pub const fn required_for_payments(mut self) -> Setting {
        self.required = Required::ForPayments;
        self
    }

    /// Adds what counts while it is not set.
    #[must_use]
    pub const fn with_default(mut self, default: &'static str) -> Setting {
        self.default = Some(default);
        self
    }

    /// Adds what it is, in one English sentence.
    #[must_use]
    pub const fn with_help(mut self, help: &'static str) -> Setting {
        self.help = help;
        self
    }

    crate::getters! { const self;
        /// The key, under which it is set and refused.
        key: &'static str = self.key.as_str();
        /// The field under which its value is refused.
        field: FieldKey = self.key;
        /// What its value is.
        kind: SettingKind = self.kind;
        /// Whether it is a secret.
        is_secret: bool = matches!(self.kind, SettingKind::Secret);
        /// For what it has to be there.
        requirement: Required = self.required;
        /// What counts while it is not set.
        default: Option<&'static str> = self.default;
        /// What it is, in one English sentence.
        help: &'static str = self.help;
    }

    /// Checks the form of a value: what can be known without the client.
    ///
    /// # Errors
    ///
    /// A number, a switch or a choice that is none: correct the value.
    pub fn check(&self, value: &str) -> Result<(), Invalid> {
        let wrong = |problem: &'static str| Invalid::new(self.key, problem).with_value(value);
        match self.kind {
            SettingKind::Secret | SettingKind::Text | SettingKind::Address => Ok(()),
            SettingKind::Number => match (number_in(value), digits::whole(self.key, value)) {
                (Some(_), _) => Ok(()),
                // Digits and nothing else, and more of them than there can be.
                (None, Err(large)) if is_in_digits(value) => Err(large),
                (None, _) => {
                    Err(wrong("is not a whole number above zero").with_remedy("write it in digits"))
                }
            },
            SettingKind::Switch => match value {
                "true" | "false" => Ok(()),
                _ => Err(wrong("is neither true nor false").with_remedy("write one of them")),
            },
            SettingKind::Choice(words) if words.contains(&value) => Ok(()),
            SettingKind::Choice(words) => {
                Err(wrong("is not known").with_remedy(format!("use {}", choice(words))))
            }
        }
    }
}

/// The words as a sentence lists them: `a, b or c`.
fn choice(words: &[&str]) -> String {
    match words {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}

fn number_in(value: &str) -> Option<u64> {
    let number = digits::whole(NUMBER, value).ok()?;
    (number > 0).then_some(number)
}

fn is_in_digits(value: &str) -> bool {
    let latin = digits::latin(value);
    latin.starts_with(|c: char| matches!(c, '1'..='9'))
        && latin.bytes().all(|it| it.is_ascii_digit())
}

const NUMBER: FieldKey = FieldKey::new("number", "number");

/// The settings of one account, for as long as a client is built from them.
///
/// It borrows every value, secrets included, and copies none. `Debug` shows the keys alone.
#[derive(Clone, Default)]
pub struct Settings<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Settings<'a> {
    /// The value of a setting, if it is set.
    #[must_use]
    pub fn get(&self, key: FieldKey) -> Option<&'a str> {
        self.named(key.as_str())
    }

    /// The value of the setting with this key, if it is set.
    #[must_use]
    pub fn named(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).copied()
    }

    /// The value of a setting that the client cannot do without: empty if it is not set, which the client refuses.
    #[must_use]
    pub fn text(&self, key: FieldKey) -> &'a str {
        self.get(key).unwrap_or_default()
    }

    /// The value of a number that is set, in digits of any of the three scripts.
    ///
    /// # Errors
    ///
    /// If it is not a whole number above zero: correct it.
    pub fn number(&self, key: FieldKey) -> Result<Option<u64>, Invalid> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        Setting::number(key).check(value)?;
        Ok(number_in(value))
    }

    /// Whether a switch is on; one that is not set is off.
    ///
    /// # Errors
    ///
    /// If it is neither `true` nor `false`: correct it.
    pub fn is_on(&self, key: FieldKey) -> Result<bool, Invalid> {
        let value = self.get(key).unwrap_or("false");
        Setting::switch(key).check(value)?;
        Ok(value == "true")
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Settings<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Settings<'a> {
        Settings(pairs.into_iter().collect())
    }
}

impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: FieldKey = FieldKey::new("line", "line");

    #[test]
    fn the_form_of_a_value_is_checked_under_its_key() {
        let told = |setting: Setting, value| {
            let error = setting.check(value).unwrap_err();
            assert_eq!(error.key(), "line");
            error.to_string()
        };
        let number = "is not a whole number above zero: write it in digits";
        let switch = "is neither true nor false: write one of them";
        let choice = Setting::choice(KEY, &["form", "json"]);
        for (setting, value, problem) in [
            (Setting::number(KEY), "0", number),
            (Setting::switch(KEY), "yes", switch),
            (
                Setting::number(KEY),
                "99999999999999999999",
                "is larger than 18446744073709551615: check the number of digits",
            ),
            (choice, "xml", "is not known: use form or json"),
        ] {
            let expected = format!("line \"{value}\" {problem}");
            assert_eq!(told(setting, value), expected);
        }
        for (setting, value) in [
            (Setting::number(KEY), "۱۰۰۳"),
            (Setting::switch(KEY), "false"),
            (Setting::choice(KEY, &["form", "json"]), "json"),
            (Setting::secret(KEY), ""),
            (Setting::text(KEY), "x"),
            (Setting::address(KEY), "x"),
        ] {
            assert!(setting.check(value).is_ok(), "{setting:?}");
        }
    }

    #[test]
    fn settings_are_read_and_never_shown() {
        let settings = Settings::from_iter([("line", "s3cr3t"), ("lines", "7"), ("on", "true")]);
        assert_eq!(settings.text(KEY), "s3cr3t");
        assert_eq!(settings.get(FieldKey::new("other", "other")), None);
        let lines = FieldKey::new("lines", "lines");
        assert_eq!(settings.number(lines), Ok(Some(7)));
        assert!(settings.number(KEY).is_err());
        assert_eq!(settings.is_on(FieldKey::new("on", "on")), Ok(true));
        assert_eq!(settings.is_on(FieldKey::new("off", "off")), Ok(false));
        assert!(settings.is_on(KEY).is_err());
        assert_eq!(format!("{settings:?}"), r#"{"line", "lines", "on"}"#);
    }

    #[test]
    fn what_is_not_in_digits_is_no_large_number() {
        for value in ["x1", "1x", "-1", "1 000x", ""] {
            let told = Setting::number(KEY).check(value).unwrap_err();
            assert_eq!(
                told.problem(),
                "is not a whole number above zero",
                "{value}"
            );
        }
    }

    #[test]
    fn a_choice_is_told_as_a_sentence() {
        assert_eq!(choice(&["json"]), "json");
        assert_eq!(choice(&["form", "json"]), "form or json");
        assert_eq!(choice(&["form", "json", "xml"]), "form, json or xml");
    }
}
