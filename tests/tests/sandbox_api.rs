//! The document that describes the sandbox's API, held against the API by a tester made elsewhere.

use paylink_sandbox::Sandbox;
use paylink_tests::{sizpay_shop, tester};

use crate::simulated::{place, played};

/// What the document cannot say: an operation belongs to one provider and is refused for another, and not every provider sends webhooks.
const CONFIG: &str = r#"
[[operations]]
include-name = "POST /_sandbox/faults"
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "409", "422"]

[[operations]]
include-name = "POST /_sandbox/presets/{name}"
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "422"]
"#;

/// What would take away the payments by which the others are held.
const LEFT_OUT: [&str; 2] = ["POST /_sandbox/reset", "POST /_sandbox/snapshot"];

/// A sandbox in which every provider has payments, of which the newest is paid.
async fn open() -> Sandbox {
    let sandbox = sizpay_shop::open().await.unwrap();
    for provider in paylink::providers() {
        let played = played(&sandbox, provider);
        let account = played.settings();
        for _ in 0..2 {
            place(&sandbox, provider, &account).await.unwrap();
        }
        let newest = place(&sandbox, provider, &account).await.unwrap();
        newest.pay(provider, played).unwrap();
    }
    sandbox
}

/// No 5xx, no answer that the document does not have, none of another form than it says; and what it allows is taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tester_of_apis_finds_nothing_that_the_document_does_not_say() {
    let sandbox = open().await;
    let document = format!("{}/_sandbox/openapi.json", sandbox.url());
    let held = tester::hold(&document, &[], CONFIG, &LEFT_OUT).await;
    held.unwrap_or_else(|told| panic!("{told}"));
    sandbox.shutdown().await;
}
