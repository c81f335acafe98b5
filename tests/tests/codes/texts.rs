//! What the catalogue tells people: correct in both languages, fit for those who may see it, and never a way to pay twice.

use paylink_core::{Advice, CodeEntry, Reason};

use super::catalogue;

/// What a payer has no use for, as whole words.
const TECHNICAL: [&str; 37] = [
    "api",
    "asp",
    "base",
    "code",
    "codes",
    "config",
    "configuration",
    "endpoint",
    "error",
    "exception",
    "field",
    "header",
    "host",
    "http",
    "https",
    "json",
    "key",
    "keys",
    "method",
    "parameter",
    "request",
    "server",
    "service",
    "signature",
    "soap",
    "status",
    "token",
    "url",
    "xml",
    "توکن",
    "کد",
    "کلید",
    "پارامتر",
    "سرور",
    "سرویس",
    "متد",
    "استعلام",
];

#[test]
fn every_entry_speaks_both_languages() {
    for entry in catalogue() {
        let said = entry.explanation;
        assert!(said.english.is_ascii(), "{}", said.english);
        assert!(is_a_sentence(said.english), "{}", said.english);
        assert_persian(said.persian);
    }
    for advice in Advice::ALL {
        assert_persian(advice.persian());
    }
    for reason in Reason::ALL {
        assert_persian(reason.explanation().persian);
    }
}

#[test]
fn no_two_entries_of_one_provider_share_a_text_unless_they_say_the_same() {
    let entries: Vec<&CodeEntry> = catalogue().collect();
    for one in &entries {
        for other in entries
            .iter()
            .filter(|other| other.provider == one.provider)
        {
            let same = one.explanation.english == other.explanation.english;
            let also = one.explanation.persian == other.explanation.persian;
            assert_eq!(same, also, "{one:?}\n{other:?}");
            assert!(!same || one.reason == other.reason, "{one:?}\n{other:?}");
        }
    }
}

#[test]
fn a_text_that_a_payer_may_see_names_no_technical_thing() {
    let shown = catalogue().map(|entry| entry.explanation);
    let generic = Reason::ALL.iter().map(|reason| reason.explanation());
    for said in shown.chain(generic).filter(|said| said.visible_to_payer) {
        for text in [said.english, said.persian] {
            let lower = text.to_lowercase();
            let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '\u{200c}');
            assert_eq!(words.find(|word| TECHNICAL.contains(word)), None, "{text}");
        }
        let latin = |c: char| c.is_ascii_alphabetic();
        assert!(!said.persian.contains(latin), "{}", said.persian);
    }
}

#[test]
fn nothing_that_is_paid_or_open_is_ever_to_be_paid_again() {
    for entry in catalogue() {
        let may = match entry.reason {
            None => [Advice::NoAction].as_slice(),
            Some(Reason::ProviderFailure) => &[Advice::ResolveFirst],
            Some(Reason::AlreadyPaid | Reason::AwaitingConfirmation) => {
                &[Advice::SettleInstead, Advice::NoAction]
            }
            Some(Reason::AwaitingGateway | Reason::NotPaidYet) => &[Advice::RetryLater],
            Some(Reason::DuplicateOrder) => &[Advice::ResolveFirst],
            Some(_) => continue,
        };
        assert!(may.contains(&entry.advice), "{entry:?}");
    }
}

/// Where money may have moved and nobody can say so for certain, what a payer reads begins with what he must not do.
#[test]
fn a_payer_is_told_not_to_pay_again_where_money_may_have_moved() {
    let entries = catalogue().filter(|entry| {
        let may_have_moved = matches!(
            entry.reason,
            Some(Reason::ProviderFailure | Reason::AwaitingConfirmation | Reason::AwaitingGateway)
        );
        may_have_moved || entry.advice == Advice::ResolveFirst || entry.code == "199"
    });
    let reasons = [
        Reason::ProviderFailure,
        Reason::AwaitingConfirmation,
        Reason::AwaitingGateway,
    ];
    let all = entries
        .map(|entry| entry.explanation)
        .chain(reasons.map(Reason::explanation));
    let mut counted = 0;
    for said in all.filter(|said| said.visible_to_payer) {
        let english = said.english.starts_with("Please do not pay again");
        let persian = said.persian.starts_with("لطفاً دوباره پرداخت نکنید");
        assert!(english && persian, "{said:?}");
        counted += 1;
    }
    assert!(counted > 6, "{counted}");
}

#[test]
fn a_broken_text_is_noticed() {
    for bad in [
        "پرداخت انجام نمی شود.",
        "پرداخت‌ انجام شد.",
        "پرداخت  انجام شد.",
        "پرداخت انجام شد",
        "كارت ثبت شد.",
        "پرداخت 30 دقیقه مهلت دارد.",
        "The payment was made.",
    ] {
        assert!(persian_problem(bad).is_some(), "{bad}");
    }
}

fn assert_persian(text: &str) {
    assert_eq!(persian_problem(text), None, "{text}");
}

fn is_a_sentence(text: &str) -> bool {
    text.ends_with('.') && text.trim() == text && !text.contains("  ")
}

/// What is wrong with a text in Persian, as far as a machine can tell.
fn persian_problem(text: &str) -> Option<&'static str> {
    const JOINER: char = '\u{200c}';
    // The letters that Arabic has in the place of Persian ones, and foreign digits.
    const FOREIGN: &str = "يىكةۀ٠١٢٣٤٥٦٧٨٩0123456789,;?";
    let letter = |c: &char| ('\u{600}'..='\u{6ff}').contains(c);
    if !is_a_sentence(text) {
        return Some("no sentence");
    }
    if text.contains(|c| FOREIGN.contains(c)) {
        return Some("letters, digits or marks of another language");
    }
    if text.chars().filter(letter).count() * 2 < text.chars().count() {
        return Some("mostly not Persian");
    }
    let mut parts = text
        .split(JOINER)
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    while let Some(part) = parts.next() {
        let joins = part.chars().last().is_some_and(|c| letter(&c));
        if let Some(next) = parts.peek()
            && !(joins && next.chars().next().is_some_and(|c| letter(&c)))
        {
            return Some("a half-space that joins nothing");
        }
    }
    // These are parts of words, written with a half-space.
    const PARTS: [&str; 6] = ["می", "نمی", "ها", "های", "ای", "اند"];
    let apart = |word: &str| PARTS.contains(&word.trim_matches(['.', '؛', '،']));
    text.split(' ')
        .any(apart)
        .then_some("a part of a word that stands alone")
}
