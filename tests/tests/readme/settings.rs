//! The page of the configuration shows every setting of every provider.

use paylink::core::provider::{Descriptor, Required, Setting, SettingKind};
use paylink_tests::{page, table};

#[test]
fn the_page_shows_the_settings() {
    let sections: Vec<String> = paylink::providers().iter().map(|it| section(it)).collect();
    page::hold("docs/configuration.md", "settings", &sections.join("\n"));
}

fn section(provider: &Descriptor) -> String {
    let alike = provider.settings().chunk_by(are_alike);
    let rows: Vec<Vec<String>> = alike.filter_map(row).collect();
    let heading = [
        "setting",
        "value",
        "needed",
        "if it is not set",
        "what it is",
    ];
    let table = table::markdown(&heading, &rows);
    format!(
        "### {} (`{}`)\n\n{table}",
        provider.title(),
        provider.name()
    )
}

/// Settings that differ in their keys alone share a row.
fn are_alike(one: &Setting, other: &Setting) -> bool {
    let facts = |it: &Setting| (it.kind(), it.requirement(), it.default(), it.help());
    facts(one) == facts(other)
}

fn row(alike: &[Setting]) -> Option<Vec<String>> {
    let keys = match alike {
        [] => return None,
        [one] => format!("`{}`", one.key()),
        [first, .., last] => format!("`{}` to `{}`", first.key(), last.key()),
    };
    let setting = alike.first()?;
    let value = match setting.kind() {
        SettingKind::Secret => "secret".to_owned(),
        SettingKind::Text => "text".to_owned(),
        SettingKind::Address => "URL".to_owned(),
        SettingKind::Number => "number".to_owned(),
        SettingKind::Switch => "`true` or `false`".to_owned(),
        SettingKind::Choice(words) => format!("`{}`", words.join("`, `")),
        other => panic!("the page has no word for {other:?}"),
    };
    let needed = match setting.requirement() {
        Required::Always => "always",
        Required::ForPayments => "for payments",
        Required::No => "",
        other => panic!("the page has no word for {other:?}"),
    };
    let default = setting.default().map(|text| format!("`{text}`"));
    Some(vec![
        keys,
        value,
        needed.to_owned(),
        default.unwrap_or_default(),
        setting.help().to_owned(),
    ])
}
