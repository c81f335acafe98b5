//! An account whose provider the program was built without.
#![cfg(all(feature = "config", not(feature = "zipay")))]

use paylink::Transport;
use paylink::config::{Config, ProblemKind, Variables};

#[test]
fn says_which_feature_to_switch_on_and_reads_no_setting() {
    // What could be set is not known, so that nothing of it is right or wrong.
    let variables = Variables::from_iter([
        ("PAYLINK_ZIPAY_API_KYE", "s3cr3t"),
        ("PAYLINK_ACCOUNT_MAIN_TERMINAL", "0"),
    ]);
    let text =
        "[zipay]\napi_key = \"s3cr3t\"\nterminal = 0\n[accounts.main]\nprovider = \"zipay\"\n";
    let config = Config::from_toml(text, &variables).unwrap();
    let problems = config.open(&Transport::new().unwrap()).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "account main: [accounts.main] needs zipay, which this program was built without: build paylink with the \
             feature zipay, or take [accounts.main] out of the configuration and unset PAYLINK_ACCOUNT_MAIN_…",
            "account zipay: [zipay] needs zipay, which this program was built without: build paylink with the feature \
             zipay, or take [zipay] out of the configuration and unset PAYLINK_ZIPAY_…",
        ]
    );
    let last = problems.iter().last().unwrap();
    assert_eq!(last.kind(), ProblemKind::NotBuiltIn);
    assert_eq!(config.account("zipay").unwrap().address(), None);
}

#[test]
fn an_account_of_variables_alone_is_not_dropped_in_silence() {
    let variables = Variables::from_iter([("PAYLINK_ZIPAY_API_KEY", "s3cr3t")]);
    let config = Config::from_toml("", &variables).unwrap();
    let problems = config.open(&Transport::new().unwrap()).unwrap_err();
    let kinds: Vec<_> = problems
        .iter()
        .map(|it| (it.account(), it.kind()))
        .collect();
    assert_eq!(kinds, [(Some("zipay"), ProblemKind::NotBuiltIn)]);
    assert!(!problems.to_string().contains("s3cr3t"), "{problems}");
}
