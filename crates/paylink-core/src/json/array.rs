use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::wire::untrusted;
use crate::Untrusted;

/// The most elements that a `Vec` is read with: far more than a page of any provider's, and few enough that their memory
/// is bounded however small each of them is.
pub const MAX_ELEMENTS: usize = 5_000;

/// Reads one JSON array that makes up the whole text, of at most [`MAX_ELEMENTS`].
///
/// # Errors
///
/// Names line, column and category alone: serde's own messages repeat values.
///
/// ```
/// use paylink_core::json::{Object, Wire, from_array};
///
/// #[derive(serde::Deserialize)]
/// struct Card {
///     #[serde(default)]
///     bank: Wire<String>,
/// }
///
/// let cards: Vec<Object<Card>> = from_array(r#"[{"bank":"Mellat"}]"#)?;
/// assert_eq!(cards.len(), 1);
/// assert!(from_array::<Object<Card>>(r#"{"bank":"Mellat"}"#).is_err());
/// assert!(from_array::<Object<Card>>("[] []").is_err());
/// # Ok::<(), paylink_core::Untrusted>(())
/// ```
pub fn from_array<'de, T: Deserialize<'de>>(text: &'de str) -> Result<Vec<T>, Untrusted> {
    let Bounded(elements) = serde_json::from_str(text).map_err(|error| untrusted(&error))?;
    elements.ok_or_else(|| {
        Untrusted::new(format!(
            "the answer's array has more than {MAX_ELEMENTS} elements"
        ))
    })
}

/// Reads the elements of an array one by one and keeps what `keep` makes of each; `None` if there are more than `most`, or
/// if `keep` gives one up.
///
/// It is for types that read their own array, in [`FromJson::from_seq`](super::FromJson::from_seq). An element is gone
/// before the next one is read. As soon as there is one too many all of them are, and the rest of the array is only
/// checked for being JSON.
///
/// # Errors
///
/// Whatever is wrong inside.
///
/// ```
/// use paylink_core::json::{self, FromJson, Wire, from_object};
/// use serde::de::SeqAccess;
///
/// struct Lengths(Vec<usize>);
///
/// impl<'de> FromJson<'de> for Lengths {
///     const EXPECTED: &'static str = "an array of at most 2 texts";
///
///     fn from_seq<A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
///         let lengths = json::bounded_elements(2, seq, |text: String| Some(text.len()))?;
///         Ok(lengths.map(Lengths))
///     }
/// }
///
/// #[derive(serde::Deserialize)]
/// struct MediaType {
///     #[serde(default)]
///     names: Wire<Lengths>,
/// }
///
/// let read = |text| from_object::<MediaType>(text).and_then(|answer| answer.names.required("names"));
/// assert_eq!(read(r#"{"names":["a","bc"]}"#)?.0, [1, 2]);
/// assert!(read(r#"{"names":["a","bc","d"]}"#).is_err());
/// # Ok::<(), paylink_core::Untrusted>(())
/// ```
pub fn bounded_elements<'de, T: Deserialize<'de>, U, A: SeqAccess<'de>>(
    most: usize,
    mut seq: A,
    mut keep: impl FnMut(T) -> Option<U>,
) -> Result<Option<Vec<U>>, A::Error> {
    let mut kept = Vec::new();
    while kept.len() < most {
        let Some(element) = seq.next_element()? else {
            return Ok(Some(kept));
        };
        match keep(element) {
            Some(one) => kept.push(one),
            None => return skip(seq, kept),
        }
    }
    if seq.next_element::<IgnoredAny>()?.is_none() {
        return Ok(Some(kept));
    }
    skip(seq, kept)
}

/// Lets go of what was kept, then reads to the end.
fn skip<'de, U, A: SeqAccess<'de>>(mut seq: A, kept: Vec<U>) -> Result<Option<Vec<U>>, A::Error> {
    drop(kept);
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(None)
}

/// What an array holds, unless that is too much.
struct Bounded<T>(Option<Vec<T>>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Bounded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bounded<T>, D::Error> {
        deserializer.deserialize_seq(BoundedVisitor(PhantomData))
    }
}

struct BoundedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for BoundedVisitor<T> {
    type Value = Bounded<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Bounded<T>, A::Error> {
        bounded_elements(MAX_ELEMENTS, seq, Some).map(Bounded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Wire, from_object};

    /// `[{},{},…]`.
    fn empty_objects(count: usize) -> String {
        format!("[{}]", vec!["{}"; count].join(","))
    }

    #[derive(Deserialize)]
    struct MediaType {
        #[serde(default)]
        list: Wire<Vec<IgnoredAny>>,
    }

    #[test]
    fn a_list_has_a_bound_wherever_it_stands() {
        for (count, is_read) in [
            (0, true),
            (1, true),
            (MAX_ELEMENTS, true),
            (MAX_ELEMENTS + 1, false),
            (MAX_ELEMENTS + 2, false),
        ] {
            let array = empty_objects(count);
            let whole = from_array::<IgnoredAny>(&array);
            let answer: MediaType = from_object(&format!(r#"{{"list":{array}}}"#)).unwrap();
            let inside = answer.list.required("list");
            for read in [whole, inside] {
                match read {
                    Ok(list) => assert!(is_read && list.len() == count, "{count}"),
                    Err(error) => {
                        assert!(!is_read, "{count}: {error}");
                        assert!(error.to_string().contains("5000 elements"), "{error}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_comes_after_the_bound_has_to_be_json_too() {
        let mut array = empty_objects(MAX_ELEMENTS + 2);
        array.pop();
        for end in ["", ",", "}", ",7 7]"] {
            let broken = format!("{array}{end}");
            let error = from_array::<IgnoredAny>(&broken).unwrap_err();
            assert!(!error.to_string().contains("elements"), "{end}: {error}");
        }
    }

    #[test]
    fn nothing_is_kept_of_what_is_too_much() {
        for (most, enough, outcome, seen) in [
            (10, 10, Some(10), 10),
            (11, 10, Some(10), 10),
            (9, 10, None, 9),
            (10, 4, None, 5),
        ] {
            let array = empty_objects(10);
            let mut kept = 0;
            let mut reader = serde_json::Deserializer::from_str(&array);
            let counting = Counting {
                most,
                enough,
                seen: &mut kept,
            };
            let read = reader.deserialize_seq(counting).unwrap();
            reader.end().unwrap();
            assert_eq!((read.map(|all| all.len()), kept), (outcome, seen));
        }
    }

    struct Counting<'s> {
        most: usize,
        enough: usize,
        seen: &'s mut usize,
    }

    impl<'de> Visitor<'de> for Counting<'_> {
        type Value = Option<Vec<()>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            bounded_elements(self.most, seq, |_: IgnoredAny| {
                *self.seen += 1;
                (*self.seen <= self.enough).then_some(())
            })
        }
    }
}
