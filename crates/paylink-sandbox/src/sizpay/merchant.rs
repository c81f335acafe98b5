//! Merchants, and what can be chosen about SizPay.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::NAME;
use crate::credentials::Whose;
use crate::random::Stream;
use crate::settings::{choices, settings};
use crate::simulated::Account;
use crate::world::{World, debug_shows};

/// A merchant registered with the sandboxed SizPay, with keys that are good for nothing else.
#[derive(Clone)]
pub struct Merchant {
    name: &'static str,
    pay_link_name: &'static str,
    user_name: String,
    password: String,
}

impl Merchant {
    pub(super) fn register(
        name: &'static str,
        pay_link_name: &'static str,
        random: &Stream,
    ) -> Self {
        Self {
            name,
            pay_link_name,
            user_name: key(random, 4),
            password: key(random, 2),
        }
    }

    /// Takes the keys that were chosen.
    pub(super) fn with(self, world: &World, whose: Whose) -> Self {
        let or_drawn = |key, drawn| world.credentials.or_drawn(whose, NAME, key, drawn);
        Self {
            user_name: or_drawn("user_name", self.user_name),
            password: or_drawn("password", self.password),
            ..self
        }
    }

    /// Returns the name that payers see.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Returns the name of the merchant's pay link, sent as `PayLinkName`.
    #[must_use]
    pub fn pay_link_name(&self) -> &str {
        self.pay_link_name
    }

    /// Returns key 1 of the gateway, sent as `UserName`.
    #[must_use]
    pub fn user_name(&self) -> &str {
        &self.user_name
    }

    /// Returns key 2 of the gateway, sent as `Password`.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Lists what a client needs to be this merchant.
    pub(super) fn account(&self) -> Account {
        vec![
            ("user_name", self.user_name.clone()),
            ("password", self.password.clone()),
            ("pay_link_name", self.pay_link_name.to_owned()),
        ]
    }
}

/// Draws a key of 8 bytes a word in Base64, the form of the keys in SizPay's samples.
fn key(random: &Stream, words: usize) -> String {
    let bytes: Vec<u8> = (0..words)
        .flat_map(|_| random.next_u64().to_be_bytes())
        .collect();
    STANDARD.encode(bytes)
}

debug_shows!(Merchant {
    name,
    pay_link_name
});

choices! {
    /// Where a SOAP answer holds its values, on which SizPay's document is silent.
    AnswerShape as SizpayAnswerShape {
        /// Each output parameter of the document is an element of `…Response`.
        OutParameters,
        /// `…Response` holds `…Result`, which holds an element for each value.
        TypedResult,
        /// `…Response` holds `…Result`, which holds JSON text; an answer to ASP.NET JSON is text too.
        JsonResult,
    }

    /// How a JSON answer to a status request holds the list.
    StatusList as SizpayStatusList {
        /// As a string that holds a JSON array, as the SOAP method does.
        Text,
        /// As an array.
        Array,
    }

    /// How the fields of a JSON answer to a status request are called.
    StatusNames as SizpayStatusNames {
        /// `prmPayLinkFirstStatus` and so on, as in the SOAP method.
        Prefixed,
        /// `PayLinkFirstStatus` and so on.
        Bare,
    }

    /// How a JSON answer writes `ResCod`.
    ResultCode as SizpayResultCode {
        /// As the number `1`.
        Number,
        /// As the string `"1"`, as a sibling service of SizPay does at times.
        Text,
    }
}

settings!("SizPay" as SizpaySettings {
    /// The namespace of the SOAP service: a SOAP action is the namespace and the method.
    #[schema(value_type = String, pattern = "^[!-~]+$")]
    namespace: Namespace = Namespace::default(),
    /// Where SOAP answers hold their values. The WSDL agrees.
    answer_shape: AnswerShape = AnswerShape::default(),
    /// How JSON answers to status requests hold the list.
    status_list: StatusList = StatusList::default(),
    /// How the fields of JSON answers to status requests are called.
    status_names: StatusNames = StatusNames::default(),
    /// How JSON answers write `ResCod`.
    result_code: ResultCode = ResultCode::default(),
});

/// The namespace of the SOAP service, which SizPay's document does not name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Namespace(String);

/// The text cannot be the namespace of a SOAP service.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a namespace is a URI: ASCII without blanks and control characters")]
pub struct InvalidNamespace;

impl FromStr for Namespace {
    type Err = InvalidNamespace;

    fn from_str(text: &str) -> Result<Self, InvalidNamespace> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
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
    fn blanks_and_control_characters_are_no_namespace() {
        for text in "| |http://tempuri.org /|a\nb|a\u{1}b|a\u{ffff}|فضا".split('|') {
            assert_eq!(text.parse::<Namespace>(), Err(InvalidNamespace), "{text:?}");
        }
    }
}
