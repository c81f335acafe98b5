//! What a secret looks like once it was encoded.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// How a secret was encoded by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Not at all.
    Plain,
    /// As base64, alone or within a longer encoded text.
    Base64,
    /// As hexadecimal digits.
    Hex,
    /// As the numbers of its bytes, decimal or hexadecimal, with commas between.
    ByteList,
}

/// A text that gives a secret away.
#[derive(Clone)]
pub(super) struct Needle {
    pub(super) secret: usize,
    pub(super) encoding: Encoding,
    pub(super) text: String,
}

pub(super) fn needles(place: usize, secret: &str) -> impl Iterator<Item = Needle> {
    let bytes = secret.as_bytes();
    let mut needles = vec![
        (Encoding::Plain, secret.to_owned()),
        (
            Encoding::Hex,
            joined(bytes, "", |byte| format!("{byte:02x}")),
        ),
        (
            Encoding::Hex,
            joined(bytes, "", |byte| format!("{byte:02X}")),
        ),
        (Encoding::ByteList, joined(bytes, ",", ToString::to_string)),
        (
            Encoding::ByteList,
            joined(bytes, ",", |byte| format!("{byte:x}")),
        ),
        (
            Encoding::ByteList,
            joined(bytes, ",", |byte| format!("{byte:X}")),
        ),
        (
            Encoding::ByteList,
            joined(bytes, ",", |byte| format!("{byte:02x}")),
        ),
        (
            Encoding::ByteList,
            joined(bytes, ",", |byte| format!("{byte:02X}")),
        ),
        (
            Encoding::ByteList,
            joined(bytes, ",", |byte| format!("0x{byte:02x}")),
        ),
    ];
    for offset in 0..3 {
        needles.push((
            Encoding::Base64,
            base64_inside(&STANDARD_NO_PAD, bytes, offset),
        ));
        needles.push((
            Encoding::Base64,
            base64_inside(&URL_SAFE_NO_PAD, bytes, offset),
        ));
    }
    needles.into_iter().map(move |(encoding, text)| Needle {
        secret: place,
        encoding,
        text,
    })
}

fn joined(bytes: &[u8], between: &str, one: impl Fn(&u8) -> String) -> String {
    bytes.iter().map(one).collect::<Vec<_>>().join(between)
}

/// The base64 digits which are made of the secret alone, if `offset` bytes (modulo 3) come before it.
fn base64_inside(engine: &impl Engine, secret: &[u8], offset: usize) -> String {
    let encoded = engine.encode([&vec![0; offset], secret].concat());
    let first = (offset * 8).div_ceil(6);
    let last = (offset + secret.len()) * 8 / 6;
    encoded.chars().take(last).skip(first).collect()
}
