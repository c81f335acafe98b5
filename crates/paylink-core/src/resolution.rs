use std::time::Duration;

use crate::{Error, Handle};

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
    /// What making the view failed with, as [`Effect::Unknown`](crate::Effect::Unknown) and with the handle: the operation
    /// was carried out, and nobody may take an error for a proof that it was not.
    ///
    /// ```
    /// use paylink_core::{Effect, Handle, Invalid, Resolution};
    ///
    /// let handle = Handle::new("example", "create", std::time::SystemTime::now());
    /// let unreadable = |_| Err::<(), _>(Invalid::new("record", "cannot be made").into());
    /// let error = Resolution::Executed(7).try_map(&handle, unreadable).unwrap_err();
    /// assert_eq!((error.effect(), error.handle()), (Effect::Unknown, Some(&handle)));
    /// ```
    pub fn try_map<W>(
        self,
        handle: &Handle,
        view: impl FnOnce(V) -> Result<W, Error>,
    ) -> Result<Resolution<W>, Error> {
        Ok(match self {
            Resolution::Executed(found) => {
                let view = view(found).map_err(|error| error.while_resolving(handle))?;
                Resolution::Executed(view)
            }
            Resolution::NotExecuted => Resolution::NotExecuted,
            Resolution::StillUnknown { look_again_after } => {
                Resolution::StillUnknown { look_again_after }
            }
        })
    }
}
