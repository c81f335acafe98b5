use std::path::Path;

use secrecy::ExposeSecret;

use super::account::AccountConfig;
use super::source::{Content, Origin, Source};
use super::{Problem, proxy};
use crate::core::provider::Setting;

/// A setting as it is in force, with where it comes from. A secret's value is no part of it.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'a> {
    setting: &'static Setting,
    source: Option<&'a Source>,
}

impl<'a> InForce<'a> {
    /// The setting.
    #[must_use]
    pub fn setting(&self) -> &'static Setting {
        self.setting
    }

    /// Where it is set; `None` if it is not.
    #[must_use]
    pub fn origin(&self) -> Option<&'a Origin> {
        Some(&self.source?.origin)
    }

    /// The value as it is set, else the default; `None` if there is neither, and for a secret. It is not checked.
    #[must_use]
    pub fn value(&self) -> Option<&'a str> {
        match self.source.map(|source| &source.content) {
            Some(Content::Here(text)) if !self.setting.is_secret() => Some(text.expose_secret()),
            Some(_) => None,
            None => self.setting.default(),
        }
    }

    /// The file that a secret stands in, where it has one of its own. It need not be there.
    #[must_use]
    pub fn file(&self) -> Option<&'a Path> {
        match &self.source?.content {
            Content::InFile(path) => Some(path),
            Content::Here(_) | Content::Refused(_) => None,
        }
    }

    /// Why what is set cannot be the setting, as far as its place tells.
    #[must_use]
    pub fn problem(&self) -> Option<&'a Problem> {
        match &self.source?.content {
            Content::Refused(problem) => Some(problem),
            Content::Here(_) | Content::InFile(_) => None,
        }
    }
}

impl AccountConfig {
    /// Every setting as it is in force, in the order in which they are listed, those of the proxy last.
    ///
    /// No file is read for it, and nothing is checked: see [`open`](AccountConfig::open).
    pub fn in_force(&self) -> impl Iterator<Item = InForce<'_>> {
        self.provider.all().map(|setting| InForce {
            setting,
            source: match proxy::setting(setting.key()) {
                Some(_) => self.source_of_way(setting),
                None => self.sources.get(setting.key()),
            },
        })
    }
}
