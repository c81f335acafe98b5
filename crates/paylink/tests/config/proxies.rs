//! The way to the providers: one for all accounts, or one account's own.

use paylink::FieldKey;
use paylink::config::{AccountConfig, Config, PROXY_SETTINGS};
use paylink::core::Proxy;
use paylink::core::provider::Setting;

use crate::place::{Place, config, open, problem};

const ACCOUNTS: &str = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\nterminal = 1\n";

const PASSWORD: &str = "c4n4ry-0f-th3-pr0xy";

/// The proxy of an account as it is shown, and whether it is asked with credentials.
fn proxy(config: &Config, account: &str) -> Option<(String, bool)> {
    let proxy: Option<Proxy> = config.account(account).unwrap().proxy().unwrap();
    proxy.map(|it| (it.to_string(), it.has_credentials()))
}

fn with(url: &str, has_credentials: bool) -> Option<(String, bool)> {
    Some((url.to_owned(), has_credentials))
}

#[test]
fn an_accounts_own_wins_over_the_one_for_all_and_none_goes_directly() {
    let text = "proxy = \"http://all.example:3128\"\n\
                proxy_user = \"shop\"\n\
                proxy_password = \"p\"\n\
                [zipay]\n\
                [pod]\nproxy = \"socks5h://pod.example:1080\"\n\
                [accounts.near]\nprovider = \"cardpay\"\nproxy = \"none\"\n";
    let all = config(text, &[]);
    assert_eq!(proxy(&all, "zipay"), with("http://all.example:3128", true));
    // Its own proxy is not shown the password of the other.
    assert_eq!(
        proxy(&all, "pod"),
        with("socks5h://pod.example:1080", false)
    );
    assert_eq!(proxy(&all, "near"), None);
    // An account that nothing is set for goes the way of all.
    assert_eq!(proxy(&all, "sizpay"), with("http://all.example:3128", true));
    assert_eq!(proxy(&config(ACCOUNTS, &[]), "zipay"), None);
}

#[test]
fn the_environment_wins_over_the_file_at_each_place_and_a_flag_over_all() {
    let text = "proxy = \"http://file.example:1\"\nproxy_user = \"u\"\nproxy_password = \"p\"\n[zipay]\n[pod]\nproxy = \"none\"\n";
    let general = ("PAYLINK_PROXY", "http://env.example:2");
    let own = ("PAYLINK_POD_PROXY", "http://pod.example:3");
    let both = config(text, &[general, own]);
    // What the file's proxy is asked with, no other one is.
    assert_eq!(proxy(&both, "zipay"), with("http://env.example:2", false));
    assert_eq!(proxy(&both, "pod"), with("http://pod.example:3", false));
    let named = [
        ("PAYLINK_ACCOUNT_MAIN_PROVIDER", "zipay"),
        ("PAYLINK_ACCOUNT_MAIN_PROXY", "none"),
    ];
    assert_eq!(proxy(&config(text, &named), "main"), None);

    let typed = both
        .clone()
        .typed_proxy("--proxy", Some("http://flag.example:4"));
    for account in ["zipay", "pod", "sizpay"] {
        assert_eq!(proxy(&typed, account), with("http://flag.example:4", false));
    }
    assert_eq!(
        proxy(&both.clone().typed_proxy("--proxy", Some("none")), "zipay"),
        None
    );
    assert_eq!(
        proxy(&both.typed_proxy("--proxy", None), "pod"),
        with("http://pod.example:3", false)
    );
}

#[test]
fn credentials_of_the_environment_are_for_the_files_proxy_or_for_the_typed_one() {
    let credentials = [("PAYLINK_PROXY_USER", "u"), ("PAYLINK_PROXY_PASSWORD", "p")];
    let text = format!("proxy = \"http://file.example:1\"\n{ACCOUNTS}");
    assert_eq!(
        proxy(&config(&text, &credentials), "zipay"),
        with("http://file.example:1", true)
    );
    let password = [("PAYLINK_PROXY_PASSWORD", "p")];
    let text = format!("proxy_user = \"u\"\n{text}");
    assert_eq!(
        proxy(&config(&text, &password), "zipay"),
        with("http://file.example:1", true)
    );
    let typed = |text: &str| {
        config(text, &credentials).typed_proxy("--proxy", Some("http://flag.example:4"))
    };
    assert_eq!(
        proxy(&typed(ACCOUNTS), "zipay"),
        with("http://flag.example:4", true)
    );
    assert_eq!(
        proxy(&typed(&text), "zipay"),
        with("http://flag.example:4", false)
    );
}

