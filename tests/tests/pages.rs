//! The generated parts of the pages that describe every provider.

use std::collections::BTreeSet;

use paylink::config::PROXY_SETTINGS;
use paylink::core::provider::{Descriptor, Required, Setting, SettingKind};
use paylink_core::{Advice, CodeEntry, Evidence, Party};
use paylink_tests::{page, table};

use crate::one_alone::{clients_behind, features_of_the_umbrella};

const CODES: &str = "docs/codes.md";

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
    page::hold(CODES, "advice", &table);
}

#[test]
fn the_page_shows_each_providers_codes() {
    let sections: Vec<String> = paylink::providers().iter().map(|it| codes(it)).collect();
    page::hold(CODES, "codes", &sections.join("\n"));
}

fn codes(provider: &Descriptor) -> String {
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
    let rows: Vec<Vec<String>> = provider.codes().map(code_row).collect();
    assert!(!rows.is_empty(), "{provider:?}");
    let table = table::markdown(&heading, &rows);
    format!("### {}\n\n{table}", provider.title())
}

fn code_row(entry: &CodeEntry) -> Vec<String> {
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
        Evidence::Documented => "documented",
        Evidence::Public => "public",
        Evidence::Protocol => "the protocol",
        Evidence::Assumed => "assumed",
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

#[test]
fn the_readme_lists_each_provider() {
    let features = features_of_the_umbrella();
    let row = |provider: &&Descriptor| {
        let (mut own, mut clients) = (Vec::new(), BTreeSet::new());
        for feature in features.keys() {
            let behind = clients_behind(&features, feature);
            if behind.len() == 1 && feature.starts_with(provider.name()) {
                own.push(format!("`{feature}`"));
                clients.extend(behind);
            }
        }
        assert_eq!(clients.len(), 1, "{provider:?}: {clients:?}");
        let client = clients.first().cloned().unwrap_or_default();
        let guide = format!("docs/{}.md", provider.name());
        vec![
            provider.title().to_owned(),
            format!("`{client}`"),
            own.join(", "),
            format!("[{guide}]({guide})"),
        ]
    };
    let rows: Vec<Vec<String>> = paylink::providers().iter().map(row).collect();
    let heading = ["provider", "crate", "feature of `paylink`", "guide"];
    page::hold("README.md", "providers", &table::markdown(&heading, &rows));
}

#[test]
fn the_page_shows_the_settings() {
    let of_proxy = settings("", PROXY_SETTINGS);
    let of_proxy = format!("### The way to the providers\n\n{of_proxy}");
    let of_providers = paylink::providers().iter().map(|it| section(it));
    let sections: Vec<String> = [of_proxy].into_iter().chain(of_providers).collect();
    page::hold("docs/configuration.md", "settings", &sections.join("\n"));
}

#[test]
fn the_page_shows_the_settings_of_the_service() {
    let table = settings(paylink_server::SECTION, paylink_server::SETTINGS);
    page::hold("docs/serve.md", "serve-settings", &table);
}

/// Each setting that a flag of the command stands for, under its section. A test of the command holds it against the flags.
const FLAGS: &[(&str, &[&str])] = &[
    ("", &["proxy"]),
    ("cardpay", &["base_url"]),
    ("pod", &["base_url", "environment", "pay_url"]),
    ("serve", &["listen"]),
    (
        "sizpay",
        &[
            "asmx_url",
            "base_url",
            "pay_link_name",
            "soap_namespace",
            "via",
        ],
    ),
    ("zipay", &["base_url", "terminal"]),
];

fn section(provider: &Descriptor) -> String {
    let table = settings(provider.name(), provider.settings());
    format!(
        "### {} (`{}`)\n\n{table}",
        provider.title(),
        provider.name()
    )
}

fn settings(section: &str, settings: &[Setting]) -> String {
    let alike = settings.chunk_by(are_alike);
    let rows: Vec<Vec<String>> = alike.filter_map(|it| setting_row(section, it)).collect();
    let heading = [
        "setting",
        "value",
        "needed",
        "if it is not set",
        "variable",
        "flag",
        "what it is",
    ];
    table::markdown(&heading, &rows)
}

/// Settings that differ in their keys alone share a row.
fn are_alike(one: &Setting, other: &Setting) -> bool {
    let facts = |it: &Setting| (it.kind(), it.requirement(), it.default(), it.help());
    facts(one) == facts(other)
}

fn setting_row(section: &str, alike: &[Setting]) -> Option<Vec<String>> {
    let prefix = match section {
        "" => String::new(),
        section => format!("{section}_"),
    };
    let variable = |it: &Setting| format!("paylink_{prefix}{}", it.key()).to_uppercase();
    let (keys, variables) = match alike {
        [] => return None,
        [one] => (format!("`{}`", one.key()), format!("`{}`", variable(one))),
        [first, .., last] => (
            format!("`{}` to `{}`", first.key(), last.key()),
            format!("`{}` to `{}`", variable(first), variable(last)),
        ),
    };
    let setting = alike.first()?;
    let (_, typed) = FLAGS.iter().find(|(name, _)| *name == section)?;
    let flag = match typed.contains(&setting.key()) {
        true => format!("`--{}`", setting.key().replace('_', "-")),
        false => String::new(),
    };
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
        variables,
        flag,
        setting.help().to_owned(),
    ])
}
