use paylink_sandbox::Sandbox;

use crate::client::send;
use crate::shop::{CALL, Shop};

#[tokio::test]
async fn credentials_are_named_and_not_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    let sent = [
        ("invoiceId", "7"),
        ("wallet", "PODLAND_WALLET"),
        ("delegatorId[]", "11"),
        ("delegationHash", "a-hash"),
        ("code", "12345"),
        ("_ott_", "an-ott"),
        ("scVoucherHash", "a-voucher"),
        ("password", "hunter2"),
        ("billNumber", pod.user_token()),
    ];
    shop.call(29821, &sent).await;
    let journal = sandbox.journal();
    let entry = &journal[0];
    assert_eq!(
        (entry.provider, entry.operation),
        ("pod", "pay-any-invoice")
    );
    assert_eq!(entry.answered, Some(200));
    let values: Vec<_> = entry
        .parameters
        .iter()
        .map(|parameter| (parameter.name.as_str(), parameter.value.as_str()))
        .collect();
    let hidden = "[redacted]";
    assert_eq!(
        values,
        [
            ("_token_", hidden),
            ("scProductId", "29821"),
            ("scApiKey", hidden),
            ("invoiceId", "7"),
            ("wallet", "PODLAND_WALLET"),
            ("delegatorId", "11"),
            ("delegationHash", hidden),
            ("code", hidden),
            ("_ott_", hidden),
            ("scVoucherHash", hidden),
            ("password", hidden),
            ("billNumber", hidden),
        ]
    );
}

#[tokio::test]
async fn debug_output_and_pages_hold_no_secret() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    Shop::of(&sandbox).issue(&[]).await;
    let headers = [("_token_", pod.token()), ("_token_issuer_", "1")];
    let target = format!("{CALL}?scProductId=29816&scApiKey={}", pod.api_key());
    send(sandbox.url(), "GET", &target, &headers, b"").await;
    let mut shown = format!(
        "{sandbox:?} {pod:?} {:?} {:?}",
        pod.user(),
        sandbox.journal()
    );
    for path in [
        "/",
        "/_sandbox/journal",
        "/_sandbox/pod/accounts",
        "/_sandbox/pod/settings",
    ] {
        shown.push_str(&send(sandbox.url(), "GET", path, &[], b"").await.body);
    }
    for secret in [
        pod.token(),
        pod.user_token(),
        pod.api_key(),
        pod.api_key_of(29821).unwrap(),
    ] {
        assert!(!shown.contains(secret));
    }
}

#[tokio::test]
async fn a_seed_gives_the_same_keys_and_numbers_again() {
    let open = async || {
        let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
        let invoice = Shop::of(&sandbox).issue(&[]).await;
        let pod = sandbox.pod();
        let keys = (pod.token().to_owned(), pod.api_key().to_owned());
        (keys, invoice["id"].clone(), invoice["uniqueNumber"].clone())
    };
    assert_eq!(open().await, open().await);
}