#[test]
fn whatever_is_wrong_is_told_once_with_its_place() {
    let place = Place::new();
    let secret = place.write("secret", "p\n");
    let many = format!(
        "{ACCOUNTS}[accounts.two]\nprovider = \"zipay\"\napi_key = \"a\"\nsecret_key = \"s\"\nterminal = 2\n"
    );
    for (first, own, variables, expected) in [
        (
            "proxy = \"proxy.example:1\"",
            "",
            &[][..],
            "proxy in the configuration \"proxy.example:1\" is not a whole URL: ",
        ),
        (
            "proxy = \"ftp://proxy.example:1\"",
            "",
            &[],
            "proxy in the configuration \"ftp://proxy.example:1\" is of a kind that is not supported: ",
        ),
        (
            "proxy = \"http://u:s3cr3t@proxy.example:1\"",
            "",
            &[],
            "proxy in the configuration holds a user or a password: leave them out, and set proxy_user and proxy_password",
        ),
        (
            "proxy = \"\"",
            "",
            &[],
            "the configuration has nothing as proxy: give it a value",
        ),
        (
            "proxy = 3128",
            "",
            &[],
            "the configuration has proxy as integer: write it as text",
        ),
        (
            "",
            "",
            &[("PAYLINK_PROXY", "")],
            "PAYLINK_PROXY is set to nothing",
        ),
        (
            "",
            "",
            &[("PAYLINK_PROXI", "http://proxy.example:1")],
            "PAYLINK_PROXI is no setting: did you mean PAYLINK_PROXY? the settings are proxy, proxy_user, proxy_password",
        ),
        (
            "proxi = \"http://proxy.example:1\"",
            "",
            &[],
            "the configuration has the unknown key proxi: did you mean proxy? ",
        ),
        (
            "proxy = \"http://proxy.example:1\"\nproxy_user = \"u\"",
            "",
            &[],
            "PAYLINK_PROXY_PASSWORD is missing: set it, or write proxy_password in the configuration",
        ),
        (
            "proxy = \"http://proxy.example:1\"\nproxy_password = \"s3cr3t\"",
            "",
            &[],
            "PAYLINK_PROXY_USER is missing: set it, or write proxy_user in the configuration",
        ),
        (
            "proxy_user = \"u\"\nproxy_password = \"s3cr3t\"",
            "",
            &[],
            "proxy_user in the configuration is set where no proxy is named: name the proxy there too, as proxy or PAYLINK_PROXY, or leave it out",
        ),
        (
            "proxy_user = \"u\"",
            "",
            &[
                ("PAYLINK_PROXY", "http://proxy.example:1"),
                ("PAYLINK_PROXY_PASSWORD", "s3cr3t"),
            ],
            "PAYLINK_PROXY_USER is missing: set it: a proxy that PAYLINK_PROXY names has its user and its password in variables",
        ),
        (
            "proxy = \"http://proxy.example:1\"",
            "proxy_password = \"s3cr3t\"",
            &[],
            "account two: proxy_password under [accounts.two] in the configuration is set where no proxy is named: name the proxy there too, as proxy or PAYLINK_ACCOUNT_TWO_PROXY, or leave it out",
        ),
        (
            "",
            "proxy = \"http://proxy.example:1\"\nproxy_user = \"a:b\"\nproxy_password = \"s3cr3t\"",
            &[],
            "account two: proxy_user under [accounts.two] in the configuration holds a colon",
        ),
        (
            "proxy = \"http://proxy.example:1\"\nproxy_user = \"u\"\nproxy_password = \"p\"\nproxy_password_file = \"/nowhere\"",
            "",
            &[],
            "proxy_password_file in the configuration is said both directly and by a file of its own: ",
        ),
        (
            "proxy = \"http://proxy.example:1\"\nproxy_user = \"u\"\nproxy_password_file = \"/nowhere\"",
            "",
            &[],
            "proxy_password_file in the configuration \"/nowhere\" cannot be read: ",
        ),
    ] {
        let told = problem(&config(&format!("{first}\n{many}{own}\n"), variables));
        assert!(
            told.starts_with(expected),
            "{told}\nshould begin with\n{expected}"
        );
        assert!(!told.contains("s3cr3t"), "{told}");
    }
    let text = format!(
        "proxy = \"http://proxy.example:1\"\nproxy_user = \"u\"\nproxy_password_file = \"{secret}\"\n{ACCOUNTS}"
    );
    assert!(open(&config(&text, &[])).is_ok());
}

