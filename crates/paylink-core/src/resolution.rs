use std::time::Duration;

/// What became of an operation whose outcome was unknown.
///
/// `V` is the provider's view of what was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolution<V> {
    /// It was carried out; here is what the provider has.
    Executed(V),
    /// It was not carried out, and the provider's settling time has passed: it may be done again.
    NotExecuted,
    /// It cannot be told yet. Ask again after this time, and do not repeat the operation before.
    StillUnknown {
        /// How long to wait at the least.
        look_again_after: Duration,
    },
}
