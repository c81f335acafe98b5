//! Every code, state and message that a provider documents is in the catalogue, and nothing else passes for documented.
//!
//! The lists beside this file were taken from the providers' documents and public material, not from the clients.

use std::collections::BTreeSet;

use paylink_core::{CodeEntry, Evidence};

use super::catalogue;

/// A provider's name, and its list: `field | operations | evidence | code`, with `*` for a code that means the same in
/// every operation.
const LISTS: [(&str, &str); 4] = [
    ("cardpay", include_str!("cardpay.txt")),
    ("pod", include_str!("pod.txt")),
    ("sizpay", include_str!("sizpay.txt")),
    ("zipay", include_str!("zipay.txt")),
];

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
    for (provider, list) in LISTS {
        let documented = listed(list);
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
