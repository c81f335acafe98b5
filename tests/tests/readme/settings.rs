//! The table of settings stands where programs look and where people do.

#[test]
fn it_is_the_same_in_both_places() {
    let code = include_str!("../../../crates/paylink/src/config.rs");
    let page = include_str!("../../../docs/configuration.md");
    let in_code = rows(code.lines().filter_map(|line| line.strip_prefix("//! ")));
    assert_eq!(in_code.len(), 4, "{in_code:?}");
    assert_eq!(in_code, rows(page.lines()));
}

/// The rows that begin with a provider's name.
fn rows<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let providers = ["cardpay", "pod", "sizpay", "zipay"];
    lines
        .filter(|line| {
            let is_of = |provider: &&str| line.starts_with(&format!("| `{provider}` |"));
            providers.iter().any(is_of)
        })
        .collect()
}
