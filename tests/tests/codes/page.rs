//! `docs/codes.md` shows the catalogue as it is.

use paylink_core::{Advice, CodeEntry, Evidence, Party};
use paylink_tests::{page, table};

const PAGE: &str = "docs/codes.md";

#[test]
fn the_page_shows_the_advice() {
    let rows = Advice::ALL.iter().map(|advice| {
        vec![
            advice.to_string(),
            advice.english().to_owned(),
            advice.persian().to_owned(),
        ]
    });
    let heading = ["what to do", "in English", "به فارسی"];
    let table = table::markdown(&heading, &rows.collect::<Vec<_>>());
    page::hold(PAGE, "advice", &table);
}

#[test]
fn the_page_shows_each_providers_codes() {
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
    for provider in paylink::providers() {
        let rows: Vec<Vec<String>> = provider.codes().map(row).collect();
        assert!(!rows.is_empty(), "{provider:?}");
        page::hold(PAGE, provider.name(), &table::markdown(&heading, &rows));
    }
}

fn row(entry: &CodeEntry) -> Vec<String> {
    let place = match entry.operations {
        [] => format!("`{}`", entry.field),
        operations => format!("`{}` of {}", entry.field, operations.join(", ")),
    };
    let whose = match entry.explanation.party {
        Party::Merchant => "merchant",
        Party::Payer => "payer",
        Party::Provider => "provider",
    };
    let seen = if entry.explanation.visible_to_payer {
        "yes"
    } else {
        "no"
    };
    let known = match entry.evidence {
        Evidence::Documented => "its document",
        Evidence::Public => "public material",
        Evidence::Protocol => "the protocol",
        Evidence::Assumed => "a reading",
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
