//! Some of POD's older answers escape Persian for HTML (`&#x641;`) inside JSON text.

use std::borrow::Cow;

/// Writes HTML's character references as the characters they mean.
///
/// Anything else stays as it is, nothing is unescaped twice, and the time is linear in the length of the text.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    html_escape::decode_html_entities(text)
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn references_become_characters_once() {
        for (escaped, plain) in [
            ("&#x641;&#x627;&#1705;&#1578;&#1608;&#1585;", "فاکتور"),
            ("&#X641; &#x1f4b3;", "ف \u{1f4b3}"),
            ("a &amp; b &lt;&gt;&quot;&apos;&#39;", "a & b <>\"''"),
            ("&amp;#x641;", "&#x641;"),
            ("&&amp;&", "&&&"),
            ("a&nbsp;b", "a\u{a0}b"),
            ("", ""),
        ] {
            assert_eq!(unescape(escaped), plain, "{escaped}");
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "plain",
            "&",
            "&;",
            "&#;",
            "&#x;",
            "&#x641",
            "&#xd800;",
            "&#x110000;",
            "&#99999999999;",
            "&#0;",
            "&#+65;",
            "&#x-1;",
            "&#1;",
            "?a=1&b=2;",
            "?a=1&copy=2",
        ] {
            assert_eq!(unescape(text), text);
        }
    }

    /// A search to the end of the text for each `&` would take minutes here.
    #[test]
    fn text_of_many_ampersands_takes_linear_time() {
        let text = "&#x64".repeat(1 << 20);
        assert_eq!(unescape(&text), text);
    }
}
