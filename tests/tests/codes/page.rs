//! `docs/codes.md` shows the catalogue as it is.

use paylink_core::{Advice, CodeEntry, Evidence, Party};
use paylink_tests::table;

use super::catalogue;

#[test]
fn the_page_shows_the_catalogue() {
    let expected: String = tables().concat();
    let page = include_str!("../../../docs/codes.md");
    let shown = page.lines().filter(|line| line.starts_with('|'));
    let shown: String = shown.flat_map(|line| [line, "\n"]).collect();
    assert!(
        shown == expected,
        "the tables of docs/codes.md should read:\n{}",
        tables().join("\n")
    );
}

/// The advice, and each provider's entries.
fn tables() -> Vec<String> {
    let advice = Advice::ALL.iter().map(|advice| {
        vec![
            advice.to_string(),
            advice.english().to_owned(),
            advice.persian().to_owned(),
        ]
    });
    let advice = table::markdown(
        &["what to do", "in English", "به فارسی"],
        &advice.collect::<Vec<_>>(),
    );
    let of = |provider| {
        let rows: Vec<Vec<String>> = catalogue()
            .filter(|entry| entry.provider == provider)
            .map(row)
            .collect();
        assert!(!rows.is_empty(), "{provider}");
        let heading = [
            "code",
            "in",
            "meaning",
            "معنا",
            "who acts",
            "may a payer see it",
            "what to do",
            "known from",
        ];
        table::markdown(&heading, &rows)
    };
    let providers = paylink::providers().iter().map(|it| of(it.name()));
    std::iter::once(advice).chain(providers).collect()
}

fn row(entry: &CodeEntry) -> Vec<String> {
    let place = match entry.operations {
        [] => format!("`{}`", entry.field),
        operations => format!("`{}` of {}", entry.field, operations.join(", ")),
    };
    let whose = match entry.explanation.whose {
        Party::Merchant => "merchant",
        Party::Payer => "payer",
        Party::Provider => "provider",
    };
    let seen = if entry.explanation.payer_may_see {
        "yes"
    } else {
        "no"
    };
    let known = match entry.evidence {
        Evidence::Proven => "its document",
        Evidence::Public => "public material",
        Evidence::Protocol => "the protocol",
        Evidence::Reading => "a reading",
        other => panic!("{other:?} has no word"),
    };
    vec![
        format!("`{}`", entry.code),
        place,
        entry.explanation.english.to_owned(),
        entry.explanation.persian.to_owned(),
        whose.to_owned(),
        seen.to_owned(),
        entry.advice.to_string(),
        known.to_owned(),
    ]
}
