//! What nobody may guess, and names that never meet.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// So many random bytes. Without them nothing that depends on them may go on.
pub(crate) fn bytes<const COUNT: usize>() -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    if let Err(problem) = getrandom::fill(&mut bytes) {
        tracing::error!(%problem, "the system gives no random numbers; the program ends");
        std::process::abort();
    }
    bytes
}

/// The id of a new event.
pub(crate) fn event_id() -> String {
    format!("evt_{}", hex(&bytes::<12>()))
}

pub(crate) fn audit_id() -> String {
    hex(&bytes::<12>())
}

/// The id of a new key, which is no secret.
pub(crate) fn key_id() -> String {
    hex(&bytes::<6>())
}

/// 256 bits in 43 letters.
pub(crate) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
