//! Text as programs save it: UTF-8, with or without a byte order mark. UTF-16 is told apart, since PowerShell writes it.

/// Why bytes are no text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Undecodable {
    Utf16,
    Other,
}

impl Undecodable {
    /// What is wrong with a file of such bytes.
    pub(super) fn problem(self) -> &'static str {
        match self {
            Undecodable::Utf16 => "is a file in UTF-16",
            Undecodable::Other => "is a file that is not UTF-8",
        }
    }

    /// What to do about it.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Undecodable::Utf16 => {
                "save it as UTF-8; PowerShell does so with `Out-File -Encoding utf8`"
            }
            Undecodable::Other => "name a file of text in UTF-8",
        }
    }
}

/// The text that these bytes are, without a byte order mark.
pub(super) fn text(content: &[u8]) -> Result<&str, Undecodable> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    // Latin letters in UTF-16 without a mark are UTF-8 too, with a zero beside each.
    if is_utf16(content) {
        return Err(Undecodable::Utf16);
    }
    str::from_utf8(content).map_err(|_| Undecodable::Other)
}

/// Whether a mark of UTF-16 comes first, or every zero stands on the same side of the pairs, and most pairs have one.
fn is_utf16(content: &[u8]) -> bool {
    if content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff") {
        return true;
    }
    let pairs = content.as_chunks::<2>().0;
    let zeros = |side: fn(&[u8; 2]) -> u8| pairs.iter().filter(|pair| side(pair) == 0).count();
    let (first, second) = (zeros(|pair| pair[0]), zeros(|pair| pair[1]));
    first.min(second) == 0 && first.max(second) * 2 > pairs.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_utf8_does_not_count() {
        assert_eq!(text(b"\xef\xbb\xbf[zipay]"), Ok("[zipay]"));
        assert_eq!(text("[zipay] # زی‌پی".as_bytes()), Ok("[zipay] # زی‌پی"));
        assert_eq!(text(b""), Ok(""));
        assert_eq!(text(b"\0"), Ok("\0"), "the reader of the text refuses that");
        assert_eq!(text(b"\xff\xff"), Err(Undecodable::Other));
        assert_eq!(text(b"a\0b\0\0\0\0\0\xff"), Err(Undecodable::Other));
    }

    #[test]
    fn utf16_is_told_apart_in_either_order_with_a_mark_or_without() {
        let (latin, persian) = ("[zipay]\r\n# زی\r\nterminal = 1\r\n", "زی‌پی");
        for (mark, written) in [("", latin), ("\u{feff}", latin), ("\u{feff}", persian)] {
            let units = || mark.encode_utf16().chain(written.encode_utf16());
            let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
            assert_eq!(text(&little), Err(Undecodable::Utf16), "{mark:?} {written}");
            assert_eq!(text(&big), Err(Undecodable::Utf16), "{mark:?} {written}");
        }
    }
}
