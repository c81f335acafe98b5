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
/// use paylink_core::text::tells_of_a_failure;
///
/// assert!(tells_of_a_failure("Read timed out"));
/// assert!(tells_of_a_failure("خطا در ارتباط با سرویس"));
/// assert!(!tells_of_a_failure("موجودی کافی نیست"));
/// ```
#[must_use]
pub fn tells_of_a_failure(words: &str) -> bool {
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
mod tests {
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
            assert!(tells_of_a_failure(words), "{words}");
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
            assert!(!tells_of_a_failure(words), "{words}");
        }
    }
}
