//! The API under `/_sandbox`, whichever provider a route is about.

use std::collections::BTreeSet;

use paylink_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::{get_json, post_json, send};

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
    #[rustfmt::skip]
    let served = [
        "DELETE faults", "DELETE journal", "DELETE pod/failures", "GET cardpay/deposits",
        "GET cardpay/payments", "GET cardpay/payments/{pay_id}", "GET cardpay/settings",
        "GET clock", "GET faults", "GET journal", "GET pod/accounts", "GET pod/failures",
        "GET pod/invoices", "GET pod/invoices/{id}", "GET pod/settings", "GET seed",
        "GET sizpay/links", "GET sizpay/links/{send_id}", "GET sizpay/settings", "GET sms",
        "GET webhooks", "GET zipay/invoices", "GET zipay/invoices/{trackid}",
        "GET zipay/settings", "POST cardpay/payments/{pay_id}/pay",
        "POST cardpay/payments/{pay_id}/transfer", "POST cardpay/settings", "POST clock",
        "POST faults", "POST pod/accounts/{user_id}/wallet", "POST pod/credits",
        "POST pod/failures", "POST pod/invoices/{id}/leave-gateway",
        "POST pod/invoices/{id}/open-gateway", "POST pod/invoices/{id}/pay-by-card",
        "POST pod/invoices/{id}/pay-by-wallet", "POST pod/invoices/{id}/purchase-at-pos",
        "POST pod/settings", "POST pod/sms-answers", "POST seed",
        "POST sizpay/links/{send_id}/decline", "POST sizpay/links/{send_id}/pay",
        "POST sizpay/settings", "POST zipay/invoices/{trackid}/decline",
        "POST zipay/invoices/{trackid}/pay", "POST zipay/settings",
    ];
    assert_eq!(listed, served.into_iter().map(str::to_owned).collect());

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
    for played in ["Zipay", "Sizpay", "Cardpay", "Pod"] {
        let kind = &schemas[format!("Event_{played}EventKind")]["properties"]["kind"];
        assert!(kind["enum"][0].is_string(), "{played}: {kind}");
        let settings = &schemas[format!("{played}Settings")];
        assert!(settings["properties"].is_object(), "{settings}");
        // A change names what it changes and nothing else.
        assert!(settings.get("required").is_none(), "{settings}");
    }
}

/// The settings of each provider: their names, their values at the beginning, and others.
#[rustfmt::skip]
fn settings() -> Vec<(&'static str, &'static str, Value, Value)> {
    vec![
        ("zipay", "second_verify", json!("answers-completed"), json!("refuses")),
        ("zipay", "webhook_encoding", json!("form"), json!("json")),
        ("sizpay", "namespace", json!("http://tempuri.org/"), json!("https://rt.sizpay.com/")),
        ("sizpay", "answer_shape", json!("out-parameters"), json!("json-result")),
        ("sizpay", "status_list", json!("text"), json!("array")),
        ("sizpay", "status_names", json!("prefixed"), json!("bare")),
        ("sizpay", "result_code", json!("number"), json!("text")),
        ("cardpay", "not_found_status", json!("not-found"), json!("ok")),
        ("cardpay", "another_card", json!("reported"), json!("lost")),
        ("cardpay", "missing_card", json!("lost"), json!("reported")),
        ("cardpay", "code_form", json!("number"), json!("text")),
        ("cardpay", "return_query", json!("pay-id"), json!("nothing")),
        ("cardpay", "callback_field", json!("callbackUrl"), json!("callback")),
        ("cardpay", "time_allowed_seconds", json!(900), json!(60)),
        ("pod", "environment", json!("both"), json!("sandbox")),
        ("pod", "tax_percent", json!(9), json!(10)),
        ("pod", "bill_numbers", json!("unique"), json!("repeatable")),
        ("pod", "one_time_tokens", json!("optional"), json!("required")),
        ("pod", "second_verify", json!("refuses"), json!("answers-invoice")),
        ("pod", "after_timeout", json!("unpaid"), json!("canceled")),
        ("pod", "pos_inquiry", json!("checks"), json!("trusts")),
        ("pod", "confirmation", json!("truth"), json!("text")),
        ("pod", "done", json!("truth"), json!("words")),
        ("pod", "worded_refusals", json!("numbered"), json!("zero")),
        ("pod", "link_ending", json!("ampersand"), json!("bare")),
        ("pod", "persian_text", json!("plain"), json!("escaped")),
    ]
}

#[tokio::test]
async fn settings_are_read_and_changed_one_by_one() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in sandbox.providers() {
        let path = format!("/_sandbox/{}/settings", provider.name());
        let of_provider = settings().into_iter().filter(|it| it.0 == provider.name());
        let mut expected = json!({});
        for (_, name, at_first, _) in of_provider.clone() {
            expected[name] = at_first;
        }
        assert_eq!(get_json(&sandbox, &path).await, expected);
        for (_, name, _, other) in of_provider {
            expected[name] = other.clone();
            let changed = post_json(&sandbox, &path, &json!({ name: other })).await;
            assert_eq!(changed.json(), expected, "{name}");
        }
        #[rustfmt::skip]
        let unusable = [
            json!({"colour": "red"}), json!([]), json!({"second_verify": "x"}), json!({"code_form": "roman"}),
            json!({"namespace": "no uri"}), json!({"answer_shape": "round"}), json!({"environment": "moon"}),
            json!({"tax_percent": 101}),
        ];
        for body in unusable {
            let reply = post_json(&sandbox, &path, &body).await;
            assert_eq!(reply.status, 422, "{path} {body}");
        }
        assert_eq!(get_json(&sandbox, &path).await, expected);
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
