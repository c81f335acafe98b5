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

impl<V> Resolution<V> {
    /// The same finding with another view of what was found.
    ///
    /// # Errors
    ///
    /// What making the view failed with.
    pub fn try_map<W, E>(self, view: impl FnOnce(V) -> Result<W, E>) -> Result<Resolution<W>, E> {
        Ok(match self {
            Resolution::Executed(found) => Resolution::Executed(view(found)?),
            Resolution::NotExecuted => Resolution::NotExecuted,
            Resolution::StillUnknown { look_again_after } => {
                Resolution::StillUnknown { look_again_after }
            }
        })
    }
}
