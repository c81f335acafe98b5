//! Tokens, keys and environments, and how the vendor's older SDKs call.

use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::{Environment, OneTimeTokens};

use crate::client::{FORM, JSON, Reply, form, send};
use crate::pod::{CALL, NEW, Shop, open, refusal};

/// Calls the service for one-time tokens with these headers and this body.
async fn call(sandbox: &Sandbox, headers: &[(&str, &str)], body: &str) -> Reply {
    send(sandbox.url(), "POST", CALL, headers, body.as_bytes()).await
}

#[tokio::test]
async fn a_token_its_issuer_and_the_key_are_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let (token, issuer) = (("_token_", pod.token()), ("_token_issuer_", "1"));
    let body = format!("scProductId=29816&scApiKey={}", pod.api_key());
    let keyless = "scProductId=29816";
    let foreign = "scProductId=29816&scApiKey=0000";
    for (headers, body, code) in [
        (vec![issuer, FORM], body.as_str(), 21),
        (vec![("_token_", ""), issuer, FORM], &body, 21),
        (vec![token, token, issuer, FORM], &body, 21),
        (vec![("_token_", "other"), issuer, FORM], &body, 4),
        (vec![token, FORM], &body, 1001),
        (vec![token, ("_token_issuer_", "2"), FORM], &body, 1001),
        (vec![token, issuer, FORM], keyless, 4),
        (vec![token, issuer, FORM], foreign, 4),
        (vec![token, issuer], &body, 1001),
        (vec![token, issuer, JSON], &body, 1001),
    ] {
        let reply = call(&sandbox, &headers, body).await;
        assert_eq!(refusal(&reply).0, code, "{headers:?} {body}");
    }
    let reply = call(&sandbox, &[token, issuer, FORM], &body).await;
    assert_eq!(reply.json()["hasError"], false);
    let media_type = format!("{}; charset=UTF-8", FORM.1);
    let charset = (FORM.0, media_type.as_str());
    let reply = call(&sandbox, &[token, issuer, charset], &body).await;
    assert_eq!(reply.json()["hasError"], false);
}

#[tokio::test]
async fn a_key_opens_its_own_service_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = |api_key: &str| Shop {
        api_key: api_key.to_owned(),
        ..Shop::of(&sandbox)
    };
    let issuing = shop(pod.api_key_of(29796).unwrap());
    issuing.issue(&[]).await;
    issuing.refuses(29816, &[], 4).await;
    let tokens = shop(pod.api_key_of(29816).unwrap());
    tokens.call(29816, &[]).await.json();
    tokens.refuses(29796, &NEW, 4).await;
    assert_eq!(pod.api_key_of(39291), None);
}

