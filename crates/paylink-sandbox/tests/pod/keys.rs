use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::OneTimeTokens;

use crate::client::{Reply, send};
use crate::shop::{CALL, NEW, Shop, form, refusal};

/// Calls the service for one-time tokens with these headers and this body.
async fn call(sandbox: &Sandbox, headers: &[(&str, &str)], body: &str) -> Reply {
    send(sandbox.url(), "POST", CALL, headers, body.as_bytes()).await
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

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
        (
            vec![token, issuer, ("content-type", "application/json")],
            &body,
            1001,
        ),
    ] {
        let reply = call(&sandbox, &headers, body).await;
        assert_eq!(refusal(&reply).0, code, "{headers:?} {body}");
    }
    let reply = call(&sandbox, &[token, issuer, FORM], &body).await;
    assert_eq!(reply.json()["hasError"], false);
    let charset = (
        "content-type",
        "application/x-www-form-urlencoded; charset=UTF-8",
    );
    let reply = call(&sandbox, &[token, issuer, charset], &body).await;
    assert_eq!(reply.json()["hasError"], false);
}

#[tokio::test]
async fn a_key_opens_its_own_service_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = |api_key| Shop {
        api_key,
        ..Shop::of(&sandbox)
    };
    let issuing = shop(pod.api_key_of(29796).unwrap());
    issuing.issue(&[]).await;
    assert_eq!(issuing.code(29816, &[]).await, 4);
    let tokens = shop(pod.api_key_of(29816).unwrap());
    tokens.call(29816, &[]).await.json();
    assert_eq!(tokens.code(29796, &NEW).await, 4);
    assert_eq!(pod.api_key_of(39291), None);
}

#[tokio::test]
async fn a_users_token_cannot_do_a_businesss_work() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = Shop::of(&sandbox).issue_id(&[]).await.to_string();
    let person = Shop::of_account(&sandbox, sandbox.pod().user());
    let rival = Shop::of_account(&sandbox, sandbox.pod().other_business());
    let named = [("id", id.as_str())];
    let paid = [("invoiceId", id.as_str())];
    for stranger in [&person, &rival] {
        for number in [29809, 29808, 29812, 29810] {
            assert_eq!(stranger.code(number, &named).await, 4, "{number}");
        }
        for number in [29799, 29807, 29815] {
            assert_eq!(stranger.code(number, &paid).await, 4, "{number}");
        }
    }
    assert_eq!(person.code(29796, &NEW).await, 4);
    assert_eq!(person.code(29813, &[("offset", "0")]).await, 4);
    let listed = rival.done(29813, &[("offset", "0")]).await;
    assert_eq!(listed.as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_one_time_token_is_good_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let pod = sandbox.pod();
    let shop = Shop::of(&sandbox);
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
    // Somebody else's is not.
    let person = Shop::of_account(&sandbox, pod.user());
    let theirs = person.call(29816, &[]).await.json();
    assert_eq!(
        refusal(&with_header(theirs["ott"].as_str().unwrap()).await).0,
        1001
    );

    assert_eq!(
        call(&sandbox, &headers, &body).await.json()["hasError"],
        false
    );
    pod.change_settings(|settings| settings.one_time_tokens = OneTimeTokens::Required);
    assert_eq!(refusal(&call(&sandbox, &headers, &body).await).0, 1001);
    assert_eq!(with_header(&fresh().await).await.json()["hasError"], false);
    // Services whose SDKs send none ask for none.
    shop.done(29813, &[("offset", "0")]).await;
}
