#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use paylink_core::{Header, Invalid};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::descriptor::SECRET_KEY;

/// Signs form bodies: base64 of HMAC-SHA256, keyed with the secret key as its own text.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(crate) fn new(secret_key: &SecretString) -> Result<Signer, Invalid> {
        let secret = secret_key.expose_secret();
        if secret.is_empty() {
            return Err(Invalid::new(SECRET_KEY, "is empty").remedy("copy it from ZiPay's panel"));
        }
        if !secret.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(
                Invalid::new(SECRET_KEY, "holds a space or a character that is not ASCII")
                    .remedy("copy it again, without quotes or line breaks"),
            );
        }
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