#[tokio::test]
async fn a_users_token_cannot_do_a_businesss_work() {
    let (sandbox, shop) = open().await;
    let id = shop.issue_id(&[]).await.to_string();
    let person = Shop::of_account(&sandbox, sandbox.pod().user());
    let rival = Shop::of_account(&sandbox, sandbox.pod().other_business());
    let named = [("id", id.as_str())];
    let paid = [("invoiceId", id.as_str())];
    for stranger in [&person, &rival] {
        for number in [29809, 29808, 29812, 29810] {
            stranger.refuses(number, &named, 4).await;
        }
        for number in [29799, 29807, 29815] {
            stranger.refuses(number, &paid, 4).await;
        }
    }
    person.refuses(29796, &NEW, 4).await;
    person.refuses(29813, &[("offset", "0")], 4).await;
    let listed = rival.done(29813, &[("offset", "0")]).await;
    assert_eq!(listed.as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_one_time_token_is_good_once() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let headers = [("_token_", pod.token()), ("_token_issuer_", "1"), FORM];
    let fresh = async || {
        let body = shop.call(29816, &[]).await.json();
        body["ott"].as_str().unwrap().to_owned()
    };
    let mut body = form(&NEW);
    body.push_str(&format!("&scProductId=29796&scApiKey={}", pod.api_key()));
    let with_header = async |ott: &str| {
        let headers = [headers[0], headers[1], headers[2], ("_ott_", ott)];
        call(&sandbox, &headers, &body).await
    };
    let with_field =
        async |ott: &str| call(&sandbox, &headers, &format!("{body}&_ott_={ott}")).await;

    let token = fresh().await;
    let answered = with_header(&token).await.json();
    assert_eq!(answered["hasError"], false, "{answered}");
    assert_eq!(refusal(&with_header(&token).await).0, 1001);
    // The token of the answer is as good as one that was asked for.
    let next = answered["ott"].as_str().unwrap();
    assert_eq!(with_field(next).await.json()["hasError"], false);
    assert_eq!(refusal(&with_field(next).await).0, 1001);
    // Another user's is not.
    let person = Shop::of_account(&sandbox, pod.user());
    let theirs = person.call(29816, &[]).await.json();
    let refused = with_header(theirs["ott"].as_str().unwrap()).await;
    assert_eq!(refusal(&refused).0, 1001);

    let without = call(&sandbox, &headers, &body).await;
    assert_eq!(without.json()["hasError"], false);
    pod.change_settings(|settings| settings.one_time_tokens = OneTimeTokens::Required);
    assert_eq!(refusal(&call(&sandbox, &headers, &body).await).0, 1001);
    assert_eq!(with_header(&fresh().await).await.json()["hasError"], false);
    // Services whose SDKs send none ask for none.
    shop.done(29813, &[("offset", "0")]).await;
}

/// The two tables of the contract.
const NUMBERS: [(u32, Option<u32>); 17] = [
    (29821, Some(39317)),
    (30382, Some(39316)),
    (29807, Some(39302)),
    (369_550, None),
    (29815, Some(39310)),
    (29799, Some(39294)),
    (29800, Some(39295)),
    (29802, Some(39297)),
    (29801, Some(39296)),
    (1_113_426, None),
    (29796, Some(39291)),
    (29813, Some(39308)),
    (29809, Some(39304)),
    (29808, Some(39303)),
    (29812, Some(39307)),
    (29810, Some(39305)),
    (29816, Some(39311)),
];

/// The code of a number that no service has.
const NO_SERVICE: u64 = 1002;

#[tokio::test]
async fn each_environment_knows_its_own_numbers() {
    let (sandbox, shop) = open().await;
    let knows = async |number: u32| {
        let body = shop.call(number, &[]).await.json();
        body["errorCode"] != NO_SERVICE
    };
    for environment in [
        Environment::Both,
        Environment::Production,
        Environment::Sandbox,
    ] {
        let pod = sandbox.pod();
        pod.change_settings(|settings| settings.environment = environment);
        for (production, in_sandbox) in NUMBERS {
            for (number, absent_from) in [
                (Some(production), Environment::Sandbox),
                (in_sandbox, Environment::Production),
            ] {
                let Some(number) = number else { continue };
                let expected = environment != absent_from;
                assert_eq!(knows(number).await, expected, "{number} {environment:?}");
            }
        }
        for number in [0, 29795, 39318, 1] {
            assert!(!knows(number).await, "{number}");
        }
    }
}

#[tokio::test]
async fn both_numbers_call_the_same_service() {
    let (sandbox, shop) = open().await;
    let issued = shop.done(39291, &NEW).await;
    let id = issued["id"].to_string();
    let payment = [("invoiceId", &*id), ("wallet", "PODLAND_WALLET")];
    shop.done(39317, &payment).await;
    let paid = shop.invoice(issued["id"].as_u64().unwrap()).await;
    assert_eq!(paid["payed"], true);
    let operations = sandbox.journal().into_iter().map(|it| it.operation);
    let operations: Vec<_> = operations.collect();
    assert_eq!(operations, ["issue-invoice", "pay-any-invoice", "invoices"]);
}

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
    let asked = format!("scProductId=29813&offset=0&id={id}");
    let listed = get(&sandbox, &format!("{CALL}/"), &asked).await;
    assert_eq!(listed.json()["result"][0]["waiting"], true);
    let verified = get(&sandbox, CALL, &format!("scProductId=29809&id={id}")).await;
    assert_eq!(verified.json()["result"]["payed"], true);
}

#[tokio::test]
async fn a_get_does_not_read_its_body_and_a_post_not_its_query() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let headers = [("_token_", pod.token()), ("_token_issuer_", "1"), FORM];
    let params = format!("scProductId=29816&scApiKey={}", pod.api_key());
    let target = format!("{CALL}?{params}");
    for (method, target, body) in [("GET", CALL, params.as_str()), ("POST", &target, "")] {
        let reply = send(sandbox.url(), method, target, &headers, body.as_bytes()).await;
        assert_eq!(reply.json()["hasError"], true, "{method}");
    }
}

#[tokio::test]
async fn delegators_are_read_under_every_name() {
    let (sandbox, shop) = open().await;
    let pod = sandbox.pod();
    let business = pod.business().user_id();
    let sponsor = pod.sponsor().user_id();
    pod.delegate(sponsor, business, 1_000_000).unwrap();
    let names = "delegatorId delegatorId[] delegatorId[0] delegationId delegationId[]";
    for name in names.split(' ') {
        let id = shop.issue_id(&[]).await;
        let (text, sponsor) = (id.to_string(), sponsor.to_string());
        let params = [
            ("invoiceId", text.as_str()),
            ("wallet", "PODLAND_WALLET"),
            (name, &sponsor),
            ("forceDelegation", "True"),
        ];
        shop.gives(29821, &params, true).await;
        assert_eq!(shop.invoice(id).await["delegationAmount"], 50000, "{name}");
    }
    assert_eq!(pod.wallet(business).unwrap(), "100000000");
}

#[tokio::test]
async fn vouchers_may_come_along() {
    let (_sandbox, shop) = open().await;
    let vouchers = [("scVoucherHash", "a"), ("scVoucherHash[]", "b")];
    assert_eq!(shop.call(29816, &vouchers).await.json()["hasError"], false);
}
