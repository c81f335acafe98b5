use std::time::Duration;

use crate::{Error, Handle};

/// What became of an operation whose outcome was unknown.
///
/// `V` is the provider's view of what was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolution<V> {
    /// It was carried out; here is what the provider has.
    Executed(V),
    /// It was not carried out, and will not be: it may be done again. Either the provider's state rules it out, or it did not
    /// show in a look-up that began after the settling time; see [`Inquiry`](crate::Inquiry).
    NotExecuted,
    /// It cannot be told yet. Ask again after this time, and do not repeat the operation before.
    StillUnknown {
        /// How long to wait at the least.
        retry_after: Duration,
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
    /// let unreadable = |_| Err::<(), _>(Invalid::new(Handle::KEY, "cannot be read").into());
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
            Resolution::StillUnknown { retry_after } => Resolution::StillUnknown { retry_after },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Effect, Invalid};

    #[test]
    fn a_view_is_made_of_what_was_found_and_of_nothing_else() {
        let handle = Handle::new("p", "o", std::time::SystemTime::UNIX_EPOCH);
        let view = |found: u32| Ok::<_, Error>(found + 1);
        let mapped = Resolution::Executed(7).try_map(&handle, view).unwrap();
        assert_eq!(mapped, Resolution::Executed(8));
        let never = |_: u32| -> Result<u32, Error> { panic!("there is nothing to view") };
        let mapped = Resolution::NotExecuted.try_map(&handle, never).unwrap();
        assert_eq!(mapped, Resolution::NotExecuted);
        let retry_after = Duration::from_secs(3);
        let unknown = Resolution::StillUnknown { retry_after };
        let mapped = unknown.try_map(&handle, never).unwrap();
        assert_eq!(mapped, Resolution::StillUnknown { retry_after });
    }

    #[test]
    fn what_was_found_and_cannot_be_viewed_stays_unknown() {
        let handle = Handle::new("p", "o", std::time::SystemTime::UNIX_EPOCH);
        let fails = |_: u32| Err::<u32, _>(Invalid::new(Handle::KEY, "cannot be read").into());
        let error = Resolution::Executed(7).try_map(&handle, fails).unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.handle(), Some(&handle));
    }
}
