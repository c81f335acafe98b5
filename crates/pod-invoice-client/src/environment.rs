use std::fmt;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid};

/// Which of POD's two worlds a client talks to. It decides addresses and the numbers of the services.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Environment {
    /// Real money.
    #[default]
    Production,
    /// POD's own sandbox, or one on this machine.
    Sandbox,
}

impl Environment {
    /// The table: where services are called, and where payers pay (document "Payment"; the sandbox by the vendor's SDKs).
    const fn addresses(self) -> (&'static str, &'static str) {
        match self {
            Environment::Production => ("https://api.pod.ir/", "https://pay.pod.ir/"),
            Environment::Sandbox => ("https://sandbox.pod.ir/", "https://sandbox.pod.ir:1033/"),
        }
    }

    /// Under which address services are called.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        self.addresses().0
    }

    /// Under which address the pay pages stand.
    #[must_use]
    pub const fn pay_url(self) -> &'static str {
        self.addresses().1
    }
}

impl FromStr for Environment {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Environment, Invalid> {
        match text {
            "production" => Ok(Environment::Production),
            "sandbox" => Ok(Environment::Sandbox),
            _ => Err(
                Invalid::new(FieldKey::unkeyed("environment"), "is not known")
                    .value(text)
                    .remedy("use production or sandbox"),
            ),
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Environment::Production => "production",
            Environment::Sandbox => "sandbox",
        })
    }
}
