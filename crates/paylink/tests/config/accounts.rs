//! Several accounts, each under its name, and the places that they are read from.

use std::path::Path;

use paylink::config::{AccountConfig, Config, Variables};
use paylink::zipay::ZiPay;
use paylink::{Account, Accounts, Transport};

use crate::place::{Place, config, names, open, problem, problems};

const WHOLE: &str = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\nterminal = 1\n";

#[test]
fn sections_and_named_accounts_stand_side_by_side() {
    let text = format!(
        "{WHOLE}\
         [accounts.main]\nprovider = \"cardpay\"\ntoken = \"t\"\nbase_url = \"https://one.example/\"\n\
         [accounts.branch-2]\nprovider = \"cardpay\"\n"
    );
    let variables = [
        ("PAYLINK_ACCOUNT_BRANCH_2_TOKEN", "t"),
        ("PAYLINK_ACCOUNT_BRANCH_2_BASE_URL", "https://two.example/"),
        ("PAYLINK_ACCOUNT_SMS_PROVIDER", "sizpay"),
        ("PAYLINK_ACCOUNT_SMS_USER_NAME", "u"),
        ("PAYLINK_ACCOUNT_SMS_PASSWORD", "p"),
        ("PAYLINK_ACCOUNT_SMS_PAY_LINK_NAME", "shop"),
    ];
    let config = config(&text, &variables);
    let names: Vec<&str> = config.accounts().map(AccountConfig::name).collect();
    assert_eq!(names, ["branch-2", "main", "sms", "zipay"]);
    let providers = open(&config).unwrap();
    let opened: Vec<(&str, &str)> = providers
        .iter()
        .map(|it| (it.name(), it.capabilities().provider()))
        .collect();
    assert_eq!(
        opened,
        [
            ("branch-2", "cardpay"),
            ("main", "cardpay"),
            ("sms", "sizpay"),
            ("zipay", "zipay")
        ]
    );
    let unknown = providers.get("mian").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "account \"mian\" is not known: choose one of branch-2, main, sms, zipay"
    );
    let several = providers.only().unwrap_err();
    assert_eq!(
        several.to_string(),
        "account is not said: choose one of branch-2, main, sms, zipay"
    );
}

#[test]
fn the_environment_may_choose_another_provider_than_the_file() {
    let text = "[accounts.main]\nprovider = \"zipay\"\nterminal = 1\n";
    let variables = [
        ("PAYLINK_ACCOUNT_MAIN_PROVIDER", "cardpay"),
        ("PAYLINK_ACCOUNT_MAIN_TOKEN", "t"),
        ("PAYLINK_ACCOUNT_MAIN_BASE_URL", "https://one.example/"),
    ];
    assert!(
        problem(&config(text, &variables))
            .contains("has the unknown key terminal under [accounts.main]")
    );
    let text = "[accounts.main]\nprovider = \"zipay\"\n";
    let only = open(&config(text, &variables)).unwrap();
    assert_eq!(only.only().unwrap().capabilities().provider(), "cardpay");
}

#[test]
fn names_that_collide_are_told() {
    let taken = format!("{WHOLE}[accounts.zipay]\nprovider = \"cardpay\"\n");
    assert_eq!(
        problem(&config(&taken, &[])),
        "account zipay: [accounts.zipay] in the configuration has the name of a provider, which is that of its own \
         section: give it another name, or write its settings under [zipay]"
    );
    // POD's user token of the one, CardPay's token of the other.
    let text =
        "[accounts.main]\nprovider = \"pod\"\n[accounts.main-user]\nprovider = \"cardpay\"\n";
    let said = problems(&config(
        text,
        &[("PAYLINK_ACCOUNT_MAIN_USER_TOKEN", "s3cr3t")],
    ));
    assert!(
        said.iter().any(|line| line
            == "PAYLINK_ACCOUNT_MAIN_USER_TOKEN is a setting of the account main and of the account main-user: \
                give one of them another name"),
        "{said:#?}"
    );
}

#[test]
fn an_account_has_to_say_its_provider() {
    let missing = problem(&config("[accounts.main]\ntoken = \"t\"\n", &[]));
    assert_eq!(
        missing,
        format!(
            "account main: PAYLINK_ACCOUNT_MAIN_PROVIDER is missing: set it, or write provider under [accounts.main]; \
             the providers are {}",
            names().join(", ")
        )
    );
    let number = problem(&config("[accounts.main]\nprovider = 7\n", &[]));
    assert!(number.contains("provider under [accounts.main] in the configuration is not text"));
    let empty = problem(&config("", &[("PAYLINK_ACCOUNT_MAIN_PROVIDER", "")]));
    assert!(empty.contains("PAYLINK_ACCOUNT_MAIN_PROVIDER is set to nothing"));
    // A provider's own section is never another provider's.
    let other = problem(&config(&format!("{WHOLE}provider = \"cardpay\"\n"), &[]));
    assert!(
        other.contains("has the unknown key provider under [zipay]"),
        "{other}"
    );
}

#[test]
fn a_name_is_short_and_plain() {
    let checked = |name: &str| {
        let text = format!("[accounts.\"{name}\"]\nprovider = \"cardpay\"\n");
        config(&text, &[]).check()
    };
    for name in ["a", "branch-2", "2", &"a".repeat(40)] {
        assert!(checked(name).is_ok(), "{name:?}");
    }
    for name in ["", "Main", "a_b", "a b", "é", &"a".repeat(41)] {
        let told = checked(name).unwrap_err().to_string();
        assert!(told.contains(" is not a name for an account: "), "{told}");
    }
}

