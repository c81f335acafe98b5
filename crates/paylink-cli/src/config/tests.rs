use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use secrecy::ExposeSecret;

use super::{Config, Environment};
use crate::console::Console;
use crate::report::AnyReport;
use crate::usage_error::UsageError;

/// A place for a configuration file, removed with its last test.
struct Place(PathBuf);

impl Place {
    fn with(text: &str) -> Place {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "paylink-config-{}-{}",
            process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let place = Place(env::temp_dir().join(name));
        fs::create_dir_all(place.0.join("paylink")).unwrap();
        fs::write(place.file(), text).unwrap();
        place
    }

    fn file(&self) -> PathBuf {
        self.0.join("paylink").join("config.toml")
    }

    fn base(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Loads with these variables, and hands the configuration on.
fn with<T>(variables: &[(&str, &str)], ask: impl FnOnce(&Config) -> T) -> Result<T, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), OsString::from(value));
    let variables: BTreeMap<_, _> = variables.iter().map(owned).collect();
    let environment = Environment::new(move |name| variables.get(name).cloned());
    Config::load(None, environment, &Console::silent())
        .map(|config| ask(&config))
        .map_err(|error| text(&error))
}

fn text(error: &UsageError) -> String {
    let mut out = Vec::new();
    AnyReport::write_text(error, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let place = Place::with("[zipay]\nterminal = 1\n");
    let file = [("XDG_CONFIG_HOME", place.base())];
    let both = [file[0], ("PAYLINK_ZIPAY_TERMINAL", "2")];
    let terminal = |variables: &[_], flag| {
        with(variables, |config| {
            config.text(flag, "zipay", "terminal").unwrap()
        })
        .unwrap()
    };
    assert!(terminal(&[], None).is_none());
    let from_file = terminal(&file, None).unwrap();
    assert_eq!(from_file.value, "1");
    assert_eq!(
        from_file.origin,
        format!("terminal under [zipay] in {}", place.file().display())
    );
    let from_environment = terminal(&both, None).unwrap();
    assert_eq!(
        (&*from_environment.value, &*from_environment.origin),
        ("2", "PAYLINK_ZIPAY_TERMINAL")
    );
    let typed = terminal(&both, Some(("--terminal-number", "3"))).unwrap();
    assert_eq!((&*typed.value, &*typed.origin), ("3", "--terminal-number"));
}

#[test]
fn secrets_come_from_the_environment_or_the_file() {
    let place = Place::with("[zipay]\napi_key = \"of-the-file\"\n");
    let file = [("XDG_CONFIG_HOME", place.base())];
    let both = [file[0], ("PAYLINK_ZIPAY_API_KEY", "of-the-environment")];
    for (variables, expected) in [
        (&file[..], "of-the-file"),
        (&both[..], "of-the-environment"),
    ] {
        let key = with(variables, |config| {
            config.secret("zipay", "api_key").unwrap().unwrap()
        })
        .unwrap();
        assert_eq!(key.value.expose_secret(), expected);
        assert!(!format!("{key:?}").contains(expected));
    }
}

#[test]
fn the_file_is_looked_for_where_it_is_said() {
    let usual = Place::with("[zipay]\nterminal = 1\n");
    let other = Place::with("[zipay]\nterminal = 2\n");
    let other_file = other.file().to_str().unwrap().to_owned();
    let terminal = |variables: &[(&str, &str)]| {
        with(variables, |config| {
            config
                .text(None, "zipay", "terminal")
                .unwrap()
                .map(|it| it.value)
        })
        .unwrap()
    };
    let named = [
        ("XDG_CONFIG_HOME", usual.base()),
        ("PAYLINK_CONFIG", &*other_file),
    ];
    assert_eq!(terminal(&named).as_deref(), Some("2"));
    assert_eq!(terminal(&named[..1]).as_deref(), Some("1"));
    assert_eq!(
        terminal(&[("XDG_CONFIG_HOME", "relative"), ("HOME", "/nowhere")]),
        None
    );

    fs::create_dir_all(usual.0.join(".config")).unwrap();
    fs::rename(
        usual.0.join("paylink"),
        usual.0.join(".config").join("paylink"),
    )
    .unwrap();
    assert_eq!(terminal(&[("HOME", usual.base())]).as_deref(), Some("1"));

    let missing = with(&[("PAYLINK_CONFIG", "/nowhere/config.toml")], |_| ()).unwrap_err();
    assert!(
        missing.contains("PAYLINK_CONFIG=/nowhere/config.toml cannot be read"),
        "{missing}"
    );
}

#[test]
fn what_is_wrong_in_a_file_is_named_and_no_value_is_shown() {
    for (content, problem) in [
        (
            "[zipay]\napi_kye = \"s3cr3t\"",
            "has the unknown key api_kye under [zipay]: the keys are api_key, secret_key, terminal, base_url",
        ),
        (
            "[zippay]\napi_key = \"s3cr3t\"",
            "has the unknown key zippay: the sections are [",
        ),
        (
            "api_key = \"s3cr3t\"",
            "has the unknown key api_key: the sections are [",
        ),
        (
            "zipay = \"s3cr3t\"",
            "has zipay as a value: write it as a section, [zipay]",
        ),
        (
            "[zipay]\nterminal = 1\napi_key = s3cr3t",
            "is not TOML in line 3: write",
        ),
        (
            "[zipay]\napi_key = \"s3cr3t\"\napi_key = \"s3cr3t\"",
            "is not TOML in line 3: write",
        ),
        (
            "[zipay]\napi_key = [\"s3cr3t\"]",
            "has api_key under [zipay] as array: write it as text",
        ),
        (
            "[zipay]\nsecret_key = 5363437233740",
            "has secret_key under [zipay] as integer: write it as text",
        ),
        (
            "[zipay]\nsecret_key = \"\"",
            "has nothing as secret_key under [zipay]: give it a value",
        ),
    ] {
        let place = Place::with(content);
        let error = with(&[("XDG_CONFIG_HOME", place.base())], |_| ()).unwrap_err();
        let named = format!("error: {} {problem}", place.file().display());
        assert!(
            error.starts_with(&named),
            "{error}\nshould begin with\n{named}"
        );
        assert!(
            !error.contains("s3cr3t") && !error.contains("5363437233740"),
            "{error}"
        );
    }
}

#[test]
fn a_variable_that_is_set_to_nothing_is_no_reason_to_use_the_file() {
    let place = Place::with("[zipay]\napi_key = \"of-the-file\"\n");
    let variables = [
        ("XDG_CONFIG_HOME", place.base()),
        ("PAYLINK_ZIPAY_API_KEY", ""),
    ];
    let error = with(&variables, |config| {
        config.secret("zipay", "api_key").map(|_| ())
    })
    .unwrap()
    .unwrap_err();
    assert!(
        text(&error)
            .contains("PAYLINK_ZIPAY_API_KEY is set to nothing: give it a value, or unset it")
    );
}

#[test]
fn what_is_missing_is_told_with_the_place_to_put_it() {
    let missing = |variables: &[_]| {
        with(variables, |config| {
            config.missing("zipay", "secret_key").to_string()
        })
        .unwrap()
    };
    assert_eq!(
        missing(&[("HOME", "/home/ali")]),
        "PAYLINK_ZIPAY_SECRET_KEY is missing: set it, or write secret_key under [zipay] in \
         /home/ali/.config/paylink/config.toml; `paylink sandbox` gives one to try with"
    );
    assert!(missing(&[]).contains("under [zipay] in a configuration file; "));
}

#[cfg(unix)]
#[test]
fn secrets_that_others_can_read_are_warned_of() {
    use std::os::unix::fs::PermissionsExt;

    let warning = |content: &str, mode| {
        let place = Place::with(content);
        fs::set_permissions(place.file(), fs::Permissions::from_mode(mode)).unwrap();
        let variables = [("XDG_CONFIG_HOME", place.base())];
        with(&variables, |config| config.file.as_ref().unwrap().warning()).unwrap()
    };
    let secret = "[zipay]\nsecret_key = \"s3cr3t\"\n";
    for mode in [0o644, 0o640, 0o604] {
        let warned = warning(secret, mode).unwrap();
        assert!(
            warned.contains("chmod 600") && !warned.contains("s3cr3t"),
            "{warned}"
        );
    }
    assert_eq!(warning(secret, 0o600), None);
    assert!(warning("[pod]\napi_key_29821 = \"s3cr3t\"\n", 0o644).is_some());
    assert_eq!(warning("[zipay]\nterminal = 1\n", 0o644), None);
}
