//! What a field of an answer means, read from the providers' documents alone.

use crate::json::Tree;

/// What has to stand in a field of an answer that is believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    /// Yes: `true`, or `1`, and either as text.
    Yes,
    /// No: `false`, or `0`, and either as text.
    No,
    /// This whole number, in its one spelling, also as text.
    Whole(&'static str),
    /// A whole number between these two.
    Between(u64, u64),
    /// This decimal, in whatever spelling: `100.99`, `"100.990"`.
    Decimal(&'static str),
    /// This text; where it is all digits, a number does as well.
    Text(&'static str),
    /// Whatever says that something was done: neither no nor nothing.
    Done,
    /// Any value of its kind: an address, a list.
    Something,
}

/// A field on which it hangs whether an answer is believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deciding {
    /// The names that lead to it.
    pub path: &'static [&'static str],
    /// What it has to say.
    pub means: Means,
    /// Whether it may be left out, or be `null`.
    pub may_be_absent: bool,
}

/// A field that has to be there.
#[must_use]
pub const fn has(path: &'static [&'static str], means: Means) -> Deciding {
    Deciding {
        path,
        means,
        may_be_absent: false,
    }
}

/// A field that has to agree where it is there.
#[must_use]
pub const fn agrees(path: &'static [&'static str], means: Means) -> Deciding {
    Deciding {
        path,
        means,
        may_be_absent: true,
    }
}

impl Deciding {
    /// Checks that the answer says in this field what it has to say.
    ///
    /// # Errors
    ///
    /// Names the field and what stands there.
    pub fn check(&self, answer: &Tree) -> Result<(), String> {
        let found = answer.at(self.path);
        let fine = match found {
            None => self.may_be_absent && self.is_nowhere(answer),
            Some(Tree::Null) => self.may_be_absent,
            Some(value) => self.means.is_said_by(value),
        };
        if fine {
            return Ok(());
        }
        Err(format!(
            "success was believed although {} is {found:?}, and not {:?}",
            self.path.join("."),
            self.means
        ))
    }

    /// Whether no member of this path is there at all; one that is there twice is somewhere.
    fn is_nowhere(&self, answer: &Tree) -> bool {
        let Some((name, above)) = self.path.split_last() else {
            return false;
        };
        answer
            .at(above)
            .is_none_or(|above| above.members(name).next().is_none())
    }
}

impl Means {
    /// Whether this value says so.
    #[must_use]
    pub fn is_said_by(self, value: &Tree) -> bool {
        match (self, value) {
            (Means::Yes, Tree::Truth(truth)) => *truth,
            (Means::No, Tree::Truth(truth)) => !*truth,
            (Means::Yes, Tree::Number(text)) => text == "1",
            (Means::No, Tree::Number(text)) => text == "0",
            (Means::Yes, Tree::Text(text)) => text == "1" || text == "true",
            (Means::No, Tree::Text(text)) => text == "0" || text == "false",
            (Means::Whole(number), Tree::Number(text) | Tree::Text(text)) => text == number,
            (Means::Between(low, high), Tree::Number(text) | Tree::Text(text)) => {
                let plain = text.bytes().all(|it| it.is_ascii_digit());
                let number = text.parse::<u64>();
                plain && number.is_ok_and(|it| (low..=high).contains(&it))
            }
            (Means::Decimal(amount), Tree::Number(text) | Tree::Text(text)) => {
                decimal(text).is_some() && decimal(text) == decimal(amount)
            }
            (Means::Text(due), Tree::Text(text)) => text == due,
            (Means::Text(due), Tree::Number(text)) => {
                due.bytes().all(|it| it.is_ascii_digit()) && text == due
            }
            (Means::Done, Tree::Truth(truth)) => *truth,
            (Means::Done, Tree::Number(text)) => text == "1",
            (Means::Done, Tree::Text(text)) => {
                let text = text.trim().to_lowercase();
                !matches!(text.as_str(), "" | "0" | "false")
            }
            (Means::Something, value) => !matches!(value, Tree::Null),
            _ => false,
        }
    }
}

/// The significant digits of a decimal and where its point stands; `None` of what is none.
fn decimal(text: &str) -> Option<(String, i64)> {
    let text: String = text.trim().chars().map(latin).collect();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once(['.', '٫']).unwrap_or((mantissa, ""));
    let whole: String = whole
        .chars()
        .filter(|it| !matches!(it, ',' | '٬'))
        .collect();
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let scale = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Some((String::new(), 0));
    }
    let shorter = significant.trim_end_matches('0');
    let zeros = i64::try_from(significant.len() - shorter.len()).ok()?;
    Some((shorter.to_owned(), scale.checked_add(zeros)?))
}

/// A digit in the script of most numbers.
pub(crate) fn latin(digit: char) -> char {
    let from = |zero: u32| {
        let value = u32::from(digit).checked_sub(zero)?;
        char::from_digit(value, 10)
    };
    from(0x6f0).or_else(|| from(0x660)).unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(means: Means, text: &str) -> bool {
        means.is_said_by(&Tree::read(text).unwrap())
    }

    #[test]
    fn a_meaning_has_several_spellings_and_another_one_none() {
        for text in ["100.99", "\"100.99\"", "100.990", "1.0099e2", "\"۱۰۰.۹۹\""] {
            assert!(said(Means::Decimal("100.99"), text), "{text}");
        }
        for text in [
            "100.9", "10099", "-100.99", "\"\"", "null", "[100.99]", "1.0099",
        ] {
            assert!(!said(Means::Decimal("100.99"), text), "{text}");
        }
        assert!(said(Means::Whole("200"), "\"200\"") && !said(Means::Whole("200"), "200.0"));
        assert!(said(Means::Yes, "1") && !said(Means::Yes, "\"yes\""));
        assert!(said(Means::Done, "\"https://a.example\"") && !said(Means::Done, "\" FALSE \""));
        assert!(said(Means::Text("1000"), "1000") && !said(Means::Text("1000"), "1000.0"));
    }

    #[test]
    fn a_field_that_stands_twice_says_nothing() {
        let twice = Tree::read(r#"{"a":1,"a":1}"#).unwrap();
        assert!(has(&["a"], Means::Yes).check(&twice).is_err());
        assert!(agrees(&["a"], Means::Yes).check(&twice).is_err());
        let none = Tree::read("{}").unwrap();
        assert!(has(&["a"], Means::Yes).check(&none).is_err());
        assert!(agrees(&["a"], Means::Yes).check(&none).is_ok());
    }
}
