//! The API under `/_sandbox/pod`, and the journal.

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::State;
use serde_json::{Value, json};

use crate::client::{
    answer_to, change_settings, delete, get, get_json, noted, of, post_json, posted, routes_of,
    send,
};
use crate::pod::{CALL, Shop, open, snapshot};

#[tokio::test]
async fn its_routes_are_described() {
    let sandbox = Sandbox::start().await.unwrap();
    #[rustfmt::skip]
    let routes = [
        "DELETE failures", "GET accounts", "GET failures", "GET invoices", "GET invoices/{id}",
        "GET settings", "POST accounts/{user_id}/wallet", "POST credits", "POST failures",
        "POST invoices/{id}/leave-gateway", "POST invoices/{id}/open-gateway",
        "POST invoices/{id}/pay-by-card", "POST invoices/{id}/pay-by-wallet",
        "POST invoices/{id}/purchase-at-pos", "POST settings", "POST sms-answers",
    ];
    assert_eq!(routes_of(&sandbox, "pod").await, routes);
}

#[tokio::test]
async fn its_settings_are_read_and_changed_one_by_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let unusable = [
        json!({"environment": "moon"}),
        json!({"tax_percent": 101}),
        json!({"second_verify": "x"}),
    ];
    #[rustfmt::skip]
    let settings = [
        ("environment", json!("both"), json!("sandbox")),
        ("tax_percent", json!(9), json!(10)),
        ("bill_numbers", json!("unique"), json!("repeatable")),
        ("one_time_tokens", json!("optional"), json!("required")),
        ("second_verify", json!("refuses"), json!("answers-invoice")),
        ("after_timeout", json!("unpaid"), json!("canceled")),
        ("pos_inquiry", json!("checks"), json!("trusts")),
        ("confirmation", json!("truth"), json!("text")),
        ("done", json!("truth"), json!("words")),
        ("worded_refusals", json!("numbered"), json!("zero")),
        ("link_ending", json!("ampersand"), json!("bare")),
        ("persian_text", json!("plain"), json!("escaped")),
    ];
    change_settings(&sandbox, "pod", &settings, &unusable).await;
}

