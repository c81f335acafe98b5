use super::{AccountConfig, Problems, cardpay, pod, sizpay, zipay};
use crate::core::digits;
use crate::{FieldKey, Invalid, Provider, Transport};

/// Every provider that accounts can be configured with. Another one is a file beside these, and a line here.
pub(super) const ALL: [&Schema; 4] = [
    &cardpay::SCHEMA,
    &pod::SCHEMA,
    &sizpay::SCHEMA,
    &zipay::SCHEMA,
];

/// The schema of this provider.
pub(super) fn of(provider: &str) -> Option<&'static Schema> {
    ALL.into_iter().find(|schema| schema.provider == provider)
}

/// The providers' names, for a person to choose from.
pub(super) fn providers() -> String {
    ALL.map(|schema| schema.provider).join(", ")
}

/// What an account with one provider is set up from.
#[derive(Debug)]
pub(super) struct Schema {
    /// The provider's name, which is also that of its own section.
    pub(super) provider: &'static str,
    /// The feature that builds it in.
    pub(super) feature: &'static str,
    pub(super) settings: &'static [Known],
    /// Where the provider is, going by what is set.
    pub(super) address: fn(&AccountConfig) -> Option<String>,
    /// Sets an account up to take payments, if the feature is on.
    pub(super) open: Option<Open>,
}

pub(super) type Open = fn(&AccountConfig, &Transport) -> Result<Provider, Problems>;

/// A setting that a provider knows.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) key: &'static str,
    pub(super) form: Form,
}

/// What a value has to look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// Text that nobody may see; it may stand in a file of its own.
    Secret,
    /// Text that the client reads.
    Text,
    /// A whole number above zero.
    Number,
    /// `true` or `false`.
    Switch,
}

impl Schema {
    /// The setting that is written like this, and whether the value names a file that holds the secret.
    pub(super) fn find(&self, written: &str) -> Option<(&'static Known, bool)> {
        let of = |key: &str| self.settings.iter().find(|known| known.key == key);
        if let Some(known) = of(written) {
            return Some((known, false));
        }
        let known = of(written.strip_suffix("_file")?)?;
        (known.form == Form::Secret).then_some((known, true))
    }

    /// The settings' names, for a person to choose from.
    pub(super) fn keys(&self) -> String {
        let keys: Vec<&str> = self.settings.iter().map(|known| known.key).collect();
        keys.join(", ")
    }
}

impl Form {
    /// Checks a value, which `origin` names.
    pub(super) fn check(self, value: &str, origin: &str) -> Result<(), Invalid> {
        let wrong = |problem: &'static str| {
            Invalid::new(crate::config::SETTING, problem)
                .at(origin.to_owned())
                .value(value)
        };
        match self {
            Form::Number if number_in(value).is_none() => {
                Err(wrong("is not a whole number above zero").remedy("write it in digits"))
            }
            Form::Switch if value.parse::<bool>().is_err() => {
                Err(wrong("is neither true nor false").remedy("write one of them"))
            }
            Form::Secret | Form::Text | Form::Number | Form::Switch => Ok(()),
        }
    }
}

/// A number above zero as somebody typed it, in digits of any of the three scripts.
pub(super) fn number_in(value: &str) -> Option<u64> {
    digits::whole(FieldKey::unkeyed("number"), value)
        .ok()
        .filter(|number| *number > 0)
}

pub(super) const fn secret(key: &'static str) -> Known {
    Known {
        key,
        form: Form::Secret,
    }
}

pub(super) const fn text(key: &'static str) -> Known {
    Known {
        key,
        form: Form::Text,
    }
}

pub(super) const fn number(key: &'static str) -> Known {
    Known {
        key,
        form: Form::Number,
    }
}

pub(super) const fn switch(key: &'static str) -> Known {
    Known {
        key,
        form: Form::Switch,
    }
}
