//! Text from outside, made fit to be shown on a terminal, in a log line, on a page.

use crate::{FieldKey, Invalid};

/// Copies at most `limit` characters of `text`; what cannot be seen is written as an escape, and `…` stands for the rest.
///
/// What a provider or a person wrote goes into errors, logs, tables and pages only through here: no line break can forge
/// a second log line, no direction mark can turn a line around, and nothing hides between two digits. Escaped are control
/// characters, marks and isolates of direction, separators of lines, and all that Unicode lets a reader ignore: zero-width
/// characters, fillers, variation selectors, tags. The joiners that Persian is written with stay between two letters of
/// the Arabic script, where they show; spaces of any width stay, since they can be seen.
///
/// The result has at most ten times `limit` characters and the ellipsis. Taking an excerpt of an excerpt changes nothing.
///
/// ```
/// use paylink_core::text::excerpt;
///
/// assert_eq!(excerpt("no\nsuch\u{202e} invoice", 200), "no\\nsuch\\u{202e} invoice");
/// assert_eq!(excerpt("10\u{200c}00", 200), "10\\u{200c}00");
/// assert_eq!(excerpt("می\u{200c}شود", 200), "می\u{200c}شود");
/// assert_eq!(excerpt("abcdef", 3), "abc…");
/// ```
#[must_use]
pub fn excerpt(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit.saturating_add(4)));
    for (count, (c, seen)) in in_sight(text).enumerate() {
        if count == limit {
            // A joiner has nothing left to join.
            if out.ends_with(is_joiner) {
                out.pop();
            }
            out.push('…');
            break;
        }
        if seen {
            out.push(c);
        } else {
            out.extend(c.escape_default());
        }
    }
    out
}

/// The first character of `text` that cannot be seen, by the rule of [`excerpt`].
///
/// A name that people compare, copy and type, an order's number say, must not hold one: it would not be found again.
///
/// ```
/// use paylink_core::text::hidden;
///
/// assert_eq!(hidden("1000\u{200f}"), Some('\u{200f}'));
/// assert_eq!(hidden("سفارش ۱۰۰۰"), None);
/// ```
#[must_use]
pub fn hidden(text: &str) -> Option<char> {
    in_sight(text).find_map(|(c, seen)| (!seen).then_some(c))
}

/// Refuses text that holds a character that cannot be seen.
///
/// # Errors
///
/// Names the character: leave it out.
///
/// ```
/// use paylink_core::FieldKey;
/// use paylink_core::text::check_visible;
///
/// const NUMBER: FieldKey = FieldKey::new("invoice_number", "invoice number");
/// let error = check_visible(NUMBER, "10\u{200f}00").unwrap_err();
/// assert_eq!(error.problem(), "holds the invisible character U+200F");
/// ```
pub fn check_visible(field: FieldKey, text: &str) -> Result<(), Invalid> {
    let Some(c) = hidden(text) else { return Ok(()) };
    let kind = if c.is_control() {
        "control"
    } else {
        "invisible"
    };
    let problem = format!("holds the {kind} character U+{:04X}", u32::from(c));
    Err(Invalid::new(field, problem)
        .with_value(text)
        .with_remedy("leave it out"))
}

/// Refuses text that cannot be a name or a number of a merchant's own: it has 1 to `most` characters, all of them visible,
/// and no space at either end.
///
/// # Errors
///
/// Says what is wrong and shows the text: correct it.
///
/// ```
/// use paylink_core::FieldKey;
/// use paylink_core::text::check_name;
///
/// const NUMBER: FieldKey = FieldKey::new("invoice_number", "invoice number");
/// assert!(check_name(NUMBER, "1000", 200).is_ok());
/// assert_eq!(check_name(NUMBER, "1000", 3).unwrap_err().problem(), "is longer than 3 characters");
/// assert_eq!(check_name(NUMBER, " 1000", 200).unwrap_err().problem(), "begins or ends with a space");
/// ```
pub fn check_name(field: FieldKey, text: &str, most: usize) -> Result<(), Invalid> {
    let wrong = |problem: Invalid| problem.with_value(text);
    if text.trim().is_empty() {
        let remedy = format!("give 1 to {most} characters");
        return Err(wrong(Invalid::new(field, "is empty")).with_remedy(remedy));
    }
    if text.chars().count() > most {
        let problem = format!("is longer than {most} characters");
        return Err(wrong(Invalid::new(field, problem)).with_remedy("shorten it"));
    }
    check_visible(field, text)?;
    if text.trim() != text {
        return Err(wrong(Invalid::new(field, "begins or ends with a space"))
            .with_remedy("trim it; a name that comes back trimmed would not be found again"));
    }
    Ok(())
}

