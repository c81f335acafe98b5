//! What is true of every provider's settings: a walk over the descriptors, those of this crate and one of another.

use paylink::config::{AccountConfig, Config, Problem, ProblemKind, Variables};
use paylink::core::provider::{Descriptor, Required, Setting, SettingKind};
use paylink::{Effect, Error, ErrorKind, FieldKey, Invalid, Transport};

use crate::foreign::{self, Foreign};
use crate::place::Place;

const CANARY: &str = "c4n4ry-0f-th3-w4lk";

fn descriptors() -> impl Iterator<Item = &'static Descriptor> {
    paylink::providers()
        .iter()
        .copied()
        .chain([&foreign::DESCRIPTOR])
}

fn each_setting() -> impl Iterator<Item = (&'static Descriptor, &'static Setting)> {
    descriptors().flat_map(|it| it.settings().iter().map(move |setting| (it, setting)))
}

fn config(text: &str, variables: &[(&str, &str)]) -> Config {
    let variables: Variables = variables.iter().copied().collect();
    let builder = Config::builder().provider(&foreign::DESCRIPTOR);
    builder.parse_toml(text, &variables).unwrap()
}

/// The account of a provider's own section.
fn account(descriptor: &Descriptor, text: &str, variables: &[(&str, &str)]) -> AccountConfig {
    config(text, variables).account(descriptor.name()).unwrap()
}

/// A value that any client takes.
fn sample(setting: &Setting) -> &'static str {
    match setting.kind() {
        SettingKind::Secret => CANARY,
        SettingKind::Address => "https://one.example/",
        SettingKind::Number => "1003",
        SettingKind::Switch => "true",
        SettingKind::Choice(words) => words[0],
        _ => "SAMPLE",
    }
}

fn variable(descriptor: &Descriptor, key: &str) -> String {
    format!("PAYLINK_{}_{key}", descriptor.name()).to_uppercase()
}

/// What an account's client is given under a key.
fn given(account: &AccountConfig, key: &str) -> Option<String> {
    let read = account.read(|settings| Ok(settings.named(key).map(str::to_owned)));
    read.unwrap()
}

#[test]
fn each_is_taken_under_its_key_from_a_file_a_variable_and_a_flag() {
    for (descriptor, setting) in each_setting() {
        let (name, key, value) = (descriptor.name(), setting.key(), sample(setting));
        let text = format!("[{name}]\n{key} = \"{value}\"\n");
        let variable = variable(descriptor, key);
        let nothing = account(descriptor, "", &[]);
        for account in [
            account(descriptor, &text, &[]),
            account(descriptor, "", &[(&variable, value)]),
            nothing.clone().typed(key, "--flag", Some(value)),
        ] {
            assert!(account.is_set(key), "{name} {key}");
            assert_eq!(given(&account, key).as_deref(), Some(value), "{name} {key}");
        }
        assert_eq!(given(&nothing, key), None, "{name} {key}");
    }
}

