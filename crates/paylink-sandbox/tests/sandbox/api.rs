//! The API under `/_sandbox`, whichever provider a route is about.

use std::collections::BTreeSet;

use paylink_sandbox::{Sandbox, Simulated};
use serde_json::{Value, json};

use crate::client::{FORM, JSON, Param, Reply, get, get_json, of, post_json, posted, send};

const DOCUMENT: &str = "/_sandbox/openapi.json";

/// Lists all operations of the document: method, path, what is said.
fn operations(document: &Value) -> Vec<(String, &String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, said)| (method.to_uppercase(), path, said))
    });
    operations.collect()
}

/// Lists what a part of the document refers to.
fn references(part: &Value) -> Vec<String> {
    let text = part.to_string();
    let references = text.split(r##""$ref":"#"##).skip(1);
    let references = references.map(|rest| rest.split('"').next().unwrap().to_owned());
    references.collect()
}

/// Asserts that an answer is a refusal of the one form, and returns its code.
fn code(reply: &Reply) -> String {
    let refusal = reply.json();
    let error = refusal["error"].as_object().unwrap();
    assert!(error["message"].is_string(), "{reply:?}");
    assert_eq!(refusal.as_object().unwrap().len(), 1);
    error["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_description_lists_every_route() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = get_json(&sandbox, DOCUMENT).await;
    let (mut listed, mut names) = (BTreeSet::new(), BTreeSet::new());
    let tags = document["tags"].as_array().unwrap();
    for (method, path, said) in operations(&document) {
        let summary = said["summary"].as_str().unwrap();
        assert!(summary.ends_with('.'), "{method} {path}: {summary}");
        let name = said["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name}");
        let tag = &said["tags"][0];
        assert!(tags.iter().any(|it| it["name"] == *tag), "{tag}");
        // What is described is served: such a request reaches a handler, and has a described answer.
        let asked = path.replace(['{', '}'], "");
        let reply = send(sandbox.url(), &method, &asked, &[], b"").await;
        let answer = &said["responses"][reply.status.to_string()];
        assert!(answer.is_object(), "{method} {path}: {reply:?}");
        listed.insert(format!("{method} {}", path.replace("/_sandbox/", "")));
    }
    // Those of one provider stand in its own tests.
    let providers = sandbox.providers();
    let of = |provider: &Simulated, route: &str| {
        let path = route.split_once(' ').map_or("", |(_, path)| path);
        path.split('/').next() == Some(provider.name())
    };
    for provider in providers {
        let is_listed = |route: &&String| of(provider, route) && route.ends_with("/settings");
        assert_eq!(listed.iter().filter(is_listed).count(), 2, "{listed:?}");
    }
    listed.retain(|route| !providers.iter().any(|it| of(it, route)));
    let shared = [
        "DELETE faults",
        "DELETE journal",
        "GET changes/{seen}",
        "GET clock",
        "GET environment",
        "GET faults",
        "GET health",
        "GET journal",
        "GET journal.har",
        "GET journal/{number}",
        "GET presets",
        "GET seed",
        "GET sms",
        "GET snapshot",
        "GET webhooks",
        "POST clock",
        "POST clock/next-deadline",
        "POST faults",
        "POST faults/{number}/remove",
        "POST journal/{number}/resend",
        "POST presets/{name}",
        "POST reset",
        "POST seed",
        "POST snapshot",
        "POST webhooks/{number}/resend",
    ];
    assert_eq!(
        listed.iter().collect::<Vec<_>>(),
        shared.iter().collect::<Vec<_>>()
    );
}

/// That no two types have one name is asserted where the document is made, in every test.
#[tokio::test]
async fn every_reference_resolves_and_stays_with_its_provider() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = get_json(&sandbox, DOCUMENT).await;
    let all = references(&document);
    assert!(all.len() > 10, "{document}");
    for reference in all {
        let found = document.pointer(&reference);
        assert!(found.is_some(), "{reference} leads nowhere");
    }
    let providers = sandbox.providers().iter().map(Simulated::name);
    let providers: Vec<_> = providers.collect();
    let whose = |name: &str| {
        let name = name.rsplit('/').next().unwrap().to_lowercase();
        let name = name.strip_prefix("event_").unwrap_or(&name).to_owned();
        let found = providers.iter().find(|it| name.starts_with(**it));
        found.copied()
    };
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        for reference in references(schema) {
            let owner = whose(&reference);
            assert!(
                owner.is_none() || owner == whose(name),
                "{name}: {reference}"
            );
        }
    }
    for (_, path, said) in operations(&document) {
        let tag = said["tags"][0].as_str().unwrap();
        for reference in references(said) {
            let owner = whose(&reference);
            let is_shared =
                reference.starts_with("/components/responses/") || reference.ends_with("/Problem");
            let is_own = owner == Some(tag) || owner.is_none() && tag == "sandbox";
            assert!(is_shared || is_own, "{path}: {reference}");
        }
    }
    // A provider may be without events, and without anything to choose.
    let mut events = schemas.clone();
    events.retain(|name, _| name.starts_with("Event_"));
    assert!(events.len() >= 4, "{events:?}");
    for (name, event) in events {
        let kind = &event["properties"]["kind"];
        assert!(kind["enum"][0].is_string(), "{name}: {kind}");
    }
    for provider in providers {
        let (first, rest) = provider.split_at(1);
        let played = first.to_uppercase() + rest;
        let settings = &schemas[&format!("{played}Settings")];
        assert_eq!(settings["type"], "object", "{played}: {settings}");
        // A change names what it changes and nothing else.
        assert!(settings.get("required").is_none(), "{settings}");
    }
}

