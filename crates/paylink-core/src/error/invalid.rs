use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;

use crate::{Error, text};

/// The most characters of a place, a problem or a remedy.
const LONGEST: usize = 1_000;

/// The name of a field, in two forms: a key for programs and a label for people.
///
/// A key is declared once, as a constant beside what it names, and stays the same from release to release. The label may
/// change, and be translated.
///
/// ```
/// use paylink_core::FieldKey;
///
/// const TERMINAL: FieldKey = FieldKey::new("terminal", "terminal number");
/// assert_eq!((TERMINAL.as_str(), TERMINAL.label()), ("terminal", "terminal number"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FieldKey {
    key: &'static str,
    label: &'static str,
}

impl FieldKey {
    /// Declares a field.
    ///
    /// # Panics
    ///
    /// If `key` is not in snake case: small Latin letters, digits and `_`, a letter first. In a constant, that is an error
    /// of the compiler.
    #[must_use]
    pub const fn new(key: &'static str, label: &'static str) -> FieldKey {
        assert!(is_snake_case(key), "a field's key is in snake case");
        FieldKey { key, label }
    }

    /// The key: `return_url`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.key
    }

    /// The label: `return URL`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.label
    }
}

const fn is_snake_case(key: &str) -> bool {
    let mut rest = key.as_bytes();
    let mut first = true;
    while let [byte, tail @ ..] = rest {
        match byte {
            b'a'..=b'z' => {}
            b'0'..=b'9' | b'_' if !first => {}
            _ => return false,
        }
        first = false;
        rest = tail;
    }
    !first
}

/// A value that was refused before anything was sent.
///
/// It names the field, shows the value (never a secret), says what is wrong and what to do instead. Nothing left the
/// machine: correct the value and try again.
///
/// ```
/// use paylink_core::Rial;
///
/// let error = "12,5x".parse::<Rial>().unwrap_err();
/// assert_eq!(error.key(), "amount");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid(Box<Inner>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Inner {
    field: FieldKey,
    place: Option<Cow<'static, str>>,
    value: Option<String>,
    problem: Cow<'static, str>,
    remedy: Option<Cow<'static, str>>,
}

impl Invalid {
    /// Says that a field has a `problem`: "is empty", "is not a number".
    pub fn new(field: FieldKey, problem: impl Into<Cow<'static, str>>) -> Invalid {
        Invalid(Box::new(Inner {
            field,
            place: None,
            value: None,
            problem: fit(problem.into()),
            remedy: None,
        }))
    }

    /// Shows the value that was refused, shortened and with control characters escaped. Never pass a secret.
    #[must_use]
    pub fn with_value(mut self, value: &str) -> Invalid {
        self.0.value = Some(text::excerpt(value, 60));
        self
    }

    /// Says what to do instead: "write digits only, such as 150000".
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Invalid {
        self.0.remedy = Some(fit(remedy.into()));
        self
    }

    /// Reports it under the caller's own field: the value was handed on to a type that knows it by another name.
    #[must_use]
    pub fn under(mut self, field: FieldKey) -> Invalid {
        self.0.field = field;
        self
    }

    /// Adds where the value was typed or set: `--amount`, `PAYLINK_ZIPAY_TERMINAL`. People then read that in place of the
    /// label; the key stays.
    #[must_use]
    pub fn at(mut self, place: impl Into<Cow<'static, str>>) -> Invalid {
        self.0.place = Some(fit(place.into()));
        self
    }

    crate::getters! { self;
        /// The field's key, which is stable: `return_url`.
        key: &'static str = self.0.field.key;
        /// The field's label, for people: `return URL`.
        label: &'static str = self.0.field.label;
        /// Where the value was typed or set, if it is known.
        place: Option<&str> = self.0.place.as_deref();
        /// What is wrong with it.
        problem: &str = &self.0.problem;
        /// What to do instead, if it is known.
        remedy: Option<&str> = self.0.remedy.as_deref();
    }
}

