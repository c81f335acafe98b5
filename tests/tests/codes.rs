//! The catalogue of codes: complete, nothing invented, and plain to people in two languages.

use std::collections::BTreeSet;
use std::fs;

use paylink::catalogue;
use paylink_core::{Advice, CodeEntry, Evidence, Reason};

/// What a provider documents, a line for each code: `field | operations | evidence | code`, with `*` for a code that means
/// the same in every operation. The lists were taken from the providers' documents and public material, not from the clients.
fn documented(provider: &str) -> BTreeSet<String> {
    let list = format!("{}/tests/codes/{provider}.txt", env!("CARGO_MANIFEST_DIR"));
    listed(&fs::read_to_string(&list).unwrap_or_else(|error| panic!("{list}: {error}")))
}

fn listed(list: &str) -> BTreeSet<String> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let codes: Vec<String> = lines.map(str::to_owned).collect();
    let set: BTreeSet<String> = codes.iter().cloned().collect();
    assert_eq!(set.len(), codes.len(), "a list names a code twice");
    set
}

fn line(entry: &CodeEntry) -> String {
    let operations = match entry.operations {
        [] => "*".to_owned(),
        operations => operations.join(", "),
    };
    let evidence = match entry.evidence {
        Evidence::Documented => "proven",
        Evidence::Public => "public",
        other => panic!("{other:?} is no word of the provider's"),
    };
    format!(
        "{} | {operations} | {evidence} | {}",
        entry.field, entry.code
    )
}

/// The provider's own words; the other entries are those of a protocol, or readings of what nobody documents.
fn is_the_provider_s(entry: &CodeEntry) -> bool {
    !matches!(entry.evidence, Evidence::Protocol | Evidence::Assumed)
}

#[test]
fn every_documented_code_has_an_entry_and_every_entry_that_says_so_is_documented() {
    for provider in paylink::providers() {
        let provider = provider.name();
        let documented = documented(provider);
        let entries: BTreeSet<String> = catalogue()
            .filter(|entry| entry.provider == provider && is_the_provider_s(entry))
            .map(line)
            .collect();
        let missing: Vec<&String> = documented.difference(&entries).collect();
        let invented: Vec<&String> = entries.difference(&documented).collect();
        assert!(
            missing.is_empty(),
            "{provider} says, and the catalogue does not know: {missing:#?}"
        );
        assert!(
            invented.is_empty(),
            "{provider} documents none of: {invented:#?}"
        );
    }
}

#[test]
fn what_is_no_word_of_the_provider_s_is_what_nobody_documents() {
    let mut others: Vec<(&str, &str, Evidence)> = catalogue()
        .filter(|entry| !is_the_provider_s(entry))
        .map(|entry| (entry.provider, entry.code, entry.evidence))
        .collect();
    others.sort_unstable_by_key(|(provider, code, _)| (*provider, *code));
    let expected = [
        ("sizpay", "ASP.NET", Evidence::Protocol),
        ("sizpay", "soap:Client", Evidence::Protocol),
        ("sizpay", "soap:MustUnderstand", Evidence::Protocol),
        ("sizpay", "soap:Server", Evidence::Protocol),
        ("sizpay", "soap:VersionMismatch", Evidence::Protocol),
        ("zipay", "400", Evidence::Assumed),
        ("zipay", "401", Evidence::Assumed),
        ("zipay", "403", Evidence::Assumed),
        ("zipay", "404", Evidence::Assumed),
        ("zipay", "422", Evidence::Assumed),
        ("zipay", "5xx", Evidence::Assumed),
    ];
    assert_eq!(others, expected);
}

#[test]
fn no_two_entries_of_one_provider_and_place_are_alike() {
    let entries: Vec<&CodeEntry> = catalogue().collect();
    for (index, one) in entries.iter().enumerate() {
        for other in entries.iter().skip(index + 1) {
            let key = |entry: &CodeEntry| (entry.provider, entry.field, entry.code);
            let apart = |one: &CodeEntry, other: &CodeEntry| {
                !one.operations.is_empty()
                    && !other.operations.is_empty()
                    && !one
                        .operations
                        .iter()
                        .any(|it| other.operations.contains(it))
            };
            assert!(
                key(one) != key(other) || apart(one, other),
                "{one:?}\n{other:?}"
            );
        }
    }
}

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
fn what_a_panel_must_have_is_told_in_both_languages() {
    for provider in paylink::providers() {
        assert!(!provider.panel().is_empty(), "{}", provider.name());
        for note in provider.panel() {
            assert!(note.english.is_ascii(), "{}", note.english);
            assert!(is_a_sentence(note.english), "{}", note.english);
            // What is copied as it is stands between backticks, the same in both.
            let copied = |text: &'static str| text.split('`').skip(1).step_by(2);
            let both = [note.english, note.persian].map(|text| copied(text).collect::<Vec<_>>());
            assert_eq!(both[0], both[1]);
            let around: Vec<&str> = note.persian.split('`').step_by(2).collect();
            assert_persian(&around.join("این"));
        }
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
