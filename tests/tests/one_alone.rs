//! Who depends on one provider through the umbrella compiles no other.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Each provider's feature of the umbrella, and the client behind it.
const PROVIDERS: [(&str, &str); 5] = [
    ("cardpay", "cardpay-client"),
    ("pod-invoice", "pod-invoice-client"),
    ("sizpay", "sizpay-client"),
    ("sizpay-soap", "sizpay-client"),
    ("zipay", "zipay-client"),
];

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
    for (feature, client) in PROVIDERS {
        let needed = needed_with(&format!("ring,{feature}"));
        let clients: BTreeSet<&str> = needed
            .iter()
            .map(String::as_str)
            .filter(|name| name.ends_with("-client"))
            .collect();
        assert_eq!(
            clients,
            BTreeSet::from([client]),
            "with the feature {feature}"
        );
        for heavy in HEAVY {
            // What reqwest brings by itself is in the bare tree already.
            assert!(
                bare.contains(heavy) || !needed.contains(heavy),
                "{feature} brings {heavy}"
            );
        }
    }
}

#[test]
fn what_is_no_provider_brings_none() {
    let features = features_of_the_umbrella();
    let others = features
        .iter()
        .filter(|feature| PROVIDERS.iter().all(|(provider, _)| provider != feature));
    for feature in others {
        let needed = needed_with(feature);
        for (_, client) in PROVIDERS {
            assert!(!needed.contains(client), "{feature} brings {client}");
        }
    }
}

#[test]
fn every_client_is_behind_a_feature() {
    let folder = top().join("crates");
    let clients: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with("-client"))
        .collect();
    let known = PROVIDERS.map(|(_, client)| client.to_owned());
    assert_eq!(clients, BTreeSet::from(known));
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

fn features_of_the_umbrella() -> Vec<String> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let umbrella = packages.iter().find(|it| it["name"] == "paylink").unwrap();
    let features = umbrella["features"].as_object().unwrap();
    features.keys().cloned().collect()
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
