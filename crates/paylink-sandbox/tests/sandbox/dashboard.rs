//! The dashboard, read over HTTP.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use paylink_sandbox::zipay::VERIFY_WITHIN;
use paylink_sandbox::{Fault, Sandbox};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::client::{ATTACK, FORM, JSON, Reply, answer_to, eventually, get, send};
use crate::{cardpay, pod, sizpay, zipay};

const PAGES: [&str; 5] = ["/", "/requests", "/messages", "/faults", "/accounts"];

/// Reads a page in a language.
async fn read(sandbox: &Sandbox, path: &str, language: &str) -> Reply {
    let mark = if path.contains('?') { '&' } else { '?' };
    get(sandbox, &format!("{path}{mark}lang={language}")).await
}

/// Reads what stands between the navigation and the foot of a page in English.
async fn main_of(sandbox: &Sandbox, path: &str) -> String {
    let page = read(sandbox, path, "en").await;
    assert_eq!(page.status, 200, "{path}: {page:?}");
    let (_, main) = page.body.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    main.to_owned()
}

/// Lists the orders that the page of payments shows, newest first.
async fn orders(sandbox: &Sandbox, query: &str) -> Vec<String> {
    let main = main_of(sandbox, &format!("/?{query}")).await;
    let rows = main.split("data-announce=\"New payment: ").skip(1);
    let orders = rows.map(|row| row.split(',').next().unwrap_or_default().to_owned());
    orders.collect()
}

