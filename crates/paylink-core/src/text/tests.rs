use proptest::prelude::*;

use super::*;

/// Everything that steers a terminal or a line, hides in a number, or is blank.
const UNSEEN: [&str; 12] = [
    "\u{0}\u{7}\u{8}\t\n\r\u{1b}\u{7f}\u{85}\u{9b}",
    "\u{61c}\u{200e}\u{200f}",
    "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}",
    "\u{2066}\u{2067}\u{2068}\u{2069}",
    "\u{2028}\u{2029}",
    "\u{200b}\u{200c}\u{200d}\u{2060}\u{2061}\u{2064}\u{206a}\u{206f}\u{feff}",
    "\u{ad}\u{34f}\u{70f}\u{115f}\u{1160}\u{17b4}\u{17b5}",
    "\u{180b}\u{180e}\u{180f}\u{2800}\u{3164}\u{ffa0}",
    "\u{fe00}\u{fe0f}\u{e0100}\u{e01ef}\u{e0001}\u{e0041}\u{e007f}\u{e0fff}",
    "\u{fff0}\u{fff9}\u{fffb}\u{1bca0}\u{1bca3}\u{1d173}\u{1d17a}",
    "\u{fdd0}\u{fdef}\u{fffe}\u{ffff}\u{1fffe}\u{10ffff}",
    "\u{e000f}\u{fe01}",
];

#[test]
fn what_cannot_be_seen_is_escaped_one_by_one() {
    for c in UNSEEN.iter().flat_map(|text| text.chars()) {
        let text = format!("a{c}b");
        let escape: String = c.escape_default().collect();
        assert_eq!(
            excerpt(&text, 3),
            format!("a{escape}b"),
            "U+{:04X}",
            u32::from(c)
        );
        assert_eq!(hidden(&text), Some(c), "U+{:04X}", u32::from(c));
    }
}

#[test]
fn what_can_be_seen_stays() {
    for text in [
        "",
        "order 7, \"quoted\" and \\n",
        "سفارش ۱۰۰۰٬۰۰۰٫۵ ریال؟",
        "ّمُشدّد ﷼ ﻼ \u{fdfc}",
        "\u{1f4b3} 中文 ÀÉ a\u{301}",
        "\u{a0}\u{2009}\u{202f}\u{205f}\u{3000}",
        "\u{fffd}\u{fffc}\u{600}\u{6dd}",
    ] {
        assert_eq!(excerpt(text, 100), text);
        assert_eq!(hidden(text), None, "{text:?}");
    }
}

#[test]
fn joiners_stay_where_they_join() {
    for text in ["می\u{200c}شود", "ه\u{200d}ج", "ﻡ\u{200c}ﯼ", "ݐ\u{200c}ࢠ"] {
        assert_eq!(excerpt(text, 100), text);
        assert_eq!(hidden(text), None);
    }
    for text in [
        "\u{200c}می",
        "می\u{200c}",
        "می\u{200c}\u{200c}شود",
        "۱۰\u{200c}۰۰",
        "می\u{200c} شود",
        "a\u{200d}b",
        "می\u{200c}a",
        "a\u{200c}می",
        "می\u{200b}شود",
    ] {
        assert!(hidden(text).is_some(), "{text:?}");
        assert!(excerpt(text, 100).contains("\\u{200"), "{text:?}");
    }
}

#[test]
fn the_rest_is_cut_at_the_limit() {
    assert_eq!(excerpt("abc", 3), "abc");
    assert_eq!(excerpt("abcd", 3), "abc…");
    assert_eq!(excerpt("\u{1b}\u{1b}", 1), "\\u{1b}…");
    assert_eq!(excerpt("a", 0), "…");
    assert_eq!(excerpt("", 0), "");
    assert_eq!(excerpt("a", usize::MAX), "a");
    assert_eq!(excerpt("می\u{200c}شود", 3), "می…");
}

proptest! {
    #[test]
    fn an_excerpt_hides_nothing_and_is_bounded(text in "\\PC{0,30}|[می\u{200c}\u{200d}۱a]{0,30}", limit in 0_usize..40) {
        let shown = excerpt(&text, limit);
        prop_assert_eq!(hidden(&shown), None);
        prop_assert!(shown.chars().count() <= limit * 10 + 1);
        prop_assert_eq!(excerpt(&shown, usize::MAX), shown);
    }

    #[test]
    fn any_text_is_bounded_and_seen(text in any::<String>(), limit in 0_usize..40) {
        let shown = excerpt(&text, limit);
        prop_assert_eq!(hidden(&shown), None);
        prop_assert!(shown.chars().count() <= limit * 10 + 1);
    }

    #[test]
    fn what_hides_nothing_is_copied(text in any::<String>()) {
        let whole = excerpt(&text, usize::MAX);
        prop_assert_eq!(whole == text, hidden(&text).is_none());
    }
}
