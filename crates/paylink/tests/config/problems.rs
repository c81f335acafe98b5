//! Whatever is wrong is told at once, with its place and what to do, and without a secret.

use paylink::config::ProblemKind;

use crate::place::{Place, config, names, open, problem, problems};

const WHOLE: &str = "[zipay]\napi_key = \"a\"\nsecret_key = \"s\"\nterminal = 1\n";

#[test]
fn all_problems_of_all_accounts_are_told_together() {
    let text = "[zippay]\n\
                [zipay]\napi_kye = \"x\"\nbase_url = \"http://api.example/\"\nterminal = 0\n\
                [sizpay]\nuser_name = \"u\"\npay_link_name = \"\"\nvia = \"pigeon\"\n\
                [pod]\ntoken = \"two words\"\napi_key_29796 = \"k k\"\nbusiness = \"b\"\n\
                [accounts.Main]\nprovider = \"zipay\"\n\
                [accounts.branch]\nprovider = \"cardpai\"\n\
                [accounts.second]\nprovider = \"cardpay\"\ntoken_file = \"/nowhere/token\"\nbase_url = \"shop\"\n\
                body_encoding = \"xml\"\n";
    let said = problems(&config(text, &[("PAYLINK_ACCOUNT_THIRD_TOKEN", "t")]));
    for expected in [
        "the configuration has the unknown key zippay: did you mean zipay? the sections are [cardpay], ",
        "account zipay: the configuration has the unknown key api_kye under [zipay]: did you mean api_key? the keys are ",
        "account zipay: PAYLINK_ZIPAY_API_KEY is missing: set it, or write api_key under [zipay] in the configuration",
        "account zipay: PAYLINK_ZIPAY_SECRET_KEY is missing: ",
        "account zipay: base_url under [zipay] in the configuration \"http://api.example/\" is plain http: use https",
        "account zipay: terminal under [zipay] in the configuration \"0\" is not a whole number above zero: ",
        "account sizpay: PAYLINK_SIZPAY_PASSWORD is missing: ",
        "account sizpay: the configuration has nothing as pay_link_name under [sizpay]: give it a value",
        "account sizpay: via under [sizpay] in the configuration \"pigeon\" is not known: use rest, asmx-json, soap or soap-model",
        "account pod: token under [pod] in the configuration holds a space or",
        "account pod: api_key_29796 under [pod] in the configuration holds a space or",
        "account pod: PAYLINK_POD_API_KEY is missing: ",
        "account pod: PAYLINK_POD_GUILD is missing: ",
        "account pod: business under [pod] in the configuration \"b\" is not a whole number above zero",
        "account Main: [accounts.Main] in the configuration is not a name for an account: use lower-case letters",
        &format!(
            "account branch: provider under [accounts.branch] in the configuration \"cardpai\" is not a provider: \
             did you mean cardpay? the providers are {}",
            names().join(", ")
        ),
        "account second: token_file under [accounts.second] in the configuration \"/nowhere/token\" cannot be read: ",
        "account second: base_url under [accounts.second] in the configuration \"shop\" is not a URL: ",
        "account second: body_encoding under [accounts.second] in the configuration \"xml\" is not known: use form or json",
        "PAYLINK_ACCOUNT_THIRD_TOKEN belongs to no account: ",
    ] {
        assert!(
            said.iter().any(|line| line.starts_with(expected)),
            "{expected}\nis not among\n{said:#?}"
        );
    }
    assert_eq!(said.len(), 20, "nothing else is told: {said:#?}");
}

