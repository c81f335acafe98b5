use paylink_sandbox::pod::{Failure, State};
use paylink_sandbox::{Fault, Sandbox};

use crate::client::exchange;
use crate::shop::{CALL, Param, Shop, form, snapshot};

const WALLET: Param<'_> = ("wallet", "PODLAND_WALLET");

#[tokio::test]
async fn pod_fails_in_its_own_envelope_before_or_after_executing() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    for (failure, code) in [
        (Failure::ServiceTimeout, 227),
        (Failure::RelayFailed, 378),
        (Failure::Internal, 999),
    ] {
        let id = shop.issue_id(&[]).await;
        let text = id.to_string();
        let params = [("invoiceId", text.as_str()), WALLET];
        pod.fail_before("pay-any-invoice", failure);
        assert_eq!(shop.code(29821, &params).await, code);
        assert_eq!(snapshot(pod, id).state, State::Unpaid);
        pod.fail_after("pay-any-invoice", failure);
        assert_eq!(shop.code(29821, &params).await, code);
        assert_eq!(snapshot(pod, id).state, State::Paid);
        assert_eq!(shop.code(29821, &params).await, 24);
        assert_eq!(snapshot(pod, id).times_paid(), 1);
    }
}

#[tokio::test]
async fn a_failure_waits_for_its_own_operation_and_for_somebody_who_is_let_in() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    sandbox.pod().fail_before("cancel", Failure::Internal);
    let id = shop.issue_id(&[]).await.to_string();
    let wrong = Shop {
        api_key: "0000",
        ..Shop::of(&sandbox)
    };
    assert_eq!(wrong.code(29810, &[("id", &id)]).await, 4);
    assert_eq!(shop.code(29810, &[("id", &id)]).await, 999);
    assert_eq!(shop.done(29810, &[("id", &id)]).await, true);
}

#[tokio::test]
async fn the_wires_faults_befall_pod_too() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    for (fault, paid) in [(Fault::DropBefore, false), (Fault::DropAfter, true)] {
        let id = shop.issue_id(&[]).await;
        sandbox.faults().next("pod", "mark-paid", fault);
        let headers = [
            ("_token_", shop.token),
            ("_token_issuer_", "1"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let text = id.to_string();
        let body = form(&[
            ("scProductId", "29799"),
            ("scApiKey", shop.api_key),
            ("invoiceId", &text),
        ]);
        let raw = exchange(sandbox.url(), "POST", CALL, &headers, body.as_bytes()).await;
        assert_eq!(raw, b"", "{fault}");
        assert_eq!(snapshot(pod, id).state == State::Paid, paid, "{fault}");
    }
}
