//! Request parameters, read and written as PHP does.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// What `http_build_query` leaves bare beside letters and digits; the blank becomes `+`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b' ');

/// PHP reads no more parameters than this (`max_input_vars`).
const MOST: usize = 1000;

/// The parameters of a request in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params(Vec<(Vec<u8>, Vec<u8>)>);

impl Params {
    /// Reads a form body as `$_POST` holds it: of two values for one name the last counts, in the
    /// place of the first, what has no name is left out, and characters that PHP takes out of names
    /// become `_`.
    pub(super) fn decode(body: &[u8]) -> Self {
        let mut params = Self::default();
        let pairs = body.split(|byte| *byte == b'&');
        for pair in pairs.filter(|pair| !pair.is_empty()).take(MOST) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().map(decode).unwrap_or_default();
            let value = halves.next().map(decode).unwrap_or_default();
            if !name.is_empty() {
                params.set(mangle(name), value);
            }
        }
        params
    }

    /// Writes the parameters as `http_build_query` does.
    pub(super) fn encode(&self) -> String {
        let pairs = self
            .0
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Returns a parameter that is there and not empty: PHP frameworks take an empty one for none.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(given, _)| given == name.as_bytes())?;
        Some(found.1.as_slice()).filter(|value| !value.is_empty())
    }

    /// Lists names and values as text; bytes that are not UTF-8 are replaced.
    pub(super) fn as_text(&self) -> impl Iterator<Item = (String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.0
            .iter()
            .map(move |(name, value)| (text(name), text(value)))
    }

    fn set(&mut self, name: Vec<u8>, value: Vec<u8>) {
        match self.0.iter_mut().find(|(given, _)| *given == name) {
            Some((_, given)) => *given = value,
            None => self.0.push((name, value)),
        }
    }
}

fn decode(text: &[u8]) -> Vec<u8> {
    let blanks: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&blanks).collect()
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, ENCODED).to_string().replace(' ', "+")
}

fn mangle(mut name: Vec<u8>) -> Vec<u8> {
    for byte in &mut name {
        if matches!(byte, b' ' | b'.' | b'[') {
            *byte = b'_';
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every line was made with PHP 8.2: `http_build_query(['v' => $value])`.
    #[test]
    fn writes_what_php_writes() {
        for (value, php) in [
            ("a b", "v=a+b"),
            ("a+b", "v=a%2Bb"),
            ("a*b~c", "v=a%2Ab%7Ec"),
            ("-_.", "v=-_."),
            ("!'()", "v=%21%27%28%29"),
            ("&=%\"\n", "v=%26%3D%25%22%0A"),
            ("تومان ۱۲", "v=%D8%AA%D9%88%D9%85%D8%A7%D9%86+%DB%B1%DB%B2"),
            ("🙂", "v=%F0%9F%99%82"),
            ("", "v="),
        ] {
            assert_eq!(Params(vec![(b"v".to_vec(), value.into())]).encode(), php);
            assert_eq!(Params::decode(php.as_bytes()).encode(), php);
        }
    }

    #[test]
    fn other_encodings_of_the_same_text_do_not_survive() {
        for body in [
            "v=a%20b", "v=a*b", "v=a%7eb", "v=~", "v", "v=1&", "&v=1", "v=1&&w=2", "v=1&v=2",
            "a.b=1", "a[]=1", "a=%4", "=1",
        ] {
            assert_ne!(Params::decode(body.as_bytes()).encode(), body);
        }
    }

    #[test]
    fn only_so_many_parameters_are_read() {
        let body = |count: usize| {
            (0..count)
                .map(|n| format!("p{n}=1"))
                .collect::<Vec<_>>()
                .join("&")
        };
        assert_eq!(Params::decode(body(1000).as_bytes()).encode(), body(1000));
        assert_eq!(Params::decode(body(1001).as_bytes()).encode(), body(1000));
    }

    #[test]
    fn the_last_value_of_a_name_counts() {
        let params = Params::decode(b"a=1&b=2&a=3&c=");
        assert_eq!(params.encode(), "a=3&b=2&c=");
        assert_eq!(params.get("a"), Some(b"3".as_slice()));
        assert_eq!(params.get("c"), None);
    }
}
