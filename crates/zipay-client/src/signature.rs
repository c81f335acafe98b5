use std::fmt::{self, Display};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use paylink_core::text::check_secret;
use paylink_core::{Header, Invalid};
use percent_encoding::percent_encode_byte;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::descriptor::SECRET_KEY;

/// Signs form bodies: base64 of HMAC-SHA256, keyed with the secret key as its own text.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(crate) fn new(secret_key: &SecretString) -> Result<Signer, Invalid> {
        let secret = secret_key.expose_secret();
        check_secret(SECRET_KEY, secret)?;
        let keyed = Hmac::new_from_slice(secret.as_bytes())
            .map_err(|_| Invalid::new(SECRET_KEY, "cannot be used as a key"))?;
        Ok(Signer(keyed))
    }

    /// The header `api_sign` for exactly these bytes.
    pub(crate) fn sign(&self, body: &str) -> Result<Header, Invalid> {
        Header::secret("api_sign", &self.signature(body))
    }

    fn signature(&self, body: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(body.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

/// A form body in the encoding that ZiPay signs: PHP's `http_build_query`.
///
/// Space is `+`; ASCII letters, digits, `-`, `_` and `.` stand bare; every other byte of the UTF-8 is `%XX` in capitals.
/// Other form encoders leave `*` bare, which makes a wrong signature. Pairs keep the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Form(String);

impl Form {
    pub(crate) fn new() -> Form {
        Form(String::with_capacity(256))
    }

    pub(crate) fn pair(mut self, name: &str, value: &str) -> Form {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.encode(name);
        self.0.push('=');
        self.encode(value);
        self
    }

    /// Adds the pair if there is a value; PHP leaves out what is null.
    pub(crate) fn optional(self, name: &str, value: Option<impl Display>) -> Form {
        match value {
            Some(value) => self.pair(name, &value.to_string()),
            None => self,
        }
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    fn encode(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b' ' => self.0.push('+'),
                b'-' | b'_' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                    self.0.push(char::from(byte));
                }
                _ => self.0.push_str(percent_encode_byte(byte)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    //! The encoding and the signature, held against those of a real PHP.
    //!
    //! `tests/data/api_sign.json` was written by PHP 8.2.36, whose `http_build_query`, `hash_hmac` and `base64_encode` made
    //! every message and signature in it:
    //!
    //! ```text
    //! cd crates/zipay-client/tests/data && php api_sign.php > api_sign.json
    //! ```

    use std::io::Write;
    use std::process::{Command, Stdio};

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use secrecy::SecretString;
    use serde::Deserialize;
    use serde_json::{Map, Value, json};
    use sha2::{Digest, Sha256};

    use super::{Form, Signer};

    #[derive(Deserialize)]
    struct Vector {
        about: String,
        secret: String,
        parameters: Vec<(String, Value)>,
        message: String,
        signature: String,
    }

    fn vectors() -> Vec<Vector> {
        serde_json::from_str(include_str!("../tests/data/api_sign.json")).unwrap()
    }

    fn signature(secret: &str, message: &str) -> String {
        let signer = Signer::new(&SecretString::from(secret)).unwrap();
        signer.signature(message)
    }

    /// A parameter as PHP was given it: null is left out, true is sent as 1.
    fn text(value: &Value) -> Option<String> {
        match value {
            Value::Null => None,
            Value::Bool(true) => Some("1".to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) => Some(text.clone()),
            Value::Bool(false) | Value::Array(_) | Value::Object(_) => {
                panic!("no parameter: {value}")
            }
        }
    }

    #[test]
    fn the_documented_vector() {
        let secret = "f7d36fd7f60ab0bac12051e0c3240508585dba741e126669bfbc06e002b9df6ac4e457b6";
        let body = Form::new()
            .pair("par1", "value1")
            .pair("par2", "value2")
            .into_string();
        assert_eq!(body, "par1=value1&par2=value2");
        let signed = "g1seBV5gkv7n4EjIdzMjl+ntJ256kvIe2kulu2SfTPk=";
        assert_eq!(signature(secret, &body), signed);
    }

    #[test]
    fn a_signer_prints_no_key() {
        let signer = Signer::new(&SecretString::from("secret")).unwrap();
        assert_eq!(format!("{signer:?}"), "Signer(…)");
    }

    #[test]
    fn there_are_vectors() {
        assert!(vectors().len() >= 45, "{}", vectors().len());
    }

    #[test]
    fn parameters_are_encoded_as_php_does() {
        for vector in vectors() {
            let form = vector
                .parameters
                .iter()
                .fold(Form::new(), |form, (name, value)| {
                    form.optional(name, text(value))
                });
            assert_eq!(form.into_string(), vector.message, "{}", vector.about);
        }
    }

    #[test]
    fn messages_are_signed_as_php_does() {
        for vector in vectors() {
            let signed = signature(&vector.secret, &vector.message);
            assert_eq!(signed, vector.signature, "{}", vector.about);
        }
    }

    /// Any text there is; proptest's own `String` leaves control characters out.
    fn any_text() -> impl Strategy<Value = String> {
        vec(any::<char>(), 0..30).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn any_text_is_encoded_plainly_and_comes_back(pairs in vec((any_text(), any_text()), 0..5)) {
            let body = pairs
                .iter()
                .fold(Form::new(), |form, (name, value)| form.pair(name, value))
                .into_string();

            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.+%&=".contains(&b);
            prop_assert!(body.bytes().all(plain), "{}", body);
            for escape in body.split('%').skip(1) {
                let capital = |b: u8| b.is_ascii_digit() || (b'A'..=b'F').contains(&b);
                prop_assert!(escape.len() >= 2 && escape.bytes().take(2).all(capital), "%{}", escape);
            }

            let decoded: Vec<(String, String)> =
                form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            prop_assert_eq!(decoded, pairs);
        }

        #[test]
        fn any_form_is_signed_as_the_definitions_say(secret in "[!-~]{1,200}", pairs in vec((any_text(), any_text()), 0..5)) {
            let form = pairs.iter().fold(Form::new(), |form, (name, value)| form.pair(name, value));
            let written: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{}={}", by_rfc_1738(name), by_rfc_1738(value)))
                .collect();
            let body = form.into_string();
            prop_assert_eq!(&body, &written.join("&"));
            let signed = base64::Engine::encode(&super::STANDARD, by_rfc_2104(&secret, &body));
            prop_assert_eq!(signature(&secret, &body), signed);
        }
    }

    /// What PHP's manual calls `PHP_QUERY_RFC1738`, written by another encoder.
    fn by_rfc_1738(text: &str) -> String {
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        encoded.replace('*', "%2A")
    }

    /// HMAC by its definition, over the hash alone.
    fn by_rfc_2104(key: &str, message: &str) -> Vec<u8> {
        const BLOCK: usize = 64;

        let mut block = match key.len() {
            0..=BLOCK => key.as_bytes().to_vec(),
            _ => Sha256::digest(key).to_vec(),
        };
        block.resize(BLOCK, 0);
        let padded = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
        let inner = Sha256::digest([&padded(0x36), message.as_bytes()].concat());
        Sha256::digest([padded(0x5c), inner.to_vec()].concat()).to_vec()
    }

    /// A parameter of PHP, with lists and maps in each other.
    fn parameter() -> impl Strategy<Value = Value> {
        let plain = prop_oneof![
            any_text().prop_map(Value::from),
            "[ -~]{0,12}".prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(json!(true)),
            Just(json!("")),
            Just(Value::Null),
        ];
        plain.prop_recursive(3, 12, 4, |inside| {
            prop_oneof![
                vec(inside.clone(), 0..4).prop_map(Value::Array),
                vec((name(), inside), 0..4).prop_map(|it| Value::Object(Map::from_iter(it))),
            ]
        })
    }

    /// Names as people give them, numbers among them, and some that nobody would.
    fn name() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z_]{1,8}", "[0-9]{1,3}", any_text(), Just(String::new())]
    }

    /// Adds what stands in each other under the names that PHP gives it.
    fn flat(form: Form, name: &str, value: &Value) -> Form {
        let below = |key: &str| format!("{name}[{key}]");
        match value {
            Value::Array(list) => (0..)
                .zip(list)
                .fold(form, |form, (place, value): (usize, _)| {
                    flat(form, &below(&place.to_string()), value)
                }),
            Value::Object(map) => map
                .iter()
                .fold(form, |form, (key, value)| flat(form, &below(key), value)),
            plain => form.optional(name, text(plain)),
        }
    }

    /// In one process of PHP, so that it takes no time.
    #[test]
    fn a_real_php_writes_and_signs_the_same_forms() {
        const SCRIPT: &str =
            "foreach (json_decode(stream_get_contents(STDIN), true) as [$secret, $parameters]) {
            $message = http_build_query($parameters);
            $signed = base64_encode(hash_hmac('sha256', $message, $secret, true));
            $all[] = [$message, $signed];
        }
        echo json_encode($all);";

        let mut runner = TestRunner::deterministic();
        let forms = vec((name(), parameter()), 0..6).prop_map(Map::from_iter);
        let forms = ("[!-~]{1,100}", forms);
        let forms: Vec<(String, Map<String, Value>)> = (0..400)
            .map(|_| forms.new_tree(&mut runner).unwrap().current())
            .collect();
        let mut php = Command::new("php");
        let php = php.args(["-r", SCRIPT]).stdin(Stdio::piped());
        let mut running = php.stdout(Stdio::piped()).spawn().unwrap();
        let sent = serde_json::to_vec(&forms).unwrap();
        running.stdin.take().unwrap().write_all(&sent).unwrap();
        let output = running.wait_with_output().unwrap();
        let written: Vec<(String, String)> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(written.len(), forms.len());
        assert!(written.iter().any(|(message, _)| message.contains("%5B")));
        for ((secret, parameters), (message, signed)) in forms.iter().zip(written) {
            let form = parameters.iter();
            let form = form.fold(Form::new(), |form, (name, value)| flat(form, name, value));
            assert_eq!(form.into_string(), message, "{parameters:?}");
            assert_eq!(signature(secret, &message), signed, "{parameters:?}");
        }
    }
}
