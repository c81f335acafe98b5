use paylink_sandbox::Sandbox;

use crate::client::send;

/// Asserts that ASP.NET itself answers, without a `ResCod`.
async fn not_understood(verb: &str, method: &str, media_type: &str, body: &[u8], status: u16) {
    let sandbox = Sandbox::start().await.unwrap();
    let path = format!("/sizpay/api/PayLinkSend/{method}");
    let headers = [("content-type", media_type)];
    let reply = send(sandbox.url(), verb, &path, &headers, body).await;
    assert_eq!(reply.status, status, "{verb} {method} {media_type}");
    let answer = reply.json();
    assert!(
        answer["Message"].is_string() && answer.get("ResCod").is_none(),
        "{answer}"
    );
    assert!(sandbox.sizpay().links().is_empty());
}

#[tokio::test]
async fn what_is_no_call_is_refused_before_sizpay_sees_it() {
    let json = "application/json";
    not_understood("POST", "PayLinkSend", json, b"", 400).await;
    not_understood("POST", "PayLinkSend", json, b"[]", 400).await;
    not_understood("POST", "PayLinkSend", json, b"{} {}", 400).await;
    not_understood("POST", "PayLinkSend", json, b"{\"Amount\":\xff}", 400).await;
    not_understood("POST", "PayLinkSend", "text/plain", b"{}", 415).await;
    not_understood("POST", "PayLinkExplode", json, b"{}", 404).await;
    not_understood("GET", "PayLinkSend", json, b"", 405).await;
}
