use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fields::is_xml_character;

/// The namespace of the SOAP service, which SizPay's document does not name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Namespace(String);

/// The text cannot be the namespace of a SOAP service.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a namespace is a URI: a text without blanks and control characters")]
pub struct InvalidNamespace;

impl FromStr for Namespace {
    type Err = InvalidNamespace;

    fn from_str(text: &str) -> Result<Self, InvalidNamespace> {
        let is_legible = |character: char| {
            is_xml_character(character) && !character.is_whitespace() && !character.is_control()
        };
        if text.is_empty() || !text.chars().all(is_legible) {
            return Err(InvalidNamespace);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Namespace {
    type Error = InvalidNamespace;

    fn try_from(text: String) -> Result<Self, InvalidNamespace> {
        text.parse()
    }
}

impl From<Namespace> for String {
    fn from(namespace: Namespace) -> Self {
        namespace.0
    }
}

impl Namespace {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the SOAP action of a method.
    pub(super) fn action(&self, method: &str) -> String {
        action(&self.0, method)
    }
}

/// Joins any namespace and method as ASP.NET does.
pub(super) fn action(namespace: &str, method: &str) -> String {
    let slash = if namespace.ends_with('/') { "" } else { "/" };
    format!("{namespace}{slash}{method}")
}

/// The one with which every new ASMX service begins.
impl Default for Namespace {
    fn default() -> Self {
        Self("http://tempuri.org/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_one_slash_before_the_method() {
        let action = |namespace: &str| namespace.parse::<Namespace>().unwrap().action("Do");
        assert_eq!(action("http://tempuri.org/"), "http://tempuri.org/Do");
        assert_eq!(action("urn:sizpay"), "urn:sizpay/Do");
    }

    #[test]
    fn blanks_and_control_characters_are_no_namespace() {
        for text in [
            "",
            " ",
            "http://tempuri.org /",
            "a\nb",
            "a\u{1}b",
            "a\u{ffff}",
        ] {
            assert_eq!(text.parse::<Namespace>(), Err(InvalidNamespace), "{text:?}");
        }
    }
}
