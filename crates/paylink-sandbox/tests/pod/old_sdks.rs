//! The manners of the vendor's older SDKs, which the document does not know.

use paylink_sandbox::Sandbox;

use crate::client::{Reply, send};
use crate::shop::{CALL, Shop, form};

async fn get(sandbox: &Sandbox, path: &str, params: &str) -> Reply {
    let headers = [("_token_", sandbox.pod().token()), ("_token_issuer_", "1")];
    let target = format!("{path}?{params}&scApiKey={}", sandbox.pod().api_key());
    send(sandbox.url(), "GET", &target, &headers, b"").await
}

#[tokio::test]
async fn get_carries_the_same_parameters_in_its_query() {
    let sandbox = Sandbox::start().await.unwrap();
    let issued = get(
        &sandbox,
        CALL,
        "scProductId=29796&productId[]=0&price[]=25000&quantity[]=1&productDescription[]=a\
         &productId[]=0&price[]=30000&quantity[]=1&productDescription[]=b\
         &guildCode=CLOTHING_GUILD&preferredTaxRate=0&verificationNeeded=True",
    )
    .await
    .json();
    assert_eq!(issued["result"]["totalAmount"], 55000, "{issued}");
    assert_eq!(issued["result"]["verificationNeeded"], true);
    let id = &issued["result"]["id"];
    sandbox.pod().pay_by_card(id.as_u64().unwrap()).unwrap();
    let listed = get(
        &sandbox,
        &format!("{CALL}/"),
        &format!("scProductId=29813&offset=0&id={id}"),
    )
    .await;
    assert_eq!(listed.json()["result"][0]["waiting"], true);
    let verified = get(&sandbox, CALL, &format!("scProductId=29809&id={id}")).await;
    assert_eq!(verified.json()["result"]["payed"], true);
}

#[tokio::test]
async fn a_get_does_not_read_its_body_and_a_post_not_its_query() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let headers = [
        ("_token_", pod.token()),
        ("_token_issuer_", "1"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let params = format!("scProductId=29816&scApiKey={}", pod.api_key());
    let target = format!("{CALL}?{params}");
    for (method, target, body) in [("GET", CALL, params.as_str()), ("POST", &target, "")] {
        let reply = send(sandbox.url(), method, target, &headers, body.as_bytes()).await;
        assert_eq!(reply.json()["hasError"], true, "{method}");
    }
}

#[tokio::test]
async fn delegators_are_read_under_every_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
    let business = pod.business().user_id();
    pod.delegate(pod.sponsor().user_id(), business, 1_000_000)
        .unwrap();
    for name in [
        "delegatorId",
        "delegatorId[]",
        "delegatorId[0]",
        "delegationId",
        "delegationId[]",
    ] {
        let id = shop.issue_id(&[]).await;
        let (text, sponsor) = (id.to_string(), pod.sponsor().user_id().to_string());
        let params = [
            ("invoiceId", text.as_str()),
            ("wallet", "PODLAND_WALLET"),
            (name, &sponsor),
            ("forceDelegation", "True"),
        ];
        assert_eq!(shop.done(29821, &params).await, true, "{}", form(&params));
        assert_eq!(shop.invoice(id).await["delegationAmount"], 50000, "{name}");
    }
    assert_eq!(pod.wallet(business).unwrap(), "100000000");
}

#[tokio::test]
async fn vouchers_may_come_along() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let vouchers = [("scVoucherHash", "a"), ("scVoucherHash[]", "b")];
    assert_eq!(shop.call(29816, &vouchers).await.json()["hasError"], false);
}
