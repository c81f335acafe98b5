use std::collections::HashMap;

use thiserror::Error;

use crate::simulated::Played;

/// Whose credentials they are: those of the account that tests use, or of another merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Own,
    Other,
}

/// The credentials that were chosen in place of drawn ones.
#[derive(Clone, Default)]
pub(crate) struct Credentials(HashMap<(Whose, String, String), String>);

crate::world::debug_shows!(Credentials {});

/// A credential cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// There is no such credential.
    #[error("there is no credential {key:?} of {provider:?}: choose one of {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        provider: String,
        /// What was asked for.
        key: String,
        /// The credentials that there are, each behind its provider.
        known: Vec<String>,
    },
    /// No header could carry the value.
    #[error(
        "{provider}'s {key} cannot be sent in a header: choose 1 to 200 letters, digits and marks of ASCII"
    )]
    Unwritable {
        /// The provider.
        provider: String,
        /// The credential.
        key: String,
    },
}

impl Credentials {
    pub(crate) fn choose(&mut self, whose: Whose, provider: &str, chosen: &[(&str, &str)]) {
        for (key, value) in chosen {
            let name = (whose, provider.to_owned(), (*key).to_owned());
            self.0.insert(name, (*value).to_owned());
        }
    }

    /// Returns the credential that was chosen, or else the drawn one.
    pub(crate) fn or_drawn(
        &self,
        whose: Whose,
        provider: &str,
        key: &str,
        drawn: String,
    ) -> String {
        let name = (whose, provider.to_owned(), key.to_owned());
        self.0.get(&name).cloned().unwrap_or(drawn)
    }

    /// Checks that everything that was chosen is there and can be sent.
    pub(crate) fn check(&self, played: &[Played]) -> Result<(), CredentialError> {
        for ((whose, provider, key), value) in &self.0 {
            let keys = |it: &Played| match whose {
                Whose::Own => it.credentials,
                Whose::Other => it.other_credentials,
            };
            let of_provider = played.iter().find(|it| it.name == provider);
            if !of_provider.is_some_and(|it| keys(it).contains(&key.as_str())) {
                let known = played.iter().flat_map(|it| {
                    let keys = keys(it).iter();
                    keys.map(|key| format!("{} {key}", it.name))
                });
                return Err(CredentialError::Unknown {
                    provider: provider.clone(),
                    key: key.clone(),
                    known: known.collect(),
                });
            }
            let is_writable = value.bytes().all(|byte| byte.is_ascii_graphic());
            if value.is_empty() || value.len() > 200 || !is_writable {
                return Err(CredentialError::Unwritable {
                    provider: provider.clone(),
                    key: key.clone(),
                });
            }
        }
        Ok(())
    }
}
