use std::fmt;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid};

pub(crate) const REST: &str = "rest";
pub(crate) const ASMX_JSON: &str = "asmx-json";
#[cfg(feature = "soap")]
pub(crate) const SOAP: &str = "soap";
#[cfg(feature = "soap")]
pub(crate) const SOAP_MODEL: &str = "soap-model";

/// The way that requests take to SizPay. Inputs and outputs are the same on each.
///
/// | way | sends links | asks for states | disables, sends the SMS again |
/// |---|---|---|---|
/// | `Rest` | yes | by send id, by invoice number, of a day | yes |
/// | `AsmxJson` | yes | by send id | not documented, so refused before sending |
/// | `Soap` | yes | by send id | not documented, so refused before sending |
/// | `SoapModel` | yes | by send id | not documented, so refused before sending |
///
/// Only `Rest` brings the link's address back, and only there a lost send can be [resolved](crate::SizPay::resolve):
/// prefer it. The two SOAP ways are there with the feature `soap`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Via {
    /// The REST service, version 1.007.
    #[default]
    Rest,
    /// The ASMX service's `…Rest` methods in ASP.NET's JSON.
    AsmxJson,
    /// The ASMX service's `…Soap` methods in SOAP 1.1, each input a parameter of its own.
    #[cfg(feature = "soap")]
    Soap,
    /// The ASMX service's `…Rest` methods in SOAP 1.1, the inputs in one model.
    #[cfg(feature = "soap")]
    SoapModel,
}

impl Via {
    /// The field under which one is refused.
    pub const KEY: FieldKey = FieldKey::new("via", "way");

    /// Every way that this build knows.
    pub const ALL: &'static [Via] = &[
        Via::Rest,
        Via::AsmxJson,
        #[cfg(feature = "soap")]
        Via::Soap,
        #[cfg(feature = "soap")]
        Via::SoapModel,
    ];

    /// The way's name on a command line: `rest`, `asmx-json`, `soap`, `soap-model`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Via::Rest => REST,
            Via::AsmxJson => ASMX_JSON,
            #[cfg(feature = "soap")]
            Via::Soap => SOAP,
            #[cfg(feature = "soap")]
            Via::SoapModel => SOAP_MODEL,
        }
    }

    pub(crate) fn is_soap(self) -> bool {
        match self {
            Via::Rest | Via::AsmxJson => false,
            #[cfg(feature = "soap")]
            Via::Soap | Via::SoapModel => true,
        }
    }
}

impl FromStr for Via {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Via, Invalid> {
        let known = Via::ALL.iter().find(|via| via.as_str() == text);
        known.copied().ok_or_else(|| {
            let remedy = if cfg!(feature = "soap") {
                "use rest, asmx-json, soap or soap-model"
            } else {
                "use rest or asmx-json; soap and soap-model need a build with the feature soap (sizpay-soap of paylink)"
            };
            Invalid::new(Via::KEY, "is not one to SizPay")
                .with_value(text)
                .with_remedy(remedy)
        })
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Via;

    #[test]
    fn names_are_read_back() {
        for via in Via::ALL {
            assert_eq!(via.as_str().parse::<Via>().unwrap(), *via);
        }
        assert_eq!(Via::default(), Via::Rest);
        let error = "SOAP12".parse::<Via>().unwrap_err();
        assert!(error.remedy().unwrap().contains("rest"), "{error}");
    }
}