/// Behind the header of a section a key is that section's.
#[test]
fn a_proxy_at_the_end_of_the_file_is_sent_to_its_begin() {
    const DESK: &[Setting] = &[Setting::text(FieldKey::new("bell", "bell"))];

    let builder = Config::builder().section("desk", DESK);
    let text = format!("{ACCOUNTS}[desk]\nproxy = \"http://proxy.example:1\"\n");
    let config = builder
        .parse_toml(&text, &paylink::config::Variables::default())
        .unwrap();
    let told = config
        .section("desk")
        .unwrap()
        .read(|_| Ok(()))
        .unwrap_err();
    assert_eq!(
        told.to_string(),
        "the configuration has the unknown key proxy under [desk]: write it before the first section, or under that of an account"
    );
}

#[test]
fn nobody_sees_the_credentials() {
    let text = format!(
        "proxy = \"http://proxy.example:1\"\nproxy_user = \"u5er\"\nproxy_password = \"{PASSWORD}\"\n{ACCOUNTS}"
    );
    let config = config(&text, &[]);
    let account = config.account("zipay").unwrap();
    let in_force: Vec<_> = account.in_force().collect();
    let shown = format!(
        "{config:?} {account:?} {in_force:?} {:?} {:?}",
        account.proxy().unwrap(),
        open(&config).unwrap()
    );
    assert!(
        !shown.contains(PASSWORD) && !shown.contains("u5er"),
        "{shown}"
    );
    // Nor those that were typed, which are refused.
    let typed = config
        .clone()
        .typed_proxy("--proxy", Some(&format!("http://u5er:{PASSWORD}@h:1")));
    let refused = open(&typed).unwrap_err();
    let shown = format!("{typed:?} {refused} {refused:?} {refused:#?}");
    assert!(
        !shown.contains(PASSWORD) && !shown.contains("u5er"),
        "{shown}"
    );
    let given = account.read(|settings| {
        Ok(PROXY_SETTINGS
            .iter()
            .any(|it| settings.named(it.key()).is_some()))
    });
    assert!(!given.unwrap(), "no client is lent them");
}

/// The settings of the account's way are shown as they are in force, wherever they stand.
#[test]
fn what_is_in_force_is_what_is_taken() {
    let text = format!(
        "proxy = \"http://all.example:1\"\nproxy_user = \"u\"\nproxy_password = \"p\"\n{ACCOUNTS}[pod]\nproxy = \"none\"\n"
    );
    let config = config(&text, &[]);
    let shown = |account: &AccountConfig| -> Vec<String> {
        let of_way = account
            .in_force()
            .filter(|it| it.setting().key().starts_with("proxy"));
        of_way
            .map(|it| {
                format!(
                    "{:?} {}",
                    it.value(),
                    it.origin().map_or("-".to_owned(), ToString::to_string)
                )
            })
            .collect()
    };
    for account in [config.for_all(), &config.account("zipay").unwrap()] {
        assert_eq!(
            shown(account),
            [
                "Some(\"http://all.example:1\") the configuration, line 1",
                "None the configuration, line 2",
                "None the configuration, line 3"
            ]
        );
    }
    assert_eq!(
        shown(&config.account("pod").unwrap()),
        [
            "Some(\"none\") the configuration, line 9",
            "None -",
            "None -"
        ]
    );
    let typed = config.typed_proxy("--proxy", Some("http://flag.example:4"));
    assert_eq!(
        shown(&typed.account("zipay").unwrap()),
        [
            "Some(\"http://flag.example:4\") --proxy",
            "None -",
            "None -"
        ]
    );
}
