//! Who depends on one provider through the umbrella compiles no other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The features of the umbrella, each with what it switches on.
pub(crate) type Features = BTreeMap<String, Vec<String>>;

/// What no provider alone may bring along: web framework, configuration format, sandbox, test kit.
const HEAVY: [&str; 5] = [
    "axum",
    "tower-http",
    "toml",
    "paylink-sandbox",
    "paylink-testkit",
];

#[test]
fn one_provider_brings_no_other_and_nothing_heavy() {
    let bare = needed_with("ring");
    let features = features_of_the_umbrella();
    let mut reached = BTreeSet::new();
    for feature in features.keys() {
        let wanted = clients_behind(&features, feature);
        if wanted.len() != 1 {
            continue;
        }
        let needed = needed_with(&format!("ring,{feature}"));
        assert_eq!(clients_among(&needed), wanted, "with the feature {feature}");
        for heavy in HEAVY {
            // What reqwest brings by itself is in the bare tree already.
            assert!(
                bare.contains(heavy) || !needed.contains(heavy),
                "{feature} brings {heavy}"
            );
        }
        reached.extend(wanted);
    }
    assert_eq!(reached, every_client(), "each has a feature of its own");
}

#[test]
fn full_brings_every_provider_and_what_is_no_provider_brings_none() {
    let features = features_of_the_umbrella();
    assert_eq!(clients_among(&needed_with("full")), every_client());
    let others = features
        .keys()
        .filter(|feature| clients_behind(&features, feature).is_empty());
    for feature in others {
        let brought = clients_among(&needed_with(feature));
        assert!(brought.is_empty(), "{feature} brings {brought:?}");
    }
}

/// The clients that a feature switches on, by what the manifest says.
pub(crate) fn clients_behind(features: &Features, feature: &str) -> BTreeSet<String> {
    let mut clients = BTreeSet::new();
    for on in features.get(feature).into_iter().flatten() {
        match on.strip_prefix("dep:") {
            Some(name) if name.ends_with("-client") => drop(clients.insert(name.to_owned())),
            Some(_) => {}
            None => clients.extend(clients_behind(features, on)),
        }
    }
    clients
}

fn clients_among(needed: &BTreeSet<String>) -> BTreeSet<String> {
    let clients = needed.iter().filter(|name| name.ends_with("-client"));
    clients.cloned().collect()
}

/// The clients that there are.
fn every_client() -> BTreeSet<String> {
    std::fs::read_dir(top().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with("-client"))
        .collect()
}

/// The names of the crates that a program on the umbrella compiles with these features.
fn needed_with(features: &str) -> BTreeSet<String> {
    let tree = cargo(&[
        "tree",
        "--package",
        "paylink",
        "--no-default-features",
        "--features",
        features,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ]);
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

pub(crate) fn features_of_the_umbrella() -> Features {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let umbrella = packages.iter().find(|it| it["name"] == "paylink").unwrap();
    serde_json::from_value(umbrella["features"].clone()).unwrap()
}

fn cargo(arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(top())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "cargo {arguments:?} failed:\n{told}");
    String::from_utf8(run.stdout).unwrap()
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