/// Refuses text that cannot be a key, a token or a password of a provider's: it is visible ASCII without spaces.
///
/// # Errors
///
/// Says what is wrong and does not show the text: copy it again.
pub fn check_secret(field: FieldKey, secret: &str) -> Result<(), Invalid> {
    if secret.is_empty() {
        return Err(
            Invalid::new(field, "is empty").with_remedy("copy it from the provider's panel")
        );
    }
    if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(
            Invalid::new(field, "holds a space or a character that is not ASCII")
                .with_remedy("copy it again, without quotes or line breaks"),
        );
    }
    Ok(())
}

/// Each character, and whether it can be seen where it stands.
fn in_sight(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = None;
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = chars.next()?;
        let joins = is_joiner(c)
            && before.is_some_and(is_arabic_letter)
            && chars.peek().is_some_and(|after| is_arabic_letter(*after));
        before = Some(c);
        Some((c, joins || !(c.is_control() || is_ignorable(c))))
    })
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// A letter of the script that Persian is written in, its forms for presentation included.
fn is_arabic_letter(c: char) -> bool {
    let of_the_script = matches!(
        c,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
    );
    of_the_script && c.is_alphabetic()
}

/// Unicode's `Default_Ignorable_Code_Point`, and what is blank or steers the text around it without being in there: the
/// separators of lines and paragraphs, annotation marks, the empty Braille cell, characters that are none.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{70f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    ) || u32::from(c) & 0xfffe == 0xfffe
}

/// What a service says when it failed itself, in the spelling of [`letters`].
const OF_A_FAILURE: &[&str] = &[
    // English.
    "timeout",
    "timedout",
    "deadline",
    "internal",
    "unknown",
    "unexpected",
    "exception",
    "unavailable",
    "connect",
    "network",
    "socket",
    "gateway",
    "servererror",
    "serviceerror",
    "systemerror",
    "erroroccurred",
    "errorhasoccurred",
    "noresponse",
    "maintenance",
    "temporar",
    "interrupted",
    "overload",
    "database",
    "deadlock",
    "inprogress",
    "beingprocessed",
    // Persian.
    "تایماوت",
    "زمانانتظار",
    "مهلتپاسخ",
    "ارتباط",
    "اتصال",
    "خطایداخلی",
    "خطایسیستم",
    "خطایسرور",
    "خطایسرویس",
    "خطایناشناخته",
    "خطایغیرمنتظره",
    "خطایپیشبینینشده",
    "خطاییرخداد",
    "خطارخداد",
    "نامشخص",
    "پاسخیدریافتنشد",
    "پاسخدریافتنشد",
    "عدمدریافتپاسخ",
    "عدمپاسخ",
    "دردسترسن",
    "اختلال",
    "درحالپردازش",
    "درحالانجام",
];

/// How it asks to be asked again, in the same spelling.
const ASKS_AGAIN: &[&str] = &[
    "tryagain",
    "trylater",
    "againlater",
    "بعداتلاش",
    "بعداسعی",
    "بعدامجدد",
    "بعدادوباره",
    "مجددتلاش",
    "مجدداتلاش",
    "مجددسعی",
    "مجدداسعی",
    "دوبارهتلاش",
    "دوبارهسعی",
];