#[test]
fn variables_of_accounts_that_mean_nothing_are_told() {
    let text = "[accounts.main]\nprovider = \"cardpay\"\ntoken = \"t\"\nbase_url = \"https://one.example/\"\n";
    let told = problem(&config(
        text,
        &[("PAYLINK_ACCOUNT_MAIN_SECRET_KEY", "s3cr3t")],
    ));
    assert!(
        told.starts_with("account main: PAYLINK_ACCOUNT_MAIN_SECRET_KEY is no setting of an account with cardpay: "),
        "{told}"
    );
    let told = problem(&config(text, &[("PAYLINK_ACCOUNT_MIAN_TOKEN", "s3cr3t")]));
    assert!(
        told.starts_with("PAYLINK_ACCOUNT_MIAN_TOKEN belongs to no account: "),
        "{told}"
    );
    assert!(!told.contains("s3cr3t"));
    // What only begins as a provider's do sets up no account with it.
    let foreign = open(&config(WHOLE, &[("PAYLINK_CARDPAY_LOGO", "l")])).unwrap();
    assert_eq!(foreign.names().collect::<Vec<_>>(), ["zipay"]);
}

#[test]
fn an_account_can_be_asked_for_by_name() {
    let config = config(WHOLE, &[]);
    assert!(config.account("zipay").unwrap().is_set("terminal"));
    let not_configured = config.account("pod").unwrap();
    assert!(!not_configured.is_set("token"));
    let unknown = config.account("main").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "account \"main\" is not known: choose one of zipay"
    );
    let transport = Transport::new().unwrap();
    let other = not_configured.client::<ZiPay>(&transport).unwrap_err();
    assert_eq!(
        other.to_string(),
        "account pod: the account is with pod, not with zipay: name another one"
    );
}

#[test]
fn accounts_can_be_put_together_without_a_configuration() {
    let client = || ZiPay::builder("a", "s").terminal(1).build().unwrap();
    let one = Account::new("main", client());
    assert_eq!(
        format!("{one:?}"),
        "Account { name: \"main\", provider: \"zipay\" }"
    );
    let two = Accounts::new([one.clone(), Account::new("branch", client())]).unwrap();
    assert_eq!(two.names().collect::<Vec<_>>(), ["branch", "main"]);
    assert_eq!(two.get("main").unwrap().capabilities().provider(), "zipay");
    assert_eq!((&two).into_iter().count(), two.len());
    assert!(!two.is_empty());
    let only = Accounts::new([one.clone()]).unwrap();
    assert_eq!(only.only().unwrap().name(), "main");

    let twice = Accounts::new([one.clone(), one]).unwrap_err();
    assert_eq!(
        twice.to_string(),
        "account \"main\" is there twice: give each account a name of its own"
    );
    let none = Accounts::default();
    assert!(none.is_empty());
    assert_eq!(
        none.only().unwrap_err().to_string(),
        "account is not there: none is configured"
    );
}

/// With a terminal that is none.
const ODD: &str = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\nterminal = \"one\"\n";

#[test]
fn each_place_wins_over_the_next_and_is_named() {
    let place = Place::with(ODD);
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
    let refused = typed.client::<ZiPay>(&transport).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "account zipay: --terminal \"three\" is not a whole number above zero: write it in digits"
    );
    let right = account.typed("terminal", "--terminal", Some("3"));
    assert!(right.client::<ZiPay>(&transport).is_ok());
}

#[test]
fn the_file_is_looked_for_where_it_is_said() {
    let usual = Place::with("[zipay]\nterminal = \"usual\"\n");
    let other = Place::with("[zipay]\nterminal = \"other\"\n");
    let third = Place::with("[zipay]\nterminal = \"third\"\n");
    let (base, other_file) = (usual.base().to_str().unwrap(), other.file());
    let found = |flag: Option<(&str, &Path)>, variables: &[(&str, &str)]| {
        let variables = variables.iter().copied().collect();
        let config = Config::locate(flag, &variables).unwrap();
        let path = Config::path(flag.map(|(_, path)| path), &variables);
        assert_eq!(config.file(), path.as_deref().filter(|it| it.exists()));
        let account = config.account("zipay").unwrap();
        let problems = account
            .client::<ZiPay>(&Transport::new().unwrap())
            .unwrap_err();
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
    let usual_path = Config::path(None, &nowhere.into_iter().collect());
    assert_eq!(
        usual_path.as_deref(),
        Some("/nowhere/.config/paylink/config.toml".as_ref())
    );
    assert_eq!(Config::path(None, &Variables::default()), None);

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
    let text = ODD.replace("\"one\"", "1");
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
    let binary = place.write("binary.toml", [0xff, 0xff]);
    let endless = "/dev/zero".to_owned();
    for (path, said) in [
        (
            &large,
            " is larger than 1 MiB: name a configuration in TOML",
        ),
        (
            &binary,
            " is a file that is not UTF-8: name a file of text in UTF-8",
        ),
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
        if Path::new(path).exists() {
            let empty = Config::locate(Some(("--config", path.as_ref())), &Variables::default());
            assert_eq!(empty.unwrap().accounts().count(), 0, "{path}");
        }
    }
}
