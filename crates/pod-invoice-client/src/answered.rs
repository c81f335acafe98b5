use serde::Serialize;

use crate::OneTimeToken;

/// What POD answered, with the number under which its support finds the request.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Answered<T> {
    /// The answer itself.
    pub value: T,
    /// POD's number of this request. Store it: the document asks for it with every call, and support asks for it first.
    pub reference_number: Option<String>,
    /// The token that POD hands out for a next call, where it does.
    #[serde(skip)]
    pub one_time_token: Option<OneTimeToken>,
}

impl<T> Answered<T> {
    /// Turns the value into another one, and keeps the rest.
    pub(crate) fn try_map<U, E>(
        self,
        read: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Answered<U>, E> {
        Ok(Answered {
            value: read(self.value)?,
            reference_number: self.reference_number,
            one_time_token: self.one_time_token,
        })
    }
}