#[tokio::test]
async fn every_body_has_an_example_that_is_taken() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = get_json(&sandbox, DOCUMENT).await;
    let mut taken = 0;
    for (method, path, said) in operations(&document) {
        let Some(content) = said.pointer("/requestBody/content/application~1json") else {
            continue;
        };
        let asked = path.replace(['{', '}'], "");
        let reply = post_json(&sandbox, &asked, &content["example"]).await;
        let is_taken = [200, 201, 404].contains(&reply.status);
        assert!(is_taken, "{method} {path}: {reply:?}");
        taken += usize::from(reply.status != 404);
    }
    assert!(taken >= 6, "{taken}");
}

/// A request, and the status and the code with which it is refused.
type Case<'a> = (&'a str, &'a str, &'a [Param<'a>], &'a [u8], u16, &'a str);

#[tokio::test]
async fn every_refusal_has_one_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let clock = "/_sandbox/clock";
    let long = vec![b' '; 64 * 1024 + 1];
    #[rustfmt::skip]
    let cases: [Case<'_>; 20] = [
        ("GET", "/_sandbox/", &[], b"", 404, "unknown-path"),
        ("GET", "/_sandbox/nothing", &[], b"", 404, "unknown-path"),
        ("POST", "/_sandbox/zipay/", &[], b"", 404, "unknown-path"),
        ("GET", "/_sandbox/zipay/invoices/%ff", &[], b"", 404, "not-found"),
        ("GET", "/_sandbox/zipay/invoices/none", &[], b"", 404, "unknown-invoice"),
        ("GET", "/_sandbox/pod/invoices/x", &[], b"", 404, "not-found"),
        ("GET", "/_sandbox/pod/invoices/18446744073709551616", &[], b"", 404, "not-found"),
        ("PUT", clock, &[], b"", 405, "method-not-allowed"),
        ("OPTIONS", clock, &[], b"", 405, "method-not-allowed"),
        ("POST", "/_sandbox", &[], b"", 405, "method-not-allowed"),
        ("POST", clock, &[JSON], b"", 400, "malformed"),
        ("POST", clock, &[JSON], b"{", 400, "malformed"),
        ("POST", clock, &[JSON], b"{\"advance_seconds\": 1} {}", 400, "malformed"),
        ("POST", clock, &[JSON], b"\xff", 400, "malformed"),
        ("POST", clock, &[JSON], b"[1800]", 422, "unusable"),
        ("POST", clock, &[JSON], b"null", 422, "unusable"),
        ("POST", clock, &[], b"", 415, "not-json"),
        ("POST", clock, &[], b"{\"advance_seconds\": 1}", 415, "not-json"),
        ("POST", clock, &[JSON], &long, 413, "too-large"),
        ("GET", clock, &[("origin", "null")], b"", 403, "foreign-origin"),
    ];
    for (method, path, headers, body, status, expected) in cases {
        let reply = send(sandbox.url(), method, path, headers, body).await;
        assert_eq!(
            (reply.status, code(&reply).as_str()),
            (status, expected),
            "{method} {path}"
        );
        assert_eq!(reply.header("allow").is_some(), status == 405, "{reply:?}");
        for (name, value) in [
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{reply:?}");
        }
        assert!(reply.header("access-control-allow-origin").is_none());
    }
    assert_eq!(sandbox.clock().advanced(), std::time::Duration::ZERO);
}

#[tokio::test]
async fn a_name_that_is_not_known_is_refused_with_those_that_are() {
    let sandbox = Sandbox::start().await.unwrap();
    let planned = |provider: &str, operation: &str| json!({"provider": provider, "operation": operation, "fault": {"kind": "html"}});
    let zipay = &sandbox.providers()[3];
    let names: Vec<_> = sandbox.providers().iter().map(Simulated::name).collect();
    for (body, expected, known) in [
        (planned("paypal", "create"), "unknown-provider", names),
        (
            planned(zipay.name(), "nothing"),
            "unknown-operation",
            zipay.operations(),
        ),
    ] {
        let reply = post_json(&sandbox, "/_sandbox/faults", &body).await;
        assert_eq!((reply.status, code(&reply).as_str()), (422, expected));
        assert_eq!(reply.json()["error"]["known"], json!(known));
    }
}

