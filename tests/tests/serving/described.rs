//! The document that describes the API, held against the API by a tester made elsewhere.

use paylink_tests::service::Running;
use paylink_tests::tester;

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
    let key = format!("Authorization: Bearer {}", service.key);
    let arguments = [
        "--header",
        &key,
        "--exclude-checks",
        "positive_data_acceptance",
    ];
    let document = format!("{}/v1/openapi.json", service.url);
    let held = tester::hold(&document, &arguments, "", &[]).await;
    held.unwrap_or_else(|told| panic!("{told}"));
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
