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

/// However much a file that was named has to say, no more of it is read than a configuration can be.
#[test]
fn a_file_that_is_no_configuration_is_told_and_not_read_to_its_end() {
    let place = Place::new();
    let large = place.write("large.toml", vec![b'#'; 1024 * 1024 + 1]);
    let binary = place.write("binary.toml", [0xff, 0xfe]);
    let endless = "/dev/zero".to_owned();
    for (path, said) in [
        (
            &large,
            " is larger than 1 MiB: name a configuration in TOML",
        ),
        (&binary, " is not UTF-8: name a configuration in TOML"),
        #[cfg(unix)]
        (
            &endless,
            " is larger than 1 MiB: name a configuration in TOML",
        ),
    ] {
        let flag = Config::locate(Some(("--config", path.as_ref())), &Variables::default());
        let variables = Variables::from_iter([("PAYLINK_CONFIG", path.as_str())]);
        let variable = Config::locate(None, &variables);
        for (named, read) in [("--config ", flag), ("PAYLINK_CONFIG=", variable)] {
            let told = read.expect_err("it is no configuration").to_string();
            let begins = format!("{named}{path}{said}");
            assert!(told.starts_with(&begins), "{told}");
        }
    }
    let largest = place.write("largest.toml", vec![b'#'; 1024 * 1024]);
    for path in [largest.as_str(), "/dev/null"] {
        if std::path::Path::new(path).exists() {
            let empty = Config::locate(Some(("--config", path.as_ref())), &Variables::default());
            assert_eq!(empty.unwrap().accounts().count(), 0, "{path}");
        }
    }
}
