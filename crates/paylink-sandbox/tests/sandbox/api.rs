//! The API under `/_sandbox`, whichever provider a route is about.

use std::collections::BTreeSet;

use paylink_sandbox::{Sandbox, Simulated};
use serde_json::json;

use crate::client::{get_json, post_json, posted, send};

#[tokio::test]
async fn the_description_lists_every_route_and_every_reference_resolves() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = get_json(&sandbox, "/_sandbox/openapi.json").await;
    let (mut listed, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let summary = operation["summary"].as_str().unwrap();
            assert!(summary.ends_with('.'), "{method} {path}: {summary}");
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name}");
            // What is described is served: such a request reaches a handler.
            let method = method.to_uppercase();
            let asked = path.replace(['{', '}'], "");
            let reply = send(sandbox.url(), &method, &asked, &[], b"").await;
            let is_served = !reply.body.contains("<html") && reply.status != 405;
            assert!(is_served, "{method} {path}: {reply:?}");
            listed.insert(format!("{method} {}", path.replace("/_sandbox/", "")));
        }
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
        "GET clock",
        "GET faults",
        "GET journal",
        "GET seed",
        "GET sms",
        "GET webhooks",
        "POST clock",
        "POST faults",
        "POST seed",
    ];
    assert_eq!(
        listed.iter().collect::<Vec<_>>(),
        shared.iter().collect::<Vec<_>>()
    );

    let text = document.to_string();
    let references: Vec<_> = text.split(r##""$ref":"#"##).skip(1).collect();
    assert!(references.len() > 10, "{text}");
    for reference in references {
        let pointer = reference.split('"').next().unwrap();
        assert!(
            document.pointer(pointer).is_some(),
            "{pointer} leads nowhere"
        );
    }
    let schemas = &document["components"]["schemas"];
    // A provider may be without events, and without anything to choose.
    let mut events = schemas.as_object().unwrap().clone();
    events.retain(|name, _| name.starts_with("Event_"));
    assert!(events.len() >= 4, "{events:?}");
    for (name, event) in events {
        let kind = &event["properties"]["kind"];
        assert!(kind["enum"][0].is_string(), "{name}: {kind}");
    }
    for provider in providers {
        let (first, rest) = provider.name().split_at(1);
        let played = first.to_uppercase() + rest;
        let settings = &schemas[format!("{played}Settings")];
        assert_eq!(settings["type"], "object", "{played}: {settings}");
        // A change names what it changes and nothing else.
        assert!(settings.get("required").is_none(), "{settings}");
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
            assert_eq!((reply.status, reply.json()), (201, planned));
        }
    }
    let count: usize = sandbox
        .providers()
        .iter()
        .map(|it| it.operations().len())
        .sum();
    assert_eq!(sandbox.faults().pending().len(), count);
}
