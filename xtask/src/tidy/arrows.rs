//! Who may depend on whom: arrows run down only.

use crate::project;

pub(super) fn check(problems: &mut Vec<String>) -> Result<(), String> {
    let providers = project::providers()?;
    for member in project::members()? {
        let needs = project::needs(&member)?;
        let mut must_not = |who: &str, why: &str| {
            if member != who && needs.iter().any(|need| need == who) {
                problems.push(format!("{member} depends on {who}: {why}"));
            }
        };
        if member == "paylink-sandbox" {
            for provider in &providers {
                must_not(provider, "a misreading that both share would cancel out");
            }
            must_not("reqwest", "only paylink-core may");
            must_not(
                "paylink-core",
                "the sandbox is written from the providers' documents alone",
            );
        }
        if providers.contains(&member) {
            for other in &providers {
                must_not(other, "providers know the core alone");
            }
            must_not("paylink-sandbox", "arrows run down only");
        }
        let wants_a_database = [
            "paylink-books",
            "paylink-cli",
            "paylink-example-shop",
            "paylink-server",
            "paylink-tests",
        ];
        if !wants_a_database.contains(&member.as_str()) {
            must_not(
                "sqlx",
                "only paylink-books and what sells with it may: a database is paid by who wants one",
            );
        }
        if member == "paylink-core" {
            must_not("openssl", "TLS is rustls");
            must_not("native-tls", "TLS is rustls");
            must_not("h2", "HTTP/2 brings replays of its own");
        }
    }
    declared(problems)
}

/// Only the core names reqwest in its manifest; the others reach a provider through the core. The service calls the shop.
fn declared(problems: &mut Vec<String>) -> Result<(), String> {
    for manifest in project::files(&["toml"])? {
        let may = [
            "Cargo.toml",
            "crates/paylink-core/Cargo.toml",
            "crates/paylink-bench/Cargo.toml",
            "crates/paylink-server/Cargo.toml",
        ];
        let names_it = manifest
            .text
            .lines()
            .any(|line| line.trim_start().starts_with("reqwest"));
        if manifest.path.ends_with("Cargo.toml")
            && names_it
            && !may.contains(&manifest.path.as_str())
        {
            problems.push(format!(
                "{}: only paylink-core and paylink-server may depend on reqwest",
                manifest.path
            ));
        }
    }
    Ok(())
}
