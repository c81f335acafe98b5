use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What is wrong with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadSignature {
    /// It does not belong to the body as it was sent.
    Mismatch,
    /// It belongs to the body, but PHP would have written the body otherwise.
    NotAsPhpWrites,
}

/// Checks `presented` against the body and against `rebuilt`, the same parameters as PHP writes them.
///
/// The provider knows the parameters only as PHP has read them and signs what it writes back: both
/// must be the same bytes.
pub(super) fn check(
    secret_key: &str,
    presented: &[u8],
    body: &[u8],
    rebuilt: &[u8],
) -> Result<(), BadSignature> {
    if !signs(secret_key, presented, body) {
        return Err(BadSignature::Mismatch);
    }
    if !signs(secret_key, presented, rebuilt) {
        return Err(BadSignature::NotAsPhpWrites);
    }
    Ok(())
}

/// Compares in constant time, as a server must.
fn signs(secret_key: &str, presented: &[u8], message: &[u8]) -> bool {
    let Ok(presented) = STANDARD.decode(presented) else {
        return false;
    };
    // A key of any length is a key.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes()) else {
        return false;
    };
    mac.update(message);
    mac.verify_slice(&presented).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "f7d36fd7f60ab0bac12051e0c3240508585dba741e126669bfbc06e002b9df6ac4e457b6";
    const MESSAGE: &[u8] = b"par1=value1&par2=value2";
    const SIGNATURE: &[u8] = b"g1seBV5gkv7n4EjIdzMjl+ntJ256kvIe2kulu2SfTPk=";

    #[test]
    fn accepts_the_documented_vector() {
        assert_eq!(check(SECRET, SIGNATURE, MESSAGE, MESSAGE), Ok(()));
    }

    #[test]
    fn refuses_everything_else() {
        let mismatch = Err(BadSignature::Mismatch);
        assert_eq!(
            check(SECRET.trim_end_matches('6'), SIGNATURE, MESSAGE, MESSAGE),
            mismatch
        );
        assert_eq!(
            check(SECRET, SIGNATURE, b"par1=value1&par2=value3", MESSAGE),
            mismatch
        );
        assert_eq!(check(SECRET, &SIGNATURE[..43], MESSAGE, MESSAGE), mismatch);
        assert_eq!(check(SECRET, b"", MESSAGE, MESSAGE), mismatch);
        let other = b"par1=value1&par2=value%32";
        assert_eq!(
            check(SECRET, SIGNATURE, MESSAGE, other),
            Err(BadSignature::NotAsPhpWrites)
        );
    }
}