#[tokio::test]
async fn a_message_does_not_repeat_whatever_was_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = json!({"x".repeat(10_000): 1});
    let reply = post_json(&sandbox, "/_sandbox/clock", &body).await;
    assert_eq!(code(&reply), "unusable");
    assert!(reply.body.len() < 600, "{reply:?}");
}

#[tokio::test]
async fn a_whole_number_may_be_written_with_a_fraction() {
    let sandbox = Sandbox::start().await.unwrap();
    for (written, status) in [
        ("1800.0", 200),
        ("1.8e3", 200),
        ("0.5", 422),
        ("1e19", 200),
        ("1e20", 422),
    ] {
        let body = format!(r#"{{"advance_seconds": {written}}}"#);
        let reply = send(
            sandbox.url(),
            "POST",
            "/_sandbox/clock",
            &[JSON],
            body.as_bytes(),
        );
        assert_eq!(reply.await.status, status, "{written}");
    }
    let path = "/_sandbox/cardpay/settings";
    let body = br#"{"time_allowed_seconds": 60.0}"#;
    let reply = send(sandbox.url(), "POST", path, &[JSON], body).await;
    assert_eq!(reply.json()["time_allowed_seconds"], 60);
}

#[tokio::test]
async fn it_says_that_it_is_there() {
    let sandbox = Sandbox::start().await.unwrap();
    let health = get_json(&sandbox, "/_sandbox/health").await;
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(of(&health, &["status", "version"]), json!(["ok", version]));
}

#[tokio::test]
async fn a_person_reads_the_description_on_a_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = get_json(&sandbox, DOCUMENT).await;
    let persian = get(&sandbox, "/_sandbox").await;
    persian.fetches_nothing();
    let english = get(&sandbox, "/_sandbox?lang=en").await;
    english.shows(r#"<html lang="en" dir="ltr">"#);
    for page in [persian, english] {
        assert_eq!(page.status, 200);
        for (method, path, said) in operations(&document) {
            page.shows(&format!("<code>{method} {path}</code>"));
            page.shows(&format!(
                r#"id="{}""#,
                said["operationId"].as_str().unwrap()
            ));
        }
        for reference in references(&document) {
            if let Some(schema) = reference.strip_prefix("/components/schemas/") {
                page.shows(&format!(r#"id="schema-{schema}""#));
            }
        }
        let url = sandbox.url();
        page.shows(&format!("curl -X DELETE &#39;{url}/_sandbox/faults&#39;"));
        page.shows("-d &#39;{&#34;advance_seconds&#34;:1800}&#39;");
    }
}

#[tokio::test]
async fn an_operation_without_a_body_takes_no_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let path = "/_sandbox/zipay/invoices/none/pay";
    #[rustfmt::skip]
    let cases: [(&[Param<'_>], &[u8], u16); 6] = [
        (&[], b"", 404),
        (&[JSON], b"", 404),
        (&[FORM], b"", 415),
        (&[("content-type", "text/plain")], b"", 415),
        (&[], b"{}", 415),
        (&[JSON, FORM], b"{}", 415),
    ];
    for (headers, body, status) in cases {
        let reply = send(sandbox.url(), "POST", path, headers, body).await;
        assert_eq!(reply.status, status, "{headers:?} {body:?}");
        code(&reply);
    }
}

#[tokio::test]
async fn settings_that_a_provider_does_not_have_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in sandbox.providers() {
        let path = format!("/_sandbox/{}/settings", provider.name());
        let before = get_json(&sandbox, &path).await;
        for body in [json!({"colour": "red"}), json!([])] {
            posted(&sandbox, &path, &body, 422).await;
        }
        assert_eq!(get_json(&sandbox, &path).await, before);
    }
}

#[tokio::test]
async fn a_fault_can_be_set_for_every_operation() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in sandbox.providers() {
        for operation in provider.operations() {
            let planned = json!({
                "provider": provider.name(), "operation": operation, "times": 1,
                "fault": {"kind": "html"},
            });
            let reply = post_json(&sandbox, "/_sandbox/faults", &planned).await;
            assert_eq!(reply.status, 201, "{reply:?}");
            let names = ["provider", "operation", "times", "fault"];
            assert_eq!(of(&reply.json(), &names), of(&planned, &names));
        }
    }
    let count: usize = sandbox
        .providers()
        .iter()
        .map(|it| it.operations().len())
        .sum();
    assert_eq!(sandbox.faults().pending().len(), count);
}
