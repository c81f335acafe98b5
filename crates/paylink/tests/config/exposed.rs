//! What others on the machine can read or write.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use paylink::config::Exposure::{self, ReadableByOthers, WritableByOthers};

use crate::place::Place;

const SECRET: &str = "[zipay]\nsecret_key = \"s3cr3t\"\n";

fn set_mode(path: &str, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// What is exposed, by the file's name.
fn exposed(place: &Place, variables: &[(&str, &str)]) -> Vec<(String, Exposure)> {
    let name = |path: &std::path::Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let all = place.config(variables).exposed();
    all.iter().map(|it| (name(it.path()), it.what())).collect()
}

#[test]
fn a_file_is_read_by_others_if_it_holds_secrets_and_written_by_them_in_any_case() {
    let public = "[zipay]\nterminal = 1\nsecret_key_file = \"/nowhere\"\n";
    for (content, mode, expected) in [
        (SECRET, 0o600, &[][..]),
        (SECRET, 0o644, &[ReadableByOthers]),
        (SECRET, 0o640, &[ReadableByOthers]),
        (SECRET, 0o604, &[ReadableByOthers]),
        (SECRET, 0o620, &[WritableByOthers]),
        (SECRET, 0o666, &[ReadableByOthers, WritableByOthers]),
        (public, 0o644, &[]),
        (public, 0o664, &[WritableByOthers]),
        ("[pod]\napi_key_29821 = \"s\"\n", 0o644, &[ReadableByOthers]),
        (
            "[accounts.main]\nprovider = \"cardpay\"\ntoken = \"s\"\n",
            0o644,
            &[ReadableByOthers],
        ),
        (
            "proxy_password = \"s\"\n[zipay]\n",
            0o644,
            &[ReadableByOthers],
        ),
    ] {
        let place = Place::with(content);
        set_mode(&place.file(), mode);
        let found = exposed(&place, &[]);
        let expected = expected.iter().map(|it| ("config.toml".to_owned(), *it));
        assert_eq!(
            found,
            expected.collect::<Vec<_>>(),
            "{content:?} with {mode:o}"
        );
    }
}

#[test]
fn a_folder_in_which_the_file_could_be_replaced_is_named() {
    let place = Place::with(SECRET);
    set_mode(&place.file(), 0o600);
    for (mode, is_open) in [
        (0o777, true),
        (0o770, true),
        (0o1777, false),
        (0o755, false),
    ] {
        set_mode(&place.path("paylink"), mode);
        let expected = is_open.then(|| ("paylink".to_owned(), WritableByOthers));
        assert_eq!(
            exposed(&place, &[]),
            expected.into_iter().collect::<Vec<_>>(),
            "{mode:o}"
        );
    }
    // Where a link leads to counts as well as where it stands.
    let elsewhere = Place::new();
    fs::rename(place.file(), elsewhere.path("config.toml")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path("config.toml"), place.file()).unwrap();
    assert_eq!(exposed(&place, &[]), []);
    set_mode(elsewhere.base().to_str().unwrap(), 0o777);
    assert_eq!(exposed(&place, &[]).len(), 1);
}

#[test]
fn each_file_that_a_secret_is_in_is_looked_at() {
    let place = Place::with(
        "proxy = \"http://proxy.example:3128\"\nproxy_user = \"shop\"\nproxy_password_file = \"proxy\"\n\
         [zipay]\napi_key_file = \"api\"\nsecret_key_file = \"secret\"\n\
         [accounts.main]\nprovider = \"cardpay\"\ntoken_file = \"api\"\n\
         [accounts.none]\nprovider = \"zipay\"\napi_key_file = \"/nowhere\"\nsecret_key_file = \"/dev/null\"\n",
    );
    set_mode(&place.file(), 0o600);
    for (name, mode) in [
        ("proxy", 0o640),
        ("api", 0o604),
        ("secret", 0o666),
        ("token", 0o644),
    ] {
        set_mode(&place.write(&format!("paylink/{name}"), "s"), mode);
    }
    let found = exposed(&place, &[]);
    let expected = [
        ("api", ReadableByOthers),
        ("proxy", ReadableByOthers),
        ("secret", ReadableByOthers),
        ("secret", WritableByOthers),
    ];
    assert_eq!(
        found,
        expected.map(|(name, what)| (name.to_owned(), what)),
        "once each"
    );

    // One account's own, with what all share.
    let config = place.config(&[]);
    let main = config.exposed_for(&config.account("main").unwrap());
    let names: Vec<_> = main
        .iter()
        .map(|it| it.path().file_name().unwrap())
        .collect();
    assert_eq!(names, ["api", "proxy"]);

    // A variable wins, and its file is the one that is read.
    let token = place.path("paylink/token");
    let variables = [
        ("PAYLINK_ZIPAY_SECRET_KEY_FILE", &*token),
        ("PAYLINK_ZIPAY_API_KEY", "k"),
        ("PAYLINK_ACCOUNT_MAIN_TOKEN", "t"),
    ];
    let names: Vec<_> = exposed(&place, &variables)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["proxy", "token"]);
}
