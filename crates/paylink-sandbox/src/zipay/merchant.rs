use std::fmt;

use crate::random::Stream;

/// A merchant registered with the sandboxed ZiPay, with keys that are good for nothing else.
#[derive(Clone)]
pub struct Merchant {
    name: &'static str,
    api_key: String,
    secret_key: String,
    terminals: &'static [u64],
}

impl Merchant {
    pub(super) fn register(name: &'static str, terminals: &'static [u64], random: &Stream) -> Self {
        Self {
            name,
            api_key: random.hex(2),
            secret_key: random.hex(4),
            terminals,
        }
    }

    /// Returns the name that payers see.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Returns the API key, sent in the header `api_key`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Returns the secret key, used as its text to sign.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// Returns the number of the first terminal.
    #[must_use]
    pub fn terminal(&self) -> u64 {
        self.terminals.first().copied().unwrap_or_default()
    }

    pub(super) fn last_terminal(&self) -> u64 {
        self.terminals.last().copied().unwrap_or_default()
    }

    pub(super) fn has_terminal(&self, number: u64) -> bool {
        self.terminals.contains(&number)
    }
}

/// Leaves the keys out.
impl fmt::Debug for Merchant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merchant")
            .field("name", &self.name)
            .field("terminals", &self.terminals)
            .finish_non_exhaustive()
    }
}
