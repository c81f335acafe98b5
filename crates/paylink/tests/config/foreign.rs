//! A provider of another crate, with a setting of each kind.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use async_trait::async_trait;
use paylink::core::BaseUrl;
use paylink::core::provider::{Descriptor, FromSettings, Setting, Settings, Variant};
use paylink::{
    Capabilities, Capability, Currency, Error, ExpectedPayment, FieldKey, Handle, Invalid,
    NewPayment, Payment, PaymentProvider, PreparedPayment, Resolution, Resolved, Settlement,
    Transport, Validation,
};

const KEY: FieldKey = FieldKey::new("key", "key");
pub(crate) const COUNTER: FieldKey = FieldKey::new("counter", "counter number");
const STAFF: FieldKey = FieldKey::new("staff", "staff card");
const SIGN: FieldKey = FieldKey::new("sign", "sign");
pub(crate) const SPEED: FieldKey = FieldKey::new("speed", "speed");
const QUIET: FieldKey = FieldKey::new("quiet", "quiet");
const ADDRESS: &str = "https://foreign.example/";

pub(crate) static DESCRIPTOR: Descriptor = Descriptor::new::<Foreign>("foreign")
    .with_titles("Foreign", "بیگانه")
    .with_settings(&[
        Setting::secret(KEY).required(),
        Setting::secret(STAFF),
        Setting::number(COUNTER).required_for_payments(),
        Setting::text(SIGN),
        Setting::choice(SPEED, &["slow", "fast"]),
        Setting::switch(QUIET),
        Setting::address(BaseUrl::KEY).with_default(ADDRESS),
    ])
    .with_variants(&[Variant::new("Foreign", &[], || &CAPABILITIES)])
    .with_address(|settings| Some(settings.get(BaseUrl::KEY).unwrap_or(ADDRESS).to_owned()));

static CAPABILITIES: LazyLock<Capabilities> =
    LazyLock::new(|| Capabilities::new("foreign", &[Currency::Irr]));

/// A client that keeps what it was built from.
#[derive(Debug)]
pub(crate) struct Foreign {
    pub(crate) settings: BTreeMap<&'static str, String>,
}

impl FromSettings for Foreign {
    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn from_settings(settings: &Settings<'_>, _: &Transport) -> Result<Foreign, Error> {
        let mut validation = Validation::new();
        validation.take(secret(KEY, settings.text(KEY)));
        validation.take(settings.get(STAFF).map_or(Ok(()), |it| secret(STAFF, it)));
        let known = DESCRIPTOR.settings().iter();
        let set = known.filter_map(|it| Some((it.key(), settings.named(it.key())?.to_owned())));
        validation.and(Ok(Foreign {
            settings: set.collect(),
        }))
    }

    fn for_payments(settings: &Settings<'_>, transport: &Transport) -> Result<Foreign, Error> {
        let mut validation = Validation::new();
        let counter = settings.get(COUNTER);
        validation.take(counter.ok_or_else(|| Invalid::new(COUNTER, "is missing")));
        validation.and(Foreign::from_settings(settings, transport))
    }
}

fn secret(key: FieldKey, value: &str) -> Result<(), Invalid> {
    match value {
        "" => Err(Invalid::new(key, "is empty")),
        spaced if spaced.contains(' ') => Err(Invalid::new(key, "holds a space")),
        _ => Ok(()),
    }
}

#[async_trait]
impl PaymentProvider for Foreign {
    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn prepare(&self, _: &NewPayment) -> Result<PreparedPayment<'_>, Error> {
        Err(closed())
    }

    async fn settle(&self, _: &ExpectedPayment) -> Result<Settlement<Payment>, Error> {
        Err(closed())
    }

    async fn resolve(&self, _: &Handle) -> Result<Resolution<Resolved>, Error> {
        Err(closed())
    }
}

fn closed() -> Error {
    CAPABILITIES.unsupported(Capability::PayLink)
}