/// What was put together at run time may hold text from outside: it is shown as everything from outside is.
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
        f.write_str(self.place().unwrap_or(self.label()))?;
        if let Some(value) = &self.0.value {
            write!(f, " \"{value}\"")?;
        }
        write!(f, " {}", self.0.problem)?;
        if let Some(remedy) = &self.0.remedy {
            write!(f, ": {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

/// So that a constructor takes a value that is parsed already as it takes its text.
impl From<Infallible> for Invalid {
    fn from(never: Infallible) -> Invalid {
        match never {}
    }
}

/// Collects everything that is wrong with a set of values, so that all of it is told at once.
///
/// ```
/// use paylink_core::{Error, Mobile, Rial, Validation};
///
/// fn both(amount: &str, mobile: &str) -> Result<(Rial, Mobile), Error> {
///     let mut validation = Validation::new();
///     let amount = validation.take(amount.parse::<Rial>());
///     let mobile = validation.take(mobile.parse::<Mobile>());
///     match (amount, mobile) {
///         (Some(amount), Some(mobile)) => Ok((amount, mobile)),
///         _ => Err(validation.failed()),
///     }
/// }
///
/// let error = both("12,5x", "0912").unwrap_err();
/// let keys: Vec<_> = error.invalids().iter().map(|invalid| invalid.key()).collect();
/// assert_eq!(keys, ["amount", "mobile"]);
/// ```
#[derive(Default, Debug)]
pub struct Validation(Vec<Invalid>);

impl Validation {
    /// Nothing is wrong so far.
    #[must_use]
    pub fn new() -> Validation {
        Validation::default()
    }

    /// The value, or `None` if it was refused; then [`failed`](Validation::failed) or [`and`](Validation::and) tells why.
    pub fn take<T>(&mut self, value: Result<T, Invalid>) -> Option<T> {
        value.map_err(|invalid| self.0.push(invalid)).ok()
    }

    /// Joins a last step, which may refuse several values itself.
    ///
    /// # Errors
    ///
    /// Everything that was refused, the last step's included.
    pub fn and<T>(mut self, last: Result<T, Error>) -> Result<T, Error> {
        match last {
            Ok(value) if self.0.is_empty() => Ok(value),
            Ok(_) => Err(self.failed()),
            Err(error) if self.0.is_empty() || error.invalids().is_empty() => Err(error),
            Err(error) => {
                self.0.extend_from_slice(error.invalids());
                Err(self.failed())
            }
        }
    }

    /// The error that tells everything that was refused.
    #[must_use]
    pub fn failed(self) -> Error {
        Error::of_invalids(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: FieldKey = FieldKey::new("odd_field", "odd field");

    #[test]
    fn whatever_is_put_into_it_can_be_shown() {
        let odd = "a\nforged\u{1b}[2J\u{202e}line";
        let invalid = Invalid::new(ODD, odd.to_owned())
            .at(odd.to_owned())
            .with_value(odd)
            .with_remedy(odd.to_owned());
        assert_eq!(text::hidden(&invalid.to_string()), None, "{invalid}");
        let placed = Invalid::new(ODD, "is odd").at(odd.to_owned());
        let shown = "a\\nforged\\u{1b}[2J\\u{202e}line is odd";
        assert_eq!(placed.to_string(), shown);
        assert_eq!((placed.problem(), placed.remedy()), ("is odd", None));

        let long = "x".repeat(2_000);
        let bounded = Invalid::new(ODD, long.clone())
            .with_value(&long)
            .with_remedy(long);
        assert!(bounded.to_string().chars().count() < 2_100);
        assert_eq!(bounded.problem().chars().count(), 1_001);
        let exact = "x".repeat(1_000);
        assert_eq!(Invalid::new(ODD, exact.clone()).problem(), exact);
    }

    #[test]
    fn the_key_stays_whatever_people_read() {
        let invalid = Invalid::new(ODD, "is odd");
        assert_eq!(invalid.to_string(), "odd field is odd");
        let placed = invalid.clone().at("--odd");
        assert_eq!(placed.to_string(), "--odd is odd");
        assert_eq!((placed.key(), placed.label()), ("odd_field", "odd field"));
        assert_eq!(placed.place(), Some("--odd"));
        let own = placed.under(FieldKey::new("own", "own field"));
        assert_eq!((own.key(), own.place()), ("own", Some("--odd")));
        for key in ["", "Odd", "1st", "_x", "odd field", "odd-field", "شماره"] {
            assert!(!is_snake_case(key), "{key}");
        }
        assert!(is_snake_case("line_2"));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let refused = |key| Err::<u32, _>(Invalid::new(key, "is odd"));
        let even = FieldKey::new("even_field", "even field");
        let mut validation = Validation::new();
        assert_eq!(validation.take(Ok(1)), Some(1));
        assert_eq!(validation.take(refused(ODD)), None);
        let error = validation
            .and(refused(even).map_err(Error::from))
            .unwrap_err();
        let keys: Vec<_> = error.invalids().iter().map(Invalid::key).collect();
        assert_eq!(keys, ["odd_field", "even_field"]);
        assert_eq!(error.to_string(), "odd field is odd; even field is odd");
        assert_eq!(error.invalid().map(Invalid::key), Some("odd_field"));
        assert!(std::error::Error::source(&error).is_none());

        assert_eq!(Validation::new().and(Ok(2)).unwrap(), 2);
        let mut validation = Validation::new();
        validation.take(refused(ODD));
        assert!(validation.and(Ok(2)).is_err());
    }

    #[test]
    fn what_went_wrong_otherwise_stays_what_it_was() {
        let other = || {
            Error::new(
                crate::ErrorKind::Dns,
                crate::Effect::NotExecuted,
                "no such name",
            )
        };
        let alone = Validation::new().and(Err::<(), _>(other())).unwrap_err();
        assert_eq!(alone.kind(), crate::ErrorKind::Dns);
        let mut validation = Validation::new();
        validation.take(Err::<(), _>(Invalid::new(ODD, "is odd")));
        let beside = validation.and(Err::<(), _>(other())).unwrap_err();
        assert_eq!(beside.kind(), crate::ErrorKind::Dns);
    }
}