#[test]
fn what_is_wrong_in_a_file_is_named_and_no_value_is_shown() {
    for (content, problem) in [
        (
            "[zippay]\napi_key = \"s3cr3t\"",
            &*format!(
                "has the unknown key zippay: did you mean zipay? the sections are [{}] and [accounts.NAME]",
                names().join("], [")
            ),
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
            "accounts = \"s3cr3t\"",
            "has accounts.NAME as a value: write it as a section, [accounts.NAME]",
        ),
        (
            "[accounts]\nmain = \"s3cr3t\"",
            "has accounts.main as a value: write it as a section, [accounts.main]",
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
        (
            "[zipay]\n[zipay.s3cr3t]",
            "has the unknown key s3cr3t under [zipay]: the keys are api_key, secret_key, terminal, base_url, ",
        ),
    ] {
        let place = Place::with(content);
        let said = problems(&place.config(&[]));
        let named = format!("{} {problem}", place.file());
        assert!(
            said.iter().any(|line| line.contains(&named)),
            "{said:#?}\nshould hold\n{named}"
        );
        let hidden = if content.contains("zipay.s3") {
            "5363"
        } else {
            "s3cr3t"
        };
        assert!(!said.concat().contains(hidden) && !said.concat().contains("5363437233740"));
    }
}

#[test]
fn a_problem_says_what_it_is_about() {
    let config = config("[zipay]\napi_key = \"a\"\nterminal = 1\n", &[]);
    let problems = open(&config).unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert_eq!(problem.kind(), ProblemKind::Missing);
    assert_eq!(problem.account(), Some("zipay"));
    assert_eq!(problem.invalid().key(), "secret_key");
    assert_eq!(problem.invalid().place(), Some("PAYLINK_ZIPAY_SECRET_KEY"));
    let borrowed: Vec<_> = (&problems).into_iter().map(ToString::to_string).collect();
    assert_eq!(borrowed, [problem.to_string()]);
}

#[test]
fn what_cannot_be_the_setting_is_told_where_it_is_in_force() {
    let config = config("[zipay]\napi_key = [\"s3cr3t\"]\nterminal = 1\n", &[]);
    let account = config.account("zipay").unwrap();
    let told: Vec<_> = account
        .in_force()
        .filter_map(|it| Some((it.setting().key(), it.problem()?.to_string())))
        .collect();
    let expected =
        "the configuration has api_key under [zipay] as array: write it as text, api_key = \"…\"";
    assert_eq!(told, [("api_key", expected.to_owned())]);
}

#[test]
fn variables_that_are_a_known_one_misspelt_are_told() {
    let told = problem(&config(WHOLE, &[("PAYLINK_ZIPAY_API_KYE", "s3cr3t")]));
    assert!(
        told.starts_with(
            "account zipay: PAYLINK_ZIPAY_API_KYE is no setting of an account with zipay: \
             did you mean PAYLINK_ZIPAY_API_KEY? the settings are api_key, "
        ),
        "{told}"
    );
    assert!(!told.contains("s3cr3t"));
    // Such variables are set by what runs containers, not by a merchant.
    let foreign = [
        ("PAYLINK_ZIPAY_SERVICE_HOST", "10.0.0.1"),
        ("PAYLINK_ZIPAY_PORT_443_TCP", "tcp://10.0.0.1:443"),
        ("PAYLINK_PORT", "tcp://10.0.0.2:80"),
        ("PAYLINK_ACCOUNT_SERVICE_HOST", "10.0.0.3"),
        ("PAYLINK_ACCOUNT_BRANCH_SERVICE_PORT_HTTP", "8080"),
        ("PAYLINK_ACCOUNT_BRANCH_PORT_8080_TCP_PROTO", "tcp"),
    ];
    assert!(open(&config(WHOLE, &foreign)).is_ok());
    let told = problem(&config(WHOLE, &[("PAYLINK_ACCOUNT_BRANCH_PORT", "8080")]));
    assert!(
        told.starts_with("PAYLINK_ACCOUNT_BRANCH_PORT belongs to no account"),
        "{told}"
    );
}

#[test]
fn no_account_at_all_is_a_problem() {
    let told = problem(&config("", &[("HOME", "/home/ali")]));
    assert!(
        told.starts_with("account is missing: none is configured: write a section such as [zipay] in the configuration"),
        "{told}"
    );
}

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
    let accounts = open(&config).unwrap();
    let shown = format!("{config:?} {accounts:?} {:?}", accounts.only().unwrap());
    assert!(
        shown.contains("zipay") && !shown.contains(CANARY),
        "{shown}"
    );
}

#[test]
fn a_file_of_its_own_holds_one_with_or_without_a_line_break() {
    for (mark, ending) in [("", ""), ("", "\n"), ("", "\r\n"), ("\u{feff}", "\r\n")] {
        let place = Place::new();
        place.write("paylink/key", format!("{mark}{CANARY}{ending}"));
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
    let binary = place.write("binary", [0xff, 0xff]);
    let wide = place.write(
        "wide",
        CANARY
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
    );
    let large = place.write("large", vec![b'a'; 65 * 1024]);
    let nowhere = place.path("nowhere");
    #[cfg(unix)]
    let endless = "/dev/zero".to_owned();
    for (path, said) in [
        #[cfg(unix)]
        (&endless, "is a file of more than 64 KiB"),
        (&empty, "is an empty file: write the secret into the file"),
        (&binary, "is a file that is not UTF-8"),
        (
            &wide,
            "is a file in UTF-16: save it as UTF-8; PowerShell does so with `Out-File -Encoding utf8`",
        ),
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

#[test]
fn what_a_main_prints_that_ends_with_them_is_short() {
    let two = config("[zipay]\nterminal = 1\n", &[]);
    assert_eq!(
        format!("{:?}", open(&two).unwrap_err()),
        "2 problems with the configuration:\n  \
         account zipay: PAYLINK_ZIPAY_API_KEY is missing: set it, or write api_key under [zipay] in the configuration\n  \
         account zipay: PAYLINK_ZIPAY_SECRET_KEY is missing: set it, or write secret_key under [zipay] in the configuration"
    );
    let one = config("[zipay]\napi_key = \"a\"\nterminal = 1\n", &[]);
    let one = open(&one).unwrap_err();
    assert_eq!(format!("{one:?}"), one.to_string());
    assert!(format!("{one:#?}").contains("kind: Missing"), "{one:#?}");
}

/// A misspelt account has nothing to do with the one that is used; what belongs to none may have.
#[test]
fn an_account_is_not_held_back_by_another() {
    let text = format!(
        "{WHOLE}[accounts.Main]\nprovider = \"zipay\"\n[accounts.branch]\nprovider = \"cardpai\"\n"
    );
    let broken = config(&text, &[]);
    assert!(broken.check_for("zipay").is_ok());
    let of_branch = broken.check_for("branch").unwrap_err();
    assert_eq!(of_branch.iter().count(), 1, "{of_branch}");
    assert_eq!(broken.check().unwrap_err().iter().count(), 2);
    let unknown = config(&format!("{WHOLE}[zippay]\n"), &[]);
    assert!(unknown.check_for("zipay").is_err());
}
