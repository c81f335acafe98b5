//! The payment desk, over a provider that does what a test says.

/// Panics with what was found where it is not what the pattern says.
macro_rules! assert_is {
    ($found:expr, $pattern:pat $(if $guard:expr)?) => {
        assert_is!($found, $pattern $(if $guard)?, "found")
    };
    ($found:expr, $pattern:pat $(if $guard:expr)?, $context:literal) => {
        match $found {
            $pattern $(if $guard)? => {}
            other => panic!("{}: {other:?}", format_args!($context)),
        }
    };
}

#[cfg(feature = "store-contract")]
#[cfg(test)]
mod broken_stores;
#[cfg(test)]
mod crashing_store;
#[cfg(test)]
mod dying;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod sweeping;
#[cfg(test)]
mod waiting;
