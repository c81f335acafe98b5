use super::proxy::PROXY_SETTINGS;
use crate::FieldKey;
use crate::core::provider::{Descriptor, Setting};
use crate::providers::{KNOWN, providers};

/// The setting of an account that says which provider it is with.
pub(super) const PROVIDER: FieldKey = FieldKey::new("provider", "provider");

/// A provider that an account can be with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// Its descriptor says what can be set.
    Described(&'static Descriptor),
    /// The program was built without it, so that nothing more is known.
    SwitchedOff {
        name: &'static str,
        feature: &'static str,
    },
    /// No provider, but what stands before the first section.
    General,
    /// No provider, but a section of the program's own, with what can be set in it.
    Section {
        name: &'static str,
        settings: &'static [Setting],
    },
}

impl Known {
    /// The provider's name, which is also that of its own section.
    pub(super) fn name(self) -> &'static str {
        match self {
            Known::Described(descriptor) => descriptor.name(),
            Known::General => "",
            Known::SwitchedOff { name, .. } | Known::Section { name, .. } => name,
        }
    }

    /// What can be set for the client, or for the program; nothing if the provider is switched off.
    pub(super) fn settings(self) -> &'static [Setting] {
        match self {
            Known::Described(descriptor) => descriptor.settings(),
            Known::SwitchedOff { .. } | Known::General => &[],
            Known::Section { settings, .. } => settings,
        }
    }

    /// Everything that can be set: for an account, the way to its provider as well.
    pub(super) fn all(self) -> impl Iterator<Item = &'static Setting> {
        let proxy = match self {
            Known::Described(_) | Known::General => PROXY_SETTINGS,
            Known::SwitchedOff { .. } | Known::Section { .. } => &[],
        };
        self.settings().iter().chain(proxy)
    }

    /// The setting that is written like this, and whether the value names a file that holds the secret.
    pub(super) fn find(self, written: &str) -> Option<(&'static Setting, bool)> {
        let of = |key: &str| self.all().find(|setting| setting.key() == key);
        if let Some(setting) = of(written) {
            return Some((setting, false));
        }
        let setting = of(written.strip_suffix("_file")?)?;
        setting.is_secret().then_some((setting, true))
    }

    /// The names of the settings.
    pub(super) fn keys(self) -> impl Iterator<Item = &'static str> {
        self.all().map(Setting::key)
    }

    /// The names of the settings, for a person to choose from.
    pub(super) fn choice_of_keys(self) -> String {
        self.keys().collect::<Vec<_>>().join(", ")
    }
}

/// Every provider that accounts can be with: those of this crate, and those that the program added. Beside them, the sections
/// that are the program's own.
#[derive(Clone, Debug)]
pub(super) struct Registry {
    providers: Vec<Known>,
    sections: Vec<Known>,
}

impl Registry {
    /// Adds a section of the program's own.
    pub(super) fn add_section(&mut self, name: &'static str, settings: &'static [Setting]) {
        self.sections.push(Known::Section { name, settings });
    }

    /// The sections of the program's own.
    pub(super) fn sections(&self) -> impl Iterator<Item = Known> {
        self.sections.iter().copied()
    }

    /// Adds a provider, in place of the one of its name if there is one.
    pub(super) fn add(&mut self, descriptor: &'static Descriptor) {
        let known = Known::Described(descriptor);
        match self
            .providers
            .iter_mut()
            .find(|it| it.name() == known.name())
        {
            Some(old) => *old = known,
            None => self.providers.push(known),
        }
    }

    /// The provider of this name.
    pub(super) fn get(&self, name: &str) -> Option<Known> {
        self.iter().find(|known| known.name() == name)
    }

    /// The providers, those of this crate first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Known> {
        self.providers.iter().copied()
    }

    /// The providers' names.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.iter().map(Known::name)
    }

    /// The providers' names, for a person to choose from.
    pub(super) fn choice(&self) -> String {
        self.names().collect::<Vec<_>>().join(", ")
    }
}

impl Default for Registry {
    fn default() -> Registry {
        let known = KNOWN.iter().map(|&(name, feature)| {
            let on = providers().iter().find(|it| it.name() == name);
            on.map_or(Known::SwitchedOff { name, feature }, |descriptor| {
                Known::Described(descriptor)
            })
        });
        Registry {
            providers: known.collect(),
            sections: Vec::new(),
        }
    }
}