/// What `\t` makes in a path is not meant; a tab that is typed is, and so is one in a text of several lines.
#[test]
fn a_tab_is_refused_in_double_quotes_on_one_line_alone() {
    let with = |sign: &str| {
        let text = format!("[foreign]\nkey = \"k\"\nsign = {sign}\n");
        account(&foreign::DESCRIPTOR, &text, &[])
    };
    for sign in [
        "'a\tb'",
        "'''a\tb'''",
        "\"\"\"a\tb\"\"\"",
        "\"\"\"a\\tb\"\"\"",
    ] {
        assert_eq!(
            given(&with(sign), "sign").as_deref(),
            Some("a\tb"),
            "{sign}"
        );
    }
    let told = with(r#""a\tb""#).read(|_| Ok(())).unwrap_err().to_string();
    assert!(told.contains(" holds a control character"), "{told}");
}

#[test]
fn secrets_and_nothing_else_are_taken_from_files_of_their_own() {
    let place = Place::new();
    let path = place.write("secret", format!("{CANARY}\n"));
    for (descriptor, setting) in each_setting() {
        let (name, key) = (descriptor.name(), setting.key());
        let text = format!("[{name}]\n{key}_file = \"{path}\"\n");
        let in_file = account(descriptor, &text, &[]);
        let variable = variable(descriptor, &format!("{key}_file"));
        let in_variable = account(descriptor, "", &[(&variable, &path)]);
        if setting.is_secret() {
            assert_eq!(
                given(&in_file, key).as_deref(),
                Some(CANARY),
                "{name} {key}"
            );
            assert_eq!(
                given(&in_variable, key).as_deref(),
                Some(CANARY),
                "{name} {key}"
            );
        } else {
            let told = in_file.read(|_| Ok(())).unwrap_err().to_string();
            assert!(told.contains("has the unknown key"), "{name} {key}: {told}");
            assert!(!in_variable.is_set(key), "{name} {key}");
        }
    }
}

#[test]
fn an_account_opens_with_all_of_them_and_with_the_required_ones_alone() {
    let transport = Transport::new().unwrap();
    for descriptor in descriptors() {
        for all in [true, false] {
            let settings = descriptor.settings().iter();
            let lines: String = settings
                .filter(|it| all || it.requirement() != Required::No || it.key() == "api_key")
                .map(|it| format!("{} = \"{}\"\n", it.key(), sample(it)))
                .collect();
            let name = descriptor.name();
            let account = account(descriptor, &format!("[{name}]\n{lines}"), &[]);
            let opened = account.open(&transport).unwrap();
            assert_eq!(opened.name(), name);
            assert_eq!(opened.capabilities().provider(), name);
        }
    }
}

#[test]
fn each_that_is_required_and_missing_is_named_with_where_to_write_it() {
    let transport = Transport::new().unwrap();
    for descriptor in descriptors() {
        let name = descriptor.name();
        let problems = account(descriptor, "", &[]).open(&transport).unwrap_err();
        let required = descriptor.settings().iter();
        for setting in required.filter(|it| it.requirement() != Required::No) {
            let key = setting.key();
            let problem = problems.iter().find(|it| it.invalid().key() == key);
            let problem = problem.unwrap_or_else(|| panic!("{name} {key} is not among {problems}"));
            assert_eq!(problem.kind(), ProblemKind::Missing, "{problem}");
            assert_eq!(
                problem.to_string(),
                format!(
                    "account {name}: {} is missing: set it, or write {key} under [{name}] in the configuration",
                    variable(descriptor, key)
                )
            );
        }
    }
}

#[test]
fn each_that_is_malformed_is_named_by_its_key_and_its_place() {
    for (descriptor, setting) in each_setting() {
        let odd = match setting.kind() {
            SettingKind::Number => "0",
            SettingKind::Switch | SettingKind::Choice(_) => "pigeon",
            _ => continue,
        };
        let (name, key) = (descriptor.name(), setting.key());
        let variable = variable(descriptor, key);
        let account = account(descriptor, "", &[(&variable, odd)]);
        let problems = account.read(|_| Ok(())).unwrap_err();
        let invalids: Vec<&Invalid> = problems.iter().map(Problem::invalid).collect();
        assert_eq!(invalids.len(), 1, "{name} {key}: {problems}");
        assert_eq!(invalids[0].key(), key, "{name}");
        assert_eq!(invalids[0].place(), Some(&*variable), "{name} {key}");
    }
}

#[test]
fn no_problem_and_no_debug_shows_a_secret() {
    let transport = Transport::new().unwrap();
    for descriptor in descriptors() {
        let name = descriptor.name();
        let settings = descriptor.settings().iter();
        let secrets = settings.filter(|it| it.is_secret()).map(Setting::key);
        // No client takes a space.
        let lines: String = secrets
            .map(|key| format!("{key} = \"{CANARY} {CANARY}\"\n"))
            .collect();
        let config = config(&format!("[{name}]\n{lines}"), &[]);
        let account = config.account(name).unwrap();
        let problems = account.open(&transport).unwrap_err();
        let shown = format!("{problems} {problems:?} {config:?} {account:?}");
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[test]
fn a_provider_of_another_crate_stands_beside_the_others() {
    let transport = Transport::new().unwrap();
    let text = "[foreign]\nkey = \"k\"\ncounter = 7\nquiet = true\n\
                [accounts.corner]\nprovider = \"foreign\"\nkey = \"c\"\nsign = \"open\"\n";
    let config = config(text, &[("PAYLINK_ACCOUNT_CORNER_COUNTER", "8")]);
    let opened = config.open(&transport).unwrap();
    assert_eq!(opened.names().collect::<Vec<_>>(), ["corner", "foreign"]);

    let corner = config.account("corner").unwrap();
    assert_eq!(corner.descriptor().unwrap().title(), "Foreign");
    assert_eq!(
        corner.address().as_deref(),
        Some("https://foreign.example/")
    );
    let client: Foreign = corner.client(&transport).unwrap();
    let given = client.settings.iter().map(|(key, value)| (*key, &**value));
    let expected = [("counter", "8"), ("key", "c"), ("sign", "open")];
    assert_eq!(given.collect::<Vec<_>>(), expected);

    // Where it was not registered, it is no provider.
    let told = Config::from_toml(text, &Variables::default()).unwrap();
    let told = told.check().unwrap_err().to_string();
    assert!(told.contains("has the unknown key foreign: "), "{told}");
    assert!(told.contains("\"foreign\" is not a provider: "), "{told}");
}

/// What a caller refuses beside the client is told as what the client refuses is.
#[test]
fn what_a_call_refuses_is_told_with_its_place() {
    let account = account(
        &foreign::DESCRIPTOR,
        "[foreign]\nkey = \"k\"\nspeed = \"fast\"\n",
        &[],
    );
    let told = |refused: fn() -> Error| {
        let problems = account.read(|_| Err::<(), _>(refused())).unwrap_err();
        problems.to_string()
    };
    assert_eq!(
        told(|| Invalid::new(foreign::SPEED, "is too fast").into()),
        "account foreign: speed under [foreign] in the configuration is too fast"
    );
    assert_eq!(
        told(|| Invalid::new(foreign::COUNTER, "is needed").into()),
        "account foreign: PAYLINK_FOREIGN_COUNTER is missing: set it, or write counter under [foreign] in the configuration"
    );
    assert_eq!(
        told(|| Invalid::new(FieldKey::new("other", "other thing"), "is odd").into()),
        "account foreign: other thing is odd"
    );
    assert_eq!(
        told(|| Error::new(ErrorKind::Configuration, Effect::NotExecuted, "no TLS here")),
        "account foreign: the client cannot be set up: no TLS here"
    );
}