#[tokio::test]
async fn every_page_stands_in_both_languages_and_links_to_the_others() {
    let sandbox = Sandbox::start().await.unwrap();
    for page in PAGES {
        let persian = get(&sandbox, page).await;
        persian.fetches_nothing();
        persian.shows(r#"aria-current="page">"#);
        let english = read(&sandbox, page, "en").await;
        english.shows(r#"<html lang="en" dir="ltr">"#);
        english.shows("Sandbox time");
        for other in PAGES.iter().chain(&["/_sandbox"]) {
            english.shows(&format!(r#"<li><a href="{other}""#));
        }
        english.shows("<noscript>");
    }
}

#[tokio::test]
async fn its_policy_allows_its_own_style_and_script_and_asking_the_sandbox() {
    let sandbox = Sandbox::start().await.unwrap();
    let page = get(&sandbox, "/faults").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("; connect-src 'self'; "), "{policy}");
    for tag in ["style", "script"] {
        let blocks: Vec<_> = page.body.split(&format!("<{tag}>")).skip(1).collect();
        assert_eq!(blocks.len(), 2, "{tag}");
        for block in blocks {
            let (text, _) = block.split_once(&format!("</{tag}>")).unwrap();
            let hash = STANDARD.encode(Sha256::digest(text));
            assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    for path in [
        "/payments/zipay/none",
        "/payments/cardpay/none",
        "/payments/nobody/1",
        "/requests/1",
        "/requests/x",
        "/requests/18446744073709551616",
    ] {
        let page = read(&sandbox, path, "en").await;
        assert_eq!(page.status, 404, "{path}");
        page.shows("Page not found");
    }
}

#[tokio::test]
async fn payments_of_all_providers_are_found_by_provider_stage_order_and_id() {
    let sandbox = Sandbox::start().await.unwrap();
    let empty = main_of(&sandbox, "/").await;
    for provider in sandbox.providers() {
        assert!(empty.contains(&format!("PAYLINK_{}_", provider.name().to_uppercase())));
    }
    let (shop, card_shop) = (zipay::Shop::of(&sandbox), cardpay::Shop::of(&sandbox));
    let first = shop.create("zed-one").await;
    let second = shop.create("zed-۲").await;
    let created = card_shop.create("7100071").await;
    sizpay::Shop::of(&sandbox).send("sis-one").await;
    pod::Shop::of(&sandbox)
        .issue(&[("billNumber", "pod-one")])
        .await;
    assert_eq!(
        orders(&sandbox, "").await,
        ["pod-one", "sis-one", "7100071", "zed-۲", "zed-one"]
    );

    sandbox.zipay().pay(&first).unwrap();
    sandbox.zipay().decline(&second).unwrap();
    sandbox.cardpay().pay(created.pay_id).unwrap();
    card_shop.check(created.pay_id).await;
    for (query, expected) in [
        ("provider=zipay", &["zed-۲", "zed-one"][..]),
        ("state=open", &["pod-one", "sis-one"]),
        ("state=paid", &["zed-one"]),
        ("state=settled", &["7100071"]),
        ("state=failed&provider=zipay", &["zed-۲"]),
        ("q=-one", &["pod-one", "sis-one", "zed-one"]),
        (&format!("q={}", second.split_at(8).0), &["zed-۲"]),
        ("q=%DB%B7%DB%B1%DB%B0%DB%B0%DB%B0%DB%B7%DB%B1", &["7100071"]),
        ("q=ZED-2", &[]),
        ("q=zed-2", &["zed-۲"]),
        ("provider=nobody", &[]),
    ] {
        assert_eq!(orders(&sandbox, query).await, expected, "{query}");
    }
    let nothing = main_of(&sandbox, "/?q=nothing").await;
    assert!(nothing.contains("No payment is like this."), "{nothing}");
}

#[tokio::test]
async fn no_more_than_a_hundred_are_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = cardpay::Shop::of(&sandbox);
    for fid in 7_000_001..=7_000_101 {
        shop.create(&fid.to_string()).await;
    }
    for path in ["/", "/?state=open", "/requests"] {
        let main = main_of(&sandbox, path).await;
        assert_eq!(main.matches("<li data-key=").count(), 100, "{path}");
        assert!(main.contains("Only the newest 100 are shown."), "{path}");
    }
    assert_eq!(orders(&sandbox, "q=7000101").await, ["7000101"]);
}

#[tokio::test]
async fn a_payment_tells_what_happened_to_it_in_order() {
    let (sandbox, shop) = zipay::open().await;
    let hook = [("webhook", "http://127.0.0.1:9/hook")];
    let trackid = shop.create_with("1000", &hook).await;
    let path = format!("/payments/zipay/{trackid}");
    let open = main_of(&sandbox, &path).await;
    for act in ["pay", "decline"] {
        let button = format!("data-post=\"/_sandbox/zipay/invoices/{trackid}/{act}\"");
        assert!(open.contains(&button), "{open}");
    }
    get(&sandbox, &format!("/zipay/invoice_v1/{trackid}")).await;
    answer_to(
        &sandbox,
        &format!("/_sandbox/zipay/invoices/{trackid}/pay"),
        &json!({}),
    )
    .await;
    eventually(|| sandbox.webhooks().iter().all(|it| !it.attempts.is_empty())).await;
    let paid = main_of(&sandbox, &path).await;
    assert!(!paid.contains("invoices"), "nothing is left to do: {paid}");
    assert!(paid.contains("data-advance-to="), "{paid}");
    sandbox.clock().advance(VERIFY_WITHIN);
    shop.verify(&trackid).await;

    let page = main_of(&sandbox, &path).await;
    let mut rest = page.as_str();
    for step in [
        ">create-invoice<",
        ">created<",
        ">payment page opened<",
        ">paid<",
        ">webhook written<",
        ">money went back by itself<",
        ">verify<",
        "<h2>Requests and answers</h2>",
        "invoice_number=1000",
    ] {
        let place = rest.find(step);
        let place = place.unwrap_or_else(|| panic!("{step} is not, or not in its place: {page}"));
        rest = rest.split_at(place).1;
    }
    assert!(page.contains(">webhook delivery tried<"), "{page}");
}

#[tokio::test]
async fn a_request_is_shown_with_its_answer_its_fault_and_its_payment() {
    let (sandbox, shop) = zipay::open().await;
    let trackid = shop.create("1000").await;
    let fault = Fault::StatusAfter(502);
    sandbox.faults().next("zipay", "verify", fault).unwrap();
    shop.verify(&trackid).await;
    let list = main_of(&sandbox, "/requests").await;
    assert!(list.contains("<code class=\"bad\" dir=\"ltr\">status-after 502<"));
    let none = main_of(&sandbox, "/requests?provider=pod").await;
    assert!(none.contains("No request yet"), "{none}");

    let one = main_of(&sandbox, "/requests/2").await;
    for part in [
        "status-after 502",
        "POST /zipay/api/invoice-verify",
        "502 Bad Gateway",
        &format!("href=\"/payments/zipay/{trackid}\""),
        "data-post=\"/_sandbox/journal/2/resend\"",
        "curl -X POST",
        "PAYLINK_ZIPAY_API_KEY",
    ] {
        assert!(one.contains(part), "{part}: {one}");
    }
    let created = main_of(&sandbox, "/requests/1").await;
    assert!(created.contains("&#34;trackid&#34;: &#34;"), "{created}");
}

#[tokio::test]
async fn messages_link_into_the_sandbox_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = sizpay::Shop::of(&sandbox);
    let evil = "https://evil.example/?a=1 http://127.0.0.1:9/x";
    shop.send_with(json!({"CustomerName": evil, "Description": evil}))
        .await;
    let page = main_of(&sandbox, "/messages").await;
    let link = format!("<a href=\"{}/sizpay/", sandbox.url());
    assert!(page.contains(&link), "{page}");
    for foreign in ["href=\"https://evil", "href=\"http://127.0.0.1:9/"] {
        assert!(!page.contains(foreign), "{page}");
    }
}

#[tokio::test]
async fn faults_in_force_are_listed_and_their_presets_are_on() {
    let sandbox = Sandbox::start().await.unwrap();
    let switch = |page: &str, name: &str| {
        let (_, rest) = page.split_once(&format!("id=\"switch-{name}\"")).unwrap();
        let (button, _) = rest.split_once("</button>").unwrap();
        button.replace("&#34;", "\"")
    };
    let before = main_of(&sandbox, "/faults?provider=zipay").await;
    let off = switch(&before, "lost-answer");
    assert!(off.contains("aria-checked=\"false\""), "{off}");
    assert!(off.contains(r#"{"on":true,"provider":"zipay"}"#), "{off}");

    let body = json!({"on": true, "provider": "zipay"});
    answer_to(&sandbox, "/_sandbox/presets/lost-answer", &body).await;
    sandbox
        .faults()
        .times(
            "pod",
            "issue-invoice",
            3,
            Fault::Delay(Duration::from_millis(70)),
        )
        .unwrap();
    let page = main_of(&sandbox, "/faults").await;
    let on = switch(&page, "lost-answer");
    assert!(on.contains("aria-checked=\"true\""), "{on}");
    assert!(on.contains(r#"{"on":false,"provider":null}"#), "{on}");
    for part in [
        "<code dir=\"ltr\">drop-after</code>",
        "25%",
        "<code dir=\"ltr\">delay 70</code>",
        "times left: 3",
        "data-post=\"/_sandbox/faults/2/remove\"",
        "sandbox-fault: drop-after",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Whatever a request can meet can be chosen, and every operation too.
    for provider in sandbox.providers() {
        for operation in provider.operations() {
            let option = format!("<option value=\"{operation}\">");
            assert!(page.contains(&option), "{operation}");
        }
    }
}

#[tokio::test]
async fn markup_from_outside_is_text_on_every_page() {
    let sandbox = Sandbox::start().await.unwrap();
    fill(&sandbox, ATTACK, "6219861034529007").await;
    let (pages, _) = walk(&sandbox).await;
    for (path, page) in pages {
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(!page.body.contains("<img"), "{path}");
    }
}

#[tokio::test]
async fn no_page_shows_a_credential_or_a_card() {
    let sandbox = Sandbox::start().await.unwrap();
    let card = sandbox.cardpay().payer_card();
    fill(&sandbox, card, card).await;
    let mut secrets = vec![WRONG.to_owned(), card.to_owned()];
    for provider in sandbox.providers() {
        let others = provider.other_settings().unwrap_or_default();
        let all = provider.settings().into_iter().chain(others);
        let hidden = ["token", "key", "password", "user_name"];
        let is_hidden = |(key, _): &(&str, String)| hidden.iter().any(|it| key.contains(it));
        secrets.extend(all.filter(is_hidden).map(|(_, value)| value));
    }
    let cards = sandbox.cardpay().merchant_cards().iter();
    secrets.extend(cards.map(|card| card.number.number().to_owned()));
    assert!(secrets.len() > 15, "{}", secrets.len());
    let (pages, seen) = walk(&sandbox).await;
    assert!(seen.contains("621986XXXXXX"), "a card is shown in part");
    for (path, page) in pages {
        for (place, secret) in secrets.iter().enumerate() {
            assert!(!page.body.contains(secret.as_str()), "{place} on {path}");
        }
    }
}

const WRONG: &str = "a-wrong-credential-that-is-long";

/// Creates payments whose fields all hold `text`, and sends wrong credentials to every provider.
async fn fill(sandbox: &Sandbox, text: &str, card: &str) {
    let hook = format!("http://127.0.0.1:9/{}", text.replace(' ', "%20"));
    let (zipay_shop, card_shop) = (zipay::Shop::of(sandbox), cardpay::Shop::of(sandbox));
    let trackid = zipay_shop.create_with(text, &[("webhook", &hook)]).await;
    sandbox.zipay().pay(&trackid).unwrap();
    let created = card_shop
        .create_with("71", &[cardpay::CALLBACK, ("unknown", text)])
        .await;
    card_shop.set_card(created.pay_id, card).await;
    sandbox.cardpay().pay(created.pay_id).unwrap();
    let fields = json!({"CustomerName": text, "Description": text, "InvoiceNo": text});
    sizpay::Shop::of(sandbox)
        .call("PayLinkSend", sizpay::new(fields))
        .await;
    sizpay::Shop::of(sandbox).send("1000").await;
    let fields = [
        ("billNumber", text),
        ("productDescription", text),
        ("metadata", text),
    ];
    pod::Shop::of(sandbox).call(29796, &pod::new(&fields)).await;

    let origin = sandbox.url();
    for (path, header) in [
        ("/zipay/api/create-invoice", "api_key"),
        ("/zipay/api/invoice-status", "api_sign"),
        ("/cardpay/api/create", "token"),
        (pod::CALL, "_token_"),
    ] {
        let body = format!("{header}={WRONG}&password={WRONG}&scApiKey={WRONG}");
        let headers = [(header, WRONG), ("authorization", WRONG), FORM];
        send(origin, "POST", path, &headers, body.as_bytes()).await;
    }
    let keys = json!({"UserName": WRONG, "Password": WRONG, "PayLinkName": "x"}).to_string();
    let path = "/sizpay/api/PayLinkSend/PayLinkSend";
    send(origin, "POST", path, &[JSON], keys.as_bytes()).await;
    eventually(|| sandbox.webhooks().iter().all(|it| !it.attempts.is_empty())).await;
}

/// Reads every page that there is, in both languages, and returns all their text as well.
async fn walk(sandbox: &Sandbox) -> (Vec<(String, Reply)>, String) {
    let mut paths: Vec<String> = PAGES.iter().map(|&path| path.to_owned()).collect();
    for list in ["/", "/requests"] {
        let main = main_of(sandbox, list).await;
        let links = main.split("class=\"main\" href=\"").skip(1);
        paths.extend(links.map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    assert!(paths.len() > 15, "{paths:?}");
    let (mut pages, mut seen) = (Vec::new(), String::new());
    for path in paths {
        for language in ["fa", "en"] {
            let page = read(sandbox, &path, language).await;
            assert_eq!(page.status, 200, "{path}");
            seen.push_str(&page.body);
            pages.push((path.clone(), page));
        }
    }
    (pages, seen)
}
