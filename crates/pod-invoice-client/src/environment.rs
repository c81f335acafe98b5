use std::fmt;
use std::str::FromStr;

use paylink_core::Invalid;

use crate::descriptor::{
    ENVIRONMENT, PRODUCTION_BASE_URL, PRODUCTION_PAY_URL, SANDBOX_BASE_URL, SANDBOX_PAY_URL,
};

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
    /// Under which address services are called.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Environment::Production => PRODUCTION_BASE_URL,
            Environment::Sandbox => SANDBOX_BASE_URL,
        }
    }

    /// Under which address the pay pages stand.
    #[must_use]
    pub const fn pay_url(self) -> &'static str {
        match self {
            Environment::Production => PRODUCTION_PAY_URL,
            Environment::Sandbox => SANDBOX_PAY_URL,
        }
    }
}

impl FromStr for Environment {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Environment, Invalid> {
        match text {
            "production" => Ok(Environment::Production),
            "sandbox" => Ok(Environment::Sandbox),
            _ => Err(Invalid::new(ENVIRONMENT, "is not known")
                .value(text)
                .remedy("use production or sandbox")),
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
