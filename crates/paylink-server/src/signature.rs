//! Signatures of events, as the specification Standard Webhooks 1.0.0 says: symmetric, `v1`.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

/// How a key is written.
const PREFIX: &str = "whsec_";

/// A key that signs events. `Debug` leaves it out.
#[derive(Clone)]
pub(crate) struct SigningKey(SecretSlice<u8>);

impl SigningKey {
    /// Reads a key as the specification writes it.
    pub(crate) fn parse(text: &str) -> Result<SigningKey, &'static str> {
        let Some(encoded) = text.strip_prefix(PREFIX) else {
            return Err("does not begin with whsec_");
        };
        let Ok(bytes) = STANDARD.decode(encoded) else {
            return Err("is not base64 behind whsec_");
        };
        if !(24..=64).contains(&bytes.len()) {
            return Err("does not hold 24 to 64 bytes");
        }
        Ok(SigningKey(bytes.into()))
    }

    fn sign(&self, id: &str, timestamp: &str, body: &str) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()) else {
            return String::new();
        };
        for part in [id, ".", timestamp, ".", body] {
            mac.update(part.as_bytes());
        }
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

/// A new key, as it is written in a configuration.
#[must_use]
pub fn new_event_secret() -> String {
    format!("{PREFIX}{}", STANDARD.encode(crate::random::bytes::<32>()))
}

/// The value of `webhook-signature`: one signature for each key.
pub(crate) fn signatures(keys: &[SigningKey], id: &str, timestamp: &str, body: &str) -> String {
    let signatures = keys.iter().map(|key| key.sign(id, timestamp, body));
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn it_signs_as_the_specification_does() {
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signatures(
            &[key],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn keys_of_another_form_are_refused() {
        for (text, problem) in [
            (
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "does not begin with whsec_",
            ),
            ("whsec_*", "is not base64 behind whsec_"),
            ("whsec_c2hvcnQ=", "does not hold 24 to 64 bytes"),
        ] {
            assert_eq!(SigningKey::parse(text).unwrap_err(), problem);
        }
        assert!(SigningKey::parse(&new_event_secret()).is_ok());
        assert_ne!(new_event_secret(), new_event_secret());
    }
}
