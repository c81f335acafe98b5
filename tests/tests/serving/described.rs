//! The document that describes the API, held against the API by a tester made elsewhere.

use std::path::PathBuf;

use paylink_tests::service::Running;
use tokio::process::Command;

/// Seeds, separated by blanks, in place of the one that is usual.
const SEEDS: &str = "PAYLINK_SCHEMATHESIS_SEEDS";

/// The program beside the Python that `PAYLINK_PYTHON` names.
fn tester() -> Command {
    let python = std::env::var_os("PAYLINK_PYTHON").map(PathBuf::from);
    let beside = python.map(|python| python.with_file_name("schemathesis"));
    Command::new(beside.unwrap_or_else(|| "schemathesis".into()))
}

/// No 5xx, no answer that the document does not have, none of another form than it says. What the document cannot say, such as
/// which provider takes a mobile number, may be refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tester_of_apis_finds_nothing_that_the_document_does_not_say() {
    let accounts = ["cardpay", "pod", "sizpay", "zipay"];
    let settings = [
        ("account", "zipay"),
        ("requests_per_key", "2000"),
        ("requests_per_address", "2000"),
    ];
    let service = Running::open(&settings, &accounts).await.unwrap();
    let seeds = std::env::var(SEEDS).unwrap_or_else(|_| "1".to_owned());
    for seed in seeds.split_whitespace() {
        let output = tester()
            .arg("run")
            .arg(format!("{}/v1/openapi.json", service.url))
            .args([
                "--header",
                &format!("Authorization: Bearer {}", service.key),
            ])
            .args(["--seed", seed, "--max-examples", "25", "--no-color"])
            .args(["--exclude-checks", "positive_data_acceptance"])
            .output()
            .await
            .expect("schemathesis, of the Python that PAYLINK_PYTHON names");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "seed {seed}: {told}");
        assert!(told.contains("Tested: 17"), "seed {seed}: {told}");
    }
    service.stop().await.unwrap();
}

/// A person reads the same, without a key, and no script runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_reads_the_document_on_a_page() {
    let service = Running::open(&[], &["zipay"]).await.unwrap();
    let page = service.call_as("none", "GET", "/v1", None).await.unwrap();
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    for said in [
        "POST /v1/orders/{order}/refund",
        "retry_after_seconds",
        "awaiting_delivery",
    ] {
        assert!(page.body.contains(said), "{said}");
    }
    assert!(!page.body.contains("<script"));
    service.stop().await.unwrap();
}
