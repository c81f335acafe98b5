use std::borrow::Cow;
use std::fmt;

use crate::text;

/// The most characters of a field's name, a problem or a remedy.
const LONGEST: usize = 1_000;

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
            field: fit(field.into()),
            value: None,
            problem: fit(problem.into()),
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
        self.remedy = Some(fit(remedy.into()));
        self
    }

    /// Gives the field the name under which the caller's user knows it.
    #[must_use]
    pub fn rename(mut self, field: impl Into<Cow<'static, str>>) -> Invalid {
        self.field = fit(field.into());
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

/// What was put together at run time may hold what somebody else wrote: it is shown as everything from outside is.
fn fit(words: Cow<'static, str>) -> Cow<'static, str> {
    match words {
        Cow::Owned(words) if text::hidden(&words).is_some() || words.len() > LONGEST => {
            Cow::Owned(text::excerpt(&words, LONGEST))
        }
        words => words,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_put_into_it_can_be_shown() {
        let odd = "a\nforged\u{1b}[2J\u{202e}line";
        let invalid = Invalid::new(odd.to_owned(), odd.to_owned())
            .value(odd)
            .remedy(odd.to_owned());
        assert_eq!(text::hidden(&invalid.to_string()), None, "{invalid}");
        let renamed = Invalid::new("field", "is odd").rename(odd.to_owned());
        assert_eq!(
            renamed.to_string(),
            "a\\nforged\\u{1b}[2J\\u{202e}line is odd"
        );
        assert_eq!((renamed.problem(), renamed.how_to_mend()), ("is odd", None));

        let long = "x".repeat(2_000);
        let bounded = Invalid::new("field", long.clone())
            .value(&long)
            .remedy(long);
        assert!(bounded.to_string().chars().count() < 2_100);
        assert_eq!(bounded.problem().chars().count(), 1_001);
        let exact = "x".repeat(1_000);
        assert_eq!(Invalid::new("field", exact.clone()).problem(), exact);
    }
}
