use std::fmt;
use std::num::NonZeroU64;

use paylink_core::Invalid;

use crate::descriptor::TERMINAL;

/// The number of one of the merchant's terminals at ZiPay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Terminal(NonZeroU64);

impl Terminal {
    pub(crate) fn new(number: u64) -> Result<Terminal, Invalid> {
        NonZeroU64::new(number).map(Terminal).ok_or_else(|| {
            Invalid::new(TERMINAL, "is zero").remedy("take it from ZiPay's panel, such as 1003")
        })
    }

    pub(crate) fn number(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
