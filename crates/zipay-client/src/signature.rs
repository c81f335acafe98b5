#[cfg(test)]
mod tests;

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
