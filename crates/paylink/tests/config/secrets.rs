//! Secrets come from where they are said to be, and are never shown.

use std::fs;

use paylink::config::Config;

use crate::place::{Place, config, open, problem, problems};

const CANARY: &str = "c4n4ry-0f-th3-c0nf1g";

/// Every secret of every provider, with a value that its client refuses, since a space is in it.
fn refused_everywhere() -> String {
    let secret = format!("\"{CANARY} {CANARY}\"");
    let pod: String = [29796, 29813]
        .map(|number| format!("api_key_{number} = {secret}\n"))
        .concat();
    format!(
        "[zipay]\napi_key = {secret}\nsecret_key = {secret}\nterminal = 1\n\
         [sizpay]\nuser_name = {secret}\npassword = {secret}\npay_link_name = \"shop\"\n\
         [cardpay]\ntoken = {secret}\nbase_url = \"https://one.example/\"\n\
         [pod]\ntoken = {secret}\nuser_token = {secret}\napi_key = {secret}\nfee_voucher = {secret}\n\
         guild = \"API_GUILD\"\n{pod}"
    )
}

#[test]
fn no_problem_and_no_debug_shows_one() {
    let config = config(
        &refused_everywhere(),
        &[("PAYLINK_ZIPAY_SECRET_KEY_FILE", CANARY)],
    );
    let found = open(&config).unwrap_err();
    assert!(found.iter().count() >= 8, "{found}");
    let accounts: Vec<_> = config.accounts().collect();
    // A path is no secret, and has to be named.
    for shown in [
        found.to_string().replace(&format!("\"{CANARY}\""), ""),
        format!("{config:?}").replace(&format!("\"{CANARY}\""), ""),
        format!("{accounts:?}").replace(&format!("\"{CANARY}\""), ""),
    ] {
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[test]
fn what_is_shown_where_all_is_right_holds_none_either() {
    let text =
        format!("[zipay]\napi_key = \"{CANARY}\"\nsecret_key = \"{CANARY}\"\nterminal = 1\n");
    let config = config(&text, &[]);
    let providers = open(&config).unwrap();
    let shown = format!("{config:?} {providers:?} {:?}", providers.only().unwrap());
    assert!(
        shown.contains("zipay") && !shown.contains(CANARY),
        "{shown}"
    );
}

#[test]
fn a_file_of_its_own_holds_one_with_or_without_a_line_break() {
    for ending in ["", "\n", "\r\n"] {
        let place = Place::new();
        place.write("paylink/key", format!("{CANARY}{ending}"));
        let secret = place.write("secret", CANARY);
        // A path in the file is taken from where that file is, one in the environment from where the program runs.
        place.write(
            "paylink/config.toml",
            "[zipay]\napi_key_file = \"key\"\nterminal = 1\n",
        );
        let config = place.config(&[("PAYLINK_ZIPAY_SECRET_KEY_FILE", &secret)]);
        assert!(open(&config).is_ok(), "{ending:?}");
    }
    // Another line break is part of it, and then it is no key.
    let place = Place::new();
    place.write("paylink/key", format!("{CANARY}\n\n"));
    place.write(
        "paylink/config.toml",
        "[zipay]\napi_key_file = \"key\"\nsecret_key = \"s\"\nterminal = 1\n",
    );
    let told = problem(&place.config(&[]));
    assert!(
        told.contains("api_key_file under [zipay]") && !told.contains(CANARY),
        "{told}"
    );
}

#[test]
fn a_file_that_cannot_be_one_is_told() {
    let place = Place::new();
    let empty = place.write("empty", "\n");
    let binary = place.write("binary", [0xff, 0xfe]);
    let large = place.write("large", vec![b'a'; 65 * 1024]);
    let nowhere = place.path("nowhere");
    #[cfg(unix)]
    let endless = "/dev/zero".to_owned();
    for (path, said) in [
        #[cfg(unix)]
        (&endless, "is a file of more than 64 KiB"),
        (&empty, "is an empty file: write the secret into the file"),
        (&binary, "is a file that is not UTF-8"),
        (&large, "is a file of more than 64 KiB"),
        (&nowhere, "cannot be read: "),
    ] {
        let text = "[zipay]\nsecret_key = \"s\"\nterminal = 1\n";
        let told = problem(&config(text, &[("PAYLINK_ZIPAY_API_KEY_FILE", path)]));
        let expected = format!("account zipay: PAYLINK_ZIPAY_API_KEY_FILE \"{path}\" {said}");
        // A long path is shortened.
        assert!(
            told.contains(said) && told.starts_with("account zipay: PAYLINK_ZIPAY_API_KEY_FILE"),
            "{told}\nshould be\n{expected}"
        );
    }
}

#[test]
fn saying_it_in_two_ways_at_one_place_is_a_problem_and_at_two_places_is_not() {
    let place = Place::new();
    let path = place.write("key", CANARY);
    let rest = "secret_key = \"s\"\nterminal = 1\n";
    let twice = config(
        &format!("[zipay]\napi_key = \"a\"\napi_key_file = \"{path}\"\n{rest}"),
        &[],
    );
    assert_eq!(
        problem(&twice),
        "account zipay: api_key_file under [zipay] in the configuration is said both directly and by a file of its own: \
         leave out api_key or api_key_file"
    );
    let variables = [
        ("PAYLINK_ZIPAY_API_KEY", "a"),
        ("PAYLINK_ZIPAY_API_KEY_FILE", &path),
    ];
    let told = problem(&config(&format!("[zipay]\n{rest}"), &variables));
    assert!(
        told.starts_with("account zipay: PAYLINK_ZIPAY_API_KEY is said both"),
        "{told}"
    );
    // The environment wins over the file, whichever way it says it.
    let nowhere = format!("[zipay]\napi_key_file = \"/nowhere\"\n{rest}");
    assert!(open(&config(&nowhere, &variables[..1])).is_ok());
    let direct = format!("[zipay]\napi_key = \"two words\"\n{rest}");
    assert!(open(&config(&direct, &variables[1..])).is_ok());
}

#[test]
fn nothing_but_a_secret_is_taken_from_a_file_of_its_own() {
    let text = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\nterminal_file = \"/nowhere\"\nterminal = 1\n";
    let told = problems(&config(text, &[])).concat();
    assert!(
        told.contains("has the unknown key terminal_file under [zipay]"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_with_secrets_that_others_can_read_is_known() {
    use std::os::unix::fs::PermissionsExt;

    let exposed = |content: &str, mode| {
        let place = Place::with(content);
        fs::set_permissions(place.file(), fs::Permissions::from_mode(mode)).unwrap();
        let config: Config = place.config(&[]);
        config
            .exposed_file()
            .map(|path| path.to_str() == Some(&place.file()))
    };
    let secret = "[zipay]\nsecret_key = \"s3cr3t\"\n";
    for mode in [0o644, 0o640, 0o604] {
        assert_eq!(exposed(secret, mode), Some(true));
    }
    assert_eq!(exposed(secret, 0o600), None);
    assert_eq!(exposed("[pod]\napi_key_29821 = \"s\"\n", 0o644), Some(true));
    assert_eq!(
        exposed(
            "[accounts.main]\nprovider = \"cardpay\"\ntoken = \"s\"\n",
            0o644
        ),
        Some(true)
    );
    assert_eq!(exposed("[zipay]\nterminal = 1\n", 0o644), None);
    assert_eq!(
        exposed("[zipay]\nsecret_key_file = \"/run/secrets/key\"\n", 0o644),
        None
    );
}
