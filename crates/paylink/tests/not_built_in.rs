//! An account whose provider the program was built without.
#![cfg(all(feature = "config", not(feature = "zipay")))]

use paylink::Transport;
use paylink::config::{Config, ProblemKind, Variables};

#[test]
fn says_which_feature_to_switch_on_and_what_else_is_wrong() {
    let text = "[zipay]\napi_key = \"s3cr3t\"\nterminal = 0\n";
    let config = Config::from_toml(text, &Variables::default()).unwrap();
    let problems = config.providers(&Transport::new().unwrap()).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "account zipay: terminal under [zipay] in the configuration \"0\" is not a whole number above zero: \
             write it in digits",
            "account zipay: [zipay] needs zipay, which this program was built without: build paylink with the feature \
             zipay, or take [zipay] out of the configuration and unset PAYLINK_ZIPAY_…",
        ]
    );
    let last = problems.iter().last().unwrap();
    assert_eq!(last.kind(), ProblemKind::NotBuiltIn);
}
