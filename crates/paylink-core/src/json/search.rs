use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::wire::untrusted;
use crate::Untrusted;

/// A value somewhere in an answer, as [`any_value`] shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Value<'t> {
    /// Null.
    Null,
    /// An array. Its elements were shown before it, under the same names.
    Array,
    /// Text, without its escapes.
    Text(&'t str),
    /// The number zero.
    Zero,
    /// A truth value, any other number, or an object.
    Other,
}

impl Value<'_> {
    /// Whether it says anything, or only fills its place.
    ///
    /// A script that has one form for every answer puts null, an empty array, blank text or a zero where it has nothing to
    /// say. What an array says, its elements say.
    ///
    /// ```
    /// use paylink_core::json::Value;
    ///
    /// for filler in [Value::Null, Value::Array, Value::Zero, Value::Text(" "), Value::Text("0")] {
    ///     assert!(!filler.is_meaningful());
    /// }
    /// assert!(Value::Text("19").is_meaningful() && Value::Other.is_meaningful());
    /// ```
    #[must_use]
    pub fn is_meaningful(self) -> bool {
        match self {
            Value::Null | Value::Array | Value::Zero => false,
            Value::Text(text) => !text.trim().bytes().all(|byte| byte == b'0'),
            Value::Other => true,
        }
    }
}

fn number(is_zero: bool) -> Value<'static> {
    if is_zero { Value::Zero } else { Value::Other }
}

/// Whether any value of an answer is one that the caller looks for, however deep it stands.
///
/// The caller is shown each value with the names of the members that lead to it, outermost first; an element of an array
/// has the names of its array, and a member that stands twice is shown twice. So a refusal is held against what stands
/// beside it: one that says failure and holds a payment's id or link contradicts itself, and proves nothing.
///
/// # Errors
///
/// If the text is not JSON, or nests deeper than 128 levels.
///
/// ```
/// use paylink_core::json::{Value, any_value};
///
/// let is_an_id = |names: &[String], value: Value<'_>| {
///     names.last().is_some_and(|name| name == "id") && value.is_meaningful()
/// };
/// assert!(any_value(r#"{"success":false,"result":[{"id":19}]}"#, is_an_id)?);
/// assert!(!any_value(r#"{"success":false,"result":{"id":null}}"#, is_an_id)?);
/// # Ok::<(), paylink_core::Untrusted>(())
/// ```
pub fn any_value(
    text: &str,
    mut is_it: impl FnMut(&[String], Value<'_>) -> bool,
) -> Result<bool, Untrusted> {
    let mut names = Vec::new();
    let mut found = false;
    let mut show = |names: &[String], value: Value<'_>| found |= is_it(names, value);
    let mut answer = serde_json::Deserializer::from_str(text);
    let search = Search {
        names: &mut names,
        show: &mut show,
    };
    search
        .deserialize(&mut answer)
        .and_then(|()| answer.end())
        .map_err(|error| untrusted(&error))?;
    Ok(found)
}

/// Whether a member's name is this one, which is written in plain small letters: in any letter case, and with anything
/// between its words.
///
/// ```
/// use paylink_core::json::is_named;
///
/// for spelled in ["payid", "pay_id", "payId", "PAY-ID"] {
///     assert!(is_named(spelled, "payid"));
/// }
/// assert!(!is_named("pay_id_2", "payid"));
/// ```
#[must_use]
pub fn is_named(name: &str, plain: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    letters.map(|b| b.to_ascii_lowercase()).eq(plain.bytes())
}

struct Search<'s, F> {
    names: &'s mut Vec<String>,
    show: &'s mut F,
}

impl<F: FnMut(&[String], Value<'_>)> Search<'_, F> {
    fn inside(&mut self) -> Search<'_, F> {
        Search {
            names: self.names,
            show: self.show,
        }
    }

    fn shown(self, value: Value<'_>) {
        (self.show)(self.names, value);
    }
}

impl<'de, F: FnMut(&[String], Value<'_>)> DeserializeSeed<'de> for Search<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, F: FnMut(&[String], Value<'_>)> Visitor<'de> for Search<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.shown(Value::Null);
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.shown(Value::Other);
        Ok(())
    }

    fn visit_u64<E: Error>(self, whole: u64) -> Result<(), E> {
        self.shown(number(whole == 0));
        Ok(())
    }

    fn visit_i64<E: Error>(self, whole: i64) -> Result<(), E> {
        self.shown(number(whole == 0));
        Ok(())
    }

    fn visit_f64<E: Error>(self, fraction: f64) -> Result<(), E> {
        self.shown(number(fraction == 0.0));
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.shown(Value::Text(text));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut array: A) -> Result<(), A::Error> {
        while array.next_element_seed(self.inside())?.is_some() {}
        self.shown(Value::Array);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        while let Some(name) = object.next_key()? {
            self.names.push(name);
            object.next_value_seed(self.inside())?;
            self.names.pop();
        }
        self.shown(Value::Other);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        any_value(text, |names, value| {
            all.push(format!("{}={value:?}", names.join(".")));
            false
        })
        .unwrap();
        all
    }

    #[test]
    fn every_value_is_shown_where_it_stands() {
        assert_eq!(
            all(r#"{"a":{"b":[1,{"c":"x\n"},[null]]},"a":true,"d":[],"e":{},"f":[-1.5,0,-0,0.0]}"#),
            [
                "a.b=Other",
                "a.b.c=Text(\"x\\n\")",
                "a.b=Other",
                "a.b=Null",
                "a.b=Array",
                "a.b=Array",
                "a=Other",
                "a=Other",
                "d=Array",
                "e=Other",
                "f=Other",
                "f=Zero",
                "f=Zero",
                "f=Zero",
                "f=Array",
                "=Other",
            ]
        );
        assert_eq!(all(r#" "text" "#), ["=Text(\"text\")"]);
    }

    #[test]
    fn one_value_that_is_looked_for_is_enough() {
        let is_x = |_: &[String], value: Value<'_>| value == Value::Text("x");
        assert_eq!(any_value(r#"["a",["x"],"b"]"#, is_x), Ok(true));
        assert_eq!(any_value(r#"["a",["y"],"b"]"#, is_x), Ok(false));
    }

    #[test]
    fn what_only_fills_its_place_says_nothing() {
        let says_something = |text: &str| any_value(text, |_, value| value.is_meaningful());
        for filler in [
            "null",
            "[]",
            "[[],null]",
            "\"\"",
            "\" \\n\"",
            "0",
            "-0",
            "0.0",
            "\"0\"",
            "\"000\"",
            "[0]",
        ] {
            assert_eq!(says_something(filler), Ok(false), "{filler}");
        }
        for told in [
            "true", "false", "7", "-7", "0.5", "\"7\"", "\"0x\"", "{}", "[{}]", "[0,1]",
        ] {
            assert_eq!(says_something(told), Ok(true), "{told}");
        }
    }

    #[test]
    fn what_is_not_one_json_value_is_an_error_that_repeats_nothing() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for broken in ["", "{", r#"{"secret":1"#, "{} {}", "secret", &deep] {
            let error = any_value(broken, |_, _| false).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
