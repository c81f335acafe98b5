use serde::Serialize;

/// What an error proves about the money: the one question every error answers.
///
/// The enum is closed on purpose, so that a `match` has to say what happens in both cases.
///
/// ```
/// use paylink_core::Effect;
///
/// fn may_i_try_again(effect: Effect) -> bool {
///     match effect {
///         Effect::NotExecuted => true,
///         Effect::Unknown => false, // look it up first
///     }
/// }
/// # assert!(may_i_try_again(Effect::NotExecuted) && !may_i_try_again(Effect::Unknown));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The operation was not carried out, and that is proved: nothing was written, or the provider refused, or it was
    /// a read, or the input was refused here. Doing it again cannot do it twice.
    NotExecuted,
    /// The operation may have been carried out. Never repeat it blindly: resolve it by its handle.
    Unknown,
}

/// What sending an operation a second time would do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Idempotency {
    /// Changes nothing: it may be repeated freely, and its failure is never an unknown outcome.
    ReadOnly,
    /// Doing it twice is the same as doing it once, by the provider's own word.
    Idempotent,
    /// Must happen at most once: it is never sent again after a byte of it may have left.
    NonIdempotent,
}

/// How the outcome of an operation can be found out afterwards.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lookup {
    /// The merchant's own reference finds it, even when no answer ever came.
    ByReference,
    /// An id that the provider gave earlier finds it.
    ByProviderId,
    /// The provider offers no way; only its panel or its support can tell.
    Unavailable,
}