/// Whether a provider's words speak of a failure of its own, or of work that still goes on: a timeout, a lost
/// connection, an internal error, "try again later".
///
/// Such words beside an error say nothing about what became of the operation. It is for errors that no documented code
/// explains; the words are English or Persian and known by experience, and where in doubt they count as a failure: that
/// costs an inquiry, and a refusal that was none costs the payer a second payment.
///
/// ```
/// use paylink_core::text::reports_failure;
///
/// assert!(reports_failure("Read timed out"));
/// assert!(reports_failure("خطا در ارتباط با سرویس"));
/// assert!(!reports_failure("موجودی کافی نیست"));
/// ```
#[must_use]
pub fn reports_failure(words: &str) -> bool {
    let letters = letters(words);
    let hold = |table: &[&str]| table.iter().any(|known| letters.contains(known));
    hold(OF_A_FAILURE) || (hold(ASKS_AGAIN) && !counts_a_wait(&letters))
}

/// Whether the words say how many seconds or minutes to wait: that is a rule, and asking before is refused by it.
fn counts_a_wait(letters: &str) -> bool {
    ["second", "minute", "ثانیه", "دقیقه"].iter().any(|unit| {
        let found = letters.match_indices(unit);
        let mut before = found.filter_map(|(at, _)| letters.get(..at)?.chars().next_back());
        before.any(char::is_numeric)
    })
}

/// The letters and digits alone, in one spelling: small, and Arabic forms as Persian ones. Spaces, joiners, points and
/// vowel signs differ from one answer to the next.
///
/// ```
/// use paylink_core::text::letters;
///
/// assert_eq!(letters("تايم‌اوت"), letters("تایم اوت"));
/// assert_eq!(letters("Time-out"), "timeout");
/// ```
#[must_use]
pub fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric() && !is_vowel_sign(*c) && *c != TATWEEL)
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'ي' | 'ى' => 'ی',
            'ك' => 'ک',
            'أ' | 'إ' | 'آ' => 'ا',
            other => other,
        })
        .collect()
}

/// It stretches a word.
const TATWEEL: char = '\u{640}';

fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}')
}

#[cfg(test)]
mod failing_tests {
    use super::*;

    #[test]
    fn the_table_is_written_in_the_spelling_that_is_searched() {
        for known in OF_A_FAILURE.iter().chain(ASKS_AGAIN) {
            assert_eq!(letters(known), *known);
        }
    }

    #[test]
    fn a_service_that_failed_itself_is_told_by_its_words() {
        for words in [
            "timeout",
            "Service timeout",
            "Gateway Time-out",
            "Read timed out",
            "Internal Server Error",
            "UNKNOWN",
            "Unexpected error",
            "java.net.SocketException",
            "Service Unavailable",
            "Connection reset by peer",
            "Could not connect to the bank",
            "502 Bad Gateway",
            "An error has occurred.",
            "Please try again later",
            "The request is still in progress",
            "خطا در ارتباط با سرویس",
            "قطع ارتباط با بانك",
            "تايم‌اوت سرویس",
            "زمان انتظار به پایان رسید",
            "مهلت پاسخ‌گویی تمام شد",
            "خطای داخلی",
            "خطاي سيستمي",
            "خطای ناشناخته",
            "وضعیت تراکنش نامشخص است",
            "پاسخی دریافت نشد",
            "لطفاً بعداً تلاش کنید",
            "لطفا بعدا مجددا تلاش نمایید",
            "مجدداً تلاش کنید",
            "دوباره تلاش کنید",
            "چند دقیقه دیگر دوباره تلاش کنید",
            "سرویس در دسترس نیست",
            "درخواست شما در حال پردازش است",
        ] {
            assert!(reports_failure(words), "{words}");
        }
    }

    #[test]
    fn a_no_is_a_no() {
        for words in [
            "",
            "no",
            "permission denied",
            "insufficient funds",
            "invoice number was used before",
            "The amount is invalid",
            "international cards are not accepted",
            "نشد",
            "موجودی کافی نیست",
            "مبلغ نامعتبر است",
            "شماره فاکتور تکراری است",
            "مهلت پرداخت تمام شده است",
            "این فاکتور بعد از لغو قابل پرداخت نیست",
            "فاکتور یافت نشد",
            "فاصلهٔ ارسال حداقل ۲ دقیقه است؛ ۹۰ ثانیهٔ دیگر دوباره تلاش کنید.",
            "too early, try again in 90 seconds",
        ] {
            assert!(!reports_failure(words), "{words}");
        }
    }
}

#[cfg(test)]
mod tests {
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
}
