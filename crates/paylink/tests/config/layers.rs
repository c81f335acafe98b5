//! A flag wins over the environment, and that over the file.

use paylink::Transport;
use paylink::config::{Config, Variables};

use crate::place::{Place, config, problem};

const ZIPAY: &str = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\nterminal = \"one\"\n";

#[test]
fn each_place_wins_over_the_next_and_is_named() {
    let place = Place::with(ZIPAY);
    let in_file = place.config(&[]);
    assert_eq!(
        problem(&in_file),
        format!(
            "account zipay: terminal under [zipay] in {} \"one\" is not a whole number above zero: write it in digits",
            place.file()
        )
    );
    let in_both = place.config(&[("PAYLINK_ZIPAY_TERMINAL", "two")]);
    assert_eq!(
        problem(&in_both),
        "account zipay: PAYLINK_ZIPAY_TERMINAL \"two\" is not a whole number above zero: write it in digits"
    );
    let transport = Transport::new().unwrap();
    let account = in_both.account("zipay").unwrap();
    let typed = account
        .clone()
        .typed("terminal", "--terminal", Some("three"));
    let refused = typed.zipay(&transport).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "account zipay: --terminal \"three\" is not a whole number above zero: write it in digits"
    );
    let right = account.typed("terminal", "--terminal", Some("3"));
    assert!(right.zipay(&transport).is_ok());
}

#[test]
fn the_file_is_looked_for_where_it_is_said() {
    let usual = Place::with("[zipay]\nterminal = \"usual\"\n");
    let other = Place::with("[zipay]\nterminal = \"other\"\n");
    let third = Place::with("[zipay]\nterminal = \"third\"\n");
    let (base, other_file) = (usual.base().to_str().unwrap(), other.file());
    let found = |flag, variables: &[(&str, &str)]| {
        let config = Config::locate(flag, &variables.iter().copied().collect()).unwrap();
        let account = config.account("zipay").unwrap();
        let problems = account.zipay(&Transport::new().unwrap()).unwrap_err();
        let values = ["usual", "other", "third"];
        let text = problems.to_string();
        values
            .into_iter()
            .find(|value| text.contains(&format!("\"{value}\"")))
    };
    let both = [("XDG_CONFIG_HOME", base), ("PAYLINK_CONFIG", &*other_file)];
    assert_eq!(found(None, &both[..1]), Some("usual"));
    assert_eq!(found(None, &both), Some("other"));
    let third_file = third.file();
    assert_eq!(
        found(Some(("--config", third_file.as_ref())), &both),
        Some("third")
    );
    let nowhere = [("XDG_CONFIG_HOME", "relative"), ("HOME", "/nowhere")];
    assert_eq!(found(None, &nowhere), None);

    std::fs::create_dir_all(usual.base().join(".config")).unwrap();
    std::fs::rename(
        usual.base().join("paylink"),
        usual.base().join(".config/paylink"),
    )
    .unwrap();
    assert_eq!(found(None, &[("HOME", base)]), Some("usual"));
}

#[test]
fn a_file_that_is_named_has_to_be_there() {
    let load = |flag, variables: &[(&str, &str)]| {
        let variables: Variables = variables.iter().copied().collect();
        Config::locate(flag, &variables).unwrap_err().to_string()
    };
    let missing = "/nowhere/config.toml";
    assert!(
        load(None, &[("PAYLINK_CONFIG", missing)])
            .starts_with("PAYLINK_CONFIG=/nowhere/config.toml cannot be read: ")
    );
    assert!(
        load(Some(("--config", missing.as_ref())), &[])
            .starts_with("--config /nowhere/config.toml cannot be read: ")
    );
    let problems = Config::load(missing).unwrap_err();
    assert!(
        problems
            .to_string()
            .starts_with("/nowhere/config.toml cannot be read: ")
    );
}

#[test]
fn a_variable_that_is_set_to_nothing_is_no_reason_to_use_the_file() {
    let text = ZIPAY.replace("\"one\"", "1");
    let config = config(&text, &[("PAYLINK_ZIPAY_API_KEY", "")]);
    assert_eq!(
        problem(&config),
        "account zipay: PAYLINK_ZIPAY_API_KEY is set to nothing: give it a value, or unset it"
    );
}