#[tokio::test]
async fn the_payer_acts_over_http() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let user_id = pod.user().user_id().to_string();
    let issue = async || shop.issue_id(&[("userId", &user_id)]).await;
    let act = async |id: u64, act: &str, body: Value| {
        let path = format!("/_sandbox/pod/invoices/{id}/{act}");
        post_json(&sandbox, &path, &body).await
    };

    let by_card = issue().await;
    let at_gateway = act(by_card, "open-gateway", Value::Null).await;
    assert_eq!(at_gateway.json()["state"], "at-gateway");
    assert_eq!(act(by_card, "open-gateway", Value::Null).await.status, 409);
    let left = act(by_card, "leave-gateway", Value::Null).await;
    assert_eq!(left.json()["state"], "unpaid");
    let paid = act(by_card, "pay-by-card", Value::Null).await.json();
    assert_eq!(of(&paid, &["state", "times_paid"]), json!(["paid", 1]));
    assert_eq!(act(by_card, "pay-by-card", Value::Null).await.status, 409);

    let by_wallet = issue().await;
    let other = pod.other_user().user_id();
    let paid = act(by_wallet, "pay-by-wallet", json!({"user_id": other})).await;
    assert_eq!(paid.json()["state"], "paid");
    assert_eq!(pod.wallet(other).unwrap(), "99950000");

    let by_pos = issue().await;
    let purchase = act(by_pos, "purchase-at-pos", Value::Null).await.json();
    let fields = purchase.as_object().unwrap().iter();
    let fields = fields.map(|(name, value)| (name, value.to_string().replace('"', "")));
    let fields: Vec<_> = fields.collect();
    let params: Vec<_> = fields.iter().map(|it| (it.0.as_str(), &*it.1)).collect();
    shop.gives(29801, &params, true).await;

    let by_sms = issue().await;
    shop.done(29807, &[("invoiceId", &by_sms.to_string())])
        .await;
    let text = sandbox.sms().pop().unwrap().text;
    let code = text.split_once("کد ").unwrap().1.split(' ').next().unwrap();
    let (path, answer) = ("/_sandbox/pod/sms-answers", json!({"code": code}));
    let answered = answer_to(&sandbox, path, &answer).await;
    assert_eq!(answered["id"], by_sms);
    posted(&sandbox, path, &answer, 404).await;

    for id in [by_card, by_wallet, by_pos, by_sms] {
        assert_eq!(snapshot(pod, id).state, State::Paid);
        let path = format!("/_sandbox/pod/invoices/{id}");
        assert_eq!(get_json(&sandbox, &path).await["id"], id);
    }
    let listed = get_json(&sandbox, "/_sandbox/pod/invoices").await;
    assert_eq!(listed.as_array().unwrap().len(), 4);
    for path in ["/_sandbox/pod/invoices/7", "/_sandbox/pod/invoices/x"] {
        assert_eq!(get(&sandbox, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn wallets_are_filled_and_credits_given() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let (sponsor, user) = (pod.sponsor().user_id(), pod.user().user_id());
    let (path, content) = ("/_sandbox/pod/accounts", json!({"rial": 5}));
    let filled = answer_to(&sandbox, &format!("{path}/{user}/wallet"), &content).await;
    assert_eq!(filled["wallet"], "5");
    posted(&sandbox, &format!("{path}/1/wallet"), &content, 404).await;
    let accounts = get_json(&sandbox, path).await;
    let mobiles = accounts.as_array().unwrap().iter().map(|it| &it["mobile"]);
    assert_eq!(mobiles.filter(|mobile| mobile.is_string()).count(), 2);
    let credit = json!({"from": sponsor, "to": user, "rial": 50_000});
    let given = answer_to(&sandbox, "/_sandbox/pod/credits", &credit).await;
    let id = shop.issue_id(&[]).await.to_string();
    let params = [
        ("invoiceId", id.as_str()),
        ("wallet", "PODLAND_WALLET"),
        ("delegationHash", given["hash"].as_str().unwrap()),
    ];
    let caller = Shop::of_account(&sandbox, pod.user());
    caller.done(29821, &params).await;
    assert_eq!(pod.wallet(user).unwrap(), "5");
}

#[tokio::test]
async fn failures_are_planned_listed_and_cleared() {
    let (sandbox, shop) = open().await;
    let planned = json!({"operation": "one-time-token", "code": 378, "executed": true});
    posted(&sandbox, "/_sandbox/pod/failures", &planned, 201).await;
    let listed = get_json(&sandbox, "/_sandbox/pod/failures").await;
    assert_eq!(listed, json!([planned]));
    shop.refuses(29816, &[], 378).await;
    post_json(&sandbox, "/_sandbox/pod/failures", &planned).await;
    delete(&sandbox, "/_sandbox/pod/failures").await;
    assert_eq!(shop.call(29816, &[]).await.json()["hasError"], false);
    for bad in [
        json!({"operation": "verify", "code": 378, "executed": true}),
        json!({"operation": "cancel", "code": 24, "executed": true}),
        json!({"operation": "cancel", "code": 227}),
    ] {
        posted(&sandbox, "/_sandbox/pod/failures", &bad, 422).await;
    }
}

#[tokio::test]
async fn credentials_are_named_and_not_shown() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
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
    assert_eq!(entry.provider, "pod");
    assert_eq!(entry.operation, "pay-any-invoice");
    assert_eq!(entry.answered, Some(200));
    let hidden = "[redacted]";
    assert_eq!(
        noted(entry),
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
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    shop.issue(&[]).await;
    let headers = [("_token_", pod.token()), ("_token_issuer_", "1")];
    let target = format!("{CALL}?scProductId=29816&scApiKey={}", pod.api_key());
    send(sandbox.url(), "GET", &target, &headers, b"").await;
    let (user, journal) = (pod.user(), sandbox.journal());
    let mut shown = format!("{sandbox:?} {pod:?} {user:?} {journal:?}");
    for path in " _sandbox/journal _sandbox/pod/accounts _sandbox/pod/settings".split(' ') {
        shown.push_str(&get(&sandbox, &format!("/{path}")).await.body);
    }
    let keys = [pod.api_key(), pod.api_key_of(29821).unwrap()];
    for secret in keys.into_iter().chain([pod.token(), pod.user_token()]) {
        assert!(!shown.contains(secret));
    }
}
