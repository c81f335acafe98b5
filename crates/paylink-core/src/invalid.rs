use std::borrow::Cow;
use std::fmt;

use crate::text;

/// A value that was refused before anything was sent.
///
/// It names the field as a person knows it, shows the value (never a secret), says what is wrong and what to do instead.
/// Nothing left the machine: correct the value and try again.
///
/// ```
/// use paylink_core::Rial;
///
/// let error = "12,5x".parse::<Rial>().unwrap_err();
/// assert_eq!(error.field(), "amount");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    field: Cow<'static, str>,
    value: Option<String>,
    problem: Cow<'static, str>,
    remedy: Option<Cow<'static, str>>,
}

impl Invalid {
    /// Says that `field` has a `problem`: "is empty", "is not a number".
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        problem: impl Into<Cow<'static, str>>,
    ) -> Invalid {
        Invalid {
            field: field.into(),
            value: None,
            problem: problem.into(),
            remedy: None,
        }
    }

    /// Shows the value that was refused, shortened and with control characters escaped. Never pass a secret.
    #[must_use]
    pub fn value(mut self, value: &str) -> Invalid {
        self.value = Some(text::excerpt(value, 60));
        self
    }

    /// Says what to do instead: "write digits only, such as 150000".
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Invalid {
        self.remedy = Some(remedy.into());
        self
    }

    /// Gives the field the name under which the caller's user knows it.
    #[must_use]
    pub fn rename(mut self, field: impl Into<Cow<'static, str>>) -> Invalid {
        self.field = field.into();
        self
    }

    /// The field's name.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What to do instead, where it was said.
    #[must_use]
    pub fn how_to_mend(&self) -> Option<&str> {
        self.remedy.as_deref()
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        if let Some(value) = &self.value {
            write!(f, " \"{value}\"")?;
        }
        write!(f, " {}", self.problem)?;
        if let Some(remedy) = &self.remedy {
            write!(f, ": {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}
