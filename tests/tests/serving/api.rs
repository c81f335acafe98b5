//! The API as a shop uses it: created once, refused with reasons, and whatever a provider offers beyond that.

use paylink_server::Right;
use paylink_tests::service::Running;
use serde_json::{Value, json};

use super::events::{pay, wish};

const ALL: [&str; 4] = ["cardpay", "pod", "sizpay", "zipay"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_order_gets_the_same_answer_and_another_one_is_told_what_differs() {
    let service = Running::open(&[], &["zipay"]).await.unwrap();
    let first = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    let again = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.json(), again.json());
    assert_eq!(service.sandbox.zipay().invoices().len(), 1);
    for (field, value) in [
        ("amount", "250001"),
        ("currency", "IRR"),
        ("reference", "1001"),
        ("description", "shoes"),
        ("return_to", "https://shop.example/"),
    ] {
        let mut other = wish("1000");
        other[field] = value.into();
        let refused = service
            .call("POST", "/v1/orders", Some(&other))
            .await
            .unwrap();
        let problem = refused.json();
        assert_eq!(
            (refused.status, &problem["kind"]),
            (409, &json!("conflict")),
            "{field}: {problem}"
        );
        assert_eq!(problem["differs"], json!([field]), "{problem}");
        assert_eq!(refused.header("content-type"), "application/problem+json");
    }
    let mut taken = wish("1001");
    taken["reference"] = "1000".into();
    let refused = service
        .call("POST", "/v1/orders", Some(&taken))
        .await
        .unwrap();
    assert_eq!(
        (refused.status, &refused.json()["differs"]),
        (409, &json!(["reference"]))
    );
    // A hundred at once are one order.
    let calls = (0..20).map(|_| async {
        let answer = service
            .call("POST", "/v1/orders", Some(&wish("2000")))
            .await
            .unwrap();
        (answer.status, answer.json()["payment"]["link"].clone())
    });
    let mut links: Vec<(u16, Value)> = Vec::new();
    let all = futures_join(calls).await;
    links.extend(all);
    let created = links.iter().filter(|(status, _)| *status == 201).count();
    assert!(created <= 1, "{links:?}");
    assert_eq!(service.sandbox.zipay().invoices().len(), 2);
    service.stop().await.unwrap();
}

/// Runs them at once, in this task.
async fn futures_join<T>(calls: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut calls: Vec<_> = calls.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        calls.retain_mut(|call| match call.as_mut().poll(context) {
            std::task::Poll::Ready(value) => {
                done.push(value);
                false
            }
            std::task::Poll::Pending => true,
        });
        if calls.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_an_order_is_refused_by_its_field_and_spends_no_name() {
    let service = Running::open(&[], &ALL).await.unwrap();
    let with = |field: &str, value: Value| {
        let mut order =
            json!({"order": "1000", "account": "zipay", "amount": "250000", "currency": "IRT"});
        order[field] = value;
        order
    };
    for (order, kind, field) in [
        (with("amount", "0".into()), "invalid", "amount"),
        (with("amount", "-1".into()), "invalid", "amount"),
        (with("amount", "1,000".into()), "invalid", "amount"),
        (with("amount", "1e3".into()), "invalid", "amount"),
        (with("currency", "TOMAN".into()), "invalid", "currency"),
        (with("account", "zippay".into()), "invalid", "account"),
        (with("order", "..".into()), "invalid", "order"),
        (with("order", "".into()), "invalid", "order"),
        (with("order", "a\u{0}b".into()), "invalid", "order"),
        (with("mobile", "12".into()), "invalid", "mobile"),
        (with("payer_card", "6037".into()), "invalid", "payer_card"),
        (
            with("return_to", "javascript:alert(1)".into()),
            "invalid",
            "return_to",
        ),
        (
            with("return_to", "https://user:pass@shop.example/".into()),
            "invalid",
            "return_to",
        ),
        (with("account", "sizpay".into()), "invalid", "mobile"),
    ] {
        let refused = service
            .call("POST", "/v1/orders", Some(&order))
            .await
            .unwrap();
        let problem = refused.json();
        assert_eq!(
            (refused.status, problem["kind"].as_str()),
            (422, Some(kind)),
            "{order}: {problem}"
        );
        assert_eq!(problem["fields"][0]["field"], field, "{order}: {problem}");
        assert_eq!(problem["effect"], "not_executed");
    }
    for (order, status, kind) in [
        (with("amount", 250_000.into()), 422, "invalid"),
        (with("colour", "red".into()), 422, "invalid"),
        (with("mobile", "09123456789".into()), 422, "unsupported"),
    ] {
        let refused = service
            .call("POST", "/v1/orders", Some(&order))
            .await
            .unwrap();
        assert_eq!(
            (refused.status, refused.json()["kind"].as_str()),
            (status, Some(kind)),
            "{refused:?}"
        );
    }
    let several =
        json!({"order": "1000", "account": "zipay", "amount": "x", "currency": "y", "mobile": "z"});
    let refused = service
        .call("POST", "/v1/orders", Some(&several))
        .await
        .unwrap()
        .json();
    assert_eq!(refused["fields"].as_array().unwrap().len(), 2, "{refused}");
    let good = service
        .call("POST", "/v1/orders", Some(&with("account", "zipay".into())))
        .await
        .unwrap();
    assert_eq!(good.status, 201, "{good:?}");
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_provider_sells_over_the_same_words() {
    let service = Running::open(&[], &ALL).await.unwrap();
    for (number, account) in (1000..).zip(ALL) {
        let mut order = json!({"order": number.to_string(), "account": account, "amount": "2500000", "currency": "IRR"});
        if account == "sizpay" {
            order["mobile"] = "09123456789".into();
        }
        let created = service
            .call("POST", "/v1/orders", Some(&order))
            .await
            .unwrap();
        assert_eq!(created.status, 201, "{account}: {created:?}");
        let created = created.json();
        assert_eq!(
            (&created["amount"], &created["currency"]),
            (&json!("2500000"), &json!("IRR"))
        );
        match account {
            "cardpay" => assert!(created["payment"]["transfer"]["cards"][0]["number"].is_string()),
            "sizpay" => assert_eq!(created["payment"]["transfer"], Value::Null),
            _ => assert!(created["payment"]["link"].is_string(), "{created}"),
        }
    }
    let accounts = service
        .call("GET", "/v1/accounts", None)
        .await
        .unwrap()
        .json();
    let names: Vec<&str> = accounts["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ALL);
    let sizpay = service
        .call("GET", "/v1/accounts/sizpay", None)
        .await
        .unwrap()
        .json();
    let mobile = sizpay["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "mobile")
        .unwrap();
    assert_eq!(mobile["rule"], "required");
    let listed = service
        .call("GET", "/v1/accounts/zipay/payments", None)
        .await
        .unwrap()
        .json();
    assert_eq!(listed["payments"].as_array().unwrap().len(), 1, "{listed}");
    let none = service
        .call("GET", "/v1/accounts/cardpay/payments", None)
        .await
        .unwrap();
    assert_eq!(
        (none.status, &none.json()["kind"]),
        (422, &json!("unsupported"))
    );
    let code = service
        .call("GET", "/v1/codes?provider=pod&code=58", None)
        .await
        .unwrap()
        .json();
    assert_eq!(code["codes"].as_array().unwrap().len(), 1, "{code}");
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_are_listed_page_by_page_and_by_stage() {
    let service = Running::open(&[], &["zipay"]).await.unwrap();
    for number in 1..=5 {
        let order = wish(&format!("order/{number}"));
        assert_eq!(
            service
                .call("POST", "/v1/orders", Some(&order))
                .await
                .unwrap()
                .status,
            201
        );
    }
    let (mut path, mut seen) = ("/v1/orders?limit=2".to_owned(), Vec::new());
    for _ in 0..4 {
        let page = service.call("GET", &path, None).await.unwrap().json();
        let names = page["orders"].as_array().unwrap().iter();
        seen.extend(names.map(|order| order["order"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/v1/orders?limit=2&after={next}");
    }
    assert_eq!(
        seen,
        (1..=5)
            .map(|number| format!("order/{number}"))
            .collect::<Vec<_>>()
    );
    let paid = service
        .call("GET", "/v1/orders/order%2F3", None)
        .await
        .unwrap()
        .json();
    pay(&service, &paid).await;
    let paid = service
        .call("POST", "/v1/orders/order%2F3/check", None)
        .await
        .unwrap()
        .json();
    assert_eq!(paid["stage"], "awaiting_delivery", "{paid}");
    let due = service
        .call("GET", "/v1/orders?stage=awaiting_delivery", None)
        .await
        .unwrap()
        .json();
    assert_eq!(due["orders"][0]["order"], "order/3");
    let none = service
        .call("GET", "/v1/orders?until=2020-01-01T00:00:00Z", None)
        .await
        .unwrap()
        .json();
    assert_eq!(none["orders"], json!([]));
    for odd in [
        "stage=paid",
        "limit=0",
        "limit=1000",
        "after=x",
        "since=yesterday",
        "colour=red",
    ] {
        let refused = service
            .call("GET", &format!("/v1/orders?{odd}"), None)
            .await
            .unwrap();
        assert_eq!(
            (refused.status, &refused.json()["kind"]),
            (422, &json!("invalid")),
            "{odd}"
        );
    }
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_goes_back_once_however_often_it_is_asked_for() {
    let service = Running::open(&[], &["zipay"]).await.unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap()
        .json();
    let early = service
        .call("POST", "/v1/orders/1000/refund", None)
        .await
        .unwrap();
    assert_eq!(
        (early.status, &early.json()["kind"]),
        (409, &json!("not_paid"))
    );
    pay(&service, &order).await;
    service
        .until("/v1/orders/1000", |order| {
            order["stage"] == "awaiting_delivery"
        })
        .await
        .unwrap();
    let calls = (0..5).map(|_| service.call("POST", "/v1/orders/1000/refund", None));
    let answers = futures_join(calls).await;
    assert!(
        answers
            .iter()
            .any(|answer| answer.as_ref().unwrap().status == 200),
        "{answers:?}"
    );
    let done = service
        .call("POST", "/v1/orders/1000/refund", None)
        .await
        .unwrap();
    assert_eq!(
        (done.status, &done.json()["refund"]["state"]),
        (200, &json!("done")),
        "{done:?}"
    );
    let refunds = service.sandbox.journal();
    let refunds = refunds
        .iter()
        .filter(|entry| entry.operation == "refund")
        .count();
    assert_eq!(refunds, 1);
    let log = service.premises.audit_log(20).await.unwrap();
    assert!(
        log.iter()
            .any(|line| line.what == "refund" && line.outcome == "done"),
        "{log:?}"
    );
    service.stop().await.unwrap();
}

/// The provider's answer is lost after it gave the money back: asked again, it is found and not done twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_whose_answer_is_lost_is_found_and_not_done_again() {
    use paylink_sandbox::Fault;

    for (fault, executed) in [(Fault::DropAfter, true), (Fault::DropBefore, false)] {
        let service = Running::open(&[], &["zipay"]).await.unwrap();
        let order = service
            .call("POST", "/v1/orders", Some(&wish("1000")))
            .await
            .unwrap()
            .json();
        pay(&service, &order).await;
        service
            .until("/v1/orders/1000", |order| {
                order["stage"] == "awaiting_delivery"
            })
            .await
            .unwrap();
        service
            .sandbox
            .faults()
            .next("zipay", "refund", fault)
            .unwrap();
        let lost = service
            .call("POST", "/v1/orders/1000/refund", None)
            .await
            .unwrap();
        let problem = lost.json();
        assert_eq!(
            (lost.status, &problem["kind"], &problem["effect"]),
            (409, &json!("unknown"), &json!("unknown")),
            "{lost:?}"
        );
        assert!(!lost.header("retry-after").is_empty());
        let order = service
            .call("GET", "/v1/orders/1000", None)
            .await
            .unwrap()
            .json();
        assert_eq!(order["refund"]["state"], "unknown");
        let again = service
            .call("POST", "/v1/orders/1000/refund", None)
            .await
            .unwrap();
        if executed {
            assert_eq!(
                (again.status, &again.json()["refund"]["state"]),
                (200, &json!("done")),
                "{again:?}"
            );
        } else {
            // It may still be on its way: nothing is sent as long as that can be.
            assert!(again.status == 409 || again.status == 200, "{again:?}");
        }
        let given_back = service.sandbox.zipay().invoices();
        assert_eq!(given_back.len(), 1);
        service.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_can_be_disabled_and_the_order_started_over_where_the_provider_offers_it() {
    let service = Running::open(&[], &["pod"]).await.unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap()
        .json();
    let kept = json!({"reference": "1000-2"});
    let refused = service
        .call("POST", "/v1/orders/1000/start-over", Some(&kept))
        .await
        .unwrap();
    assert_eq!(
        (refused.status, &refused.json()["kind"]),
        (409, &json!("kept")),
        "{refused:?}"
    );
    let disabled = service
        .call("POST", "/v1/orders/1000/disable", None)
        .await
        .unwrap();
    assert_eq!(
        (disabled.status, &disabled.json()["stage"]),
        (200, &json!("over")),
        "{disabled:?}"
    );
    assert_eq!(disabled.json()["seen"]["state"], "cancelled");
    // Repeated after a lost answer, it is found and not sent again.
    let sent = || {
        let journal = service.sandbox.journal();
        let of_pod = journal.iter().map(|entry| entry.operation);
        of_pod
            .filter(|it| it.contains("cancel") || it.contains("close"))
            .count()
    };
    let before = sent();
    assert!(before > 0);
    let again = service
        .call("POST", "/v1/orders/1000/disable", None)
        .await
        .unwrap();
    assert_eq!((again.status, sent()), (200, before), "{again:?}");
    let over = service
        .call("POST", "/v1/orders/1000/start-over", Some(&kept))
        .await
        .unwrap();
    assert_eq!(over.status, 200, "{over:?}");
    assert_eq!(over.json()["payment"]["reference"], "1000-2");
    assert_ne!(over.json()["payment"]["link"], order["payment"]["link"]);
    // The same order again is still the same order.
    let again = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    assert_eq!(
        (again.status, &again.json()["payment"]),
        (200, &over.json()["payment"])
    );
    let resend = service
        .call("POST", "/v1/orders/1000/resend", None)
        .await
        .unwrap();
    assert_eq!(
        (resend.status, &resend.json()["kind"]),
        (422, &json!("unsupported"))
    );
    service.stop().await.unwrap();
}

/// The answer to a create is lost: the shop is told to ask again, and gets the payment that was made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_whose_answer_is_lost_is_found_by_the_same_request() {
    use paylink_sandbox::Fault;

    let service = Running::open(&[], &["zipay"]).await.unwrap();
    service
        .sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter)
        .unwrap();
    for look_up in ["list", "status"] {
        let faults = service.sandbox.faults();
        faults
            .times("zipay", look_up, 4, Fault::DropBefore)
            .unwrap();
    }
    let lost = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    assert_eq!(
        (lost.status, &lost.json()["payment"]),
        (202, &Value::Null),
        "{lost:?}"
    );
    assert_eq!(lost.json()["stage"], "creating");
    assert!(!lost.header("retry-after").is_empty());
    let mut found = lost;
    for _ in 0..100 {
        found = service
            .call("POST", "/v1/orders", Some(&wish("1000")))
            .await
            .unwrap();
        if found.status == 200 {
            break;
        }
        assert_eq!(found.status, 202, "{found:?}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(found.json()["payment"]["link"].is_string(), "{found:?}");
    assert_eq!(service.sandbox.zipay().invoices().len(), 1);
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_does_what_its_rights_say_and_nothing_once_it_is_revoked() {
    let service = Running::open(&[], &["zipay"]).await.unwrap();
    let order = service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    assert_eq!(order.status, 201);
    let calls = [
        (
            "POST",
            "/v1/orders",
            Some(wish("1001")),
            Right::TakePayments,
        ),
        ("GET", "/v1/orders/1000", None, Right::Read),
        ("GET", "/v1/orders", None, Right::Read),
        ("GET", "/metrics", None, Right::Read),
        ("POST", "/v1/orders/1000/refund", None, Right::Refund),
        (
            "POST",
            "/v1/alarms/none/resolve",
            Some(json!({"note": "x"})),
            Right::Operate,
        ),
    ];
    for right in Right::ALL {
        let key = service
            .premises
            .make_key(right.as_str(), &[right])
            .await
            .unwrap();
        for (method, path, body, needed) in &calls {
            let answer = service
                .call_as(key.expose(), method, path, body.as_ref())
                .await
                .unwrap();
            assert_eq!(
                answer.status == 403,
                right != *needed,
                "{right:?} {path}: {answer:?}"
            );
        }
        assert!(service.premises.revoke_key(&key.id).await.unwrap());
        let (method, path, body, _) = &calls[0];
        let answer = service
            .call_as(key.expose(), method, path, body.as_ref())
            .await
            .unwrap();
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, "Bearer")
        );
    }
    let kept = service.premises.keys().await.unwrap();
    assert_eq!(
        kept.iter().filter(|key| key.revoked_at.is_none()).count(),
        1
    );
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payer_who_comes_back_is_led_to_the_shops_page_with_the_orders_name_alone() {
    let settings = [("return_to", "https://shop.example/paid?lang=fa")];
    let service = Running::open(&settings, &["zipay"]).await.unwrap();
    let mut own = wish("سفارش ۱");
    own["return_to"] = "https://shop.example/orders?id=7".into();
    own["reference"] = "7".into();
    for order in [wish("1000"), own] {
        assert_eq!(
            service
                .call("POST", "/v1/orders", Some(&order))
                .await
                .unwrap()
                .status,
            201
        );
    }
    for (path, led) in [
        (
            "/pay/return/1000?trackid=x&status=1",
            "https://shop.example/paid?lang=fa&paylink_order=1000",
        ),
        (
            "/pay/return/%D8%B3%D9%81%D8%A7%D8%B1%D8%B4%20%DB%B1?trackid=forged",
            "https://shop.example/orders?id=7&paylink_order=%D8%B3%D9%81%D8%A7%D8%B1%D8%B4+%DB%B1",
        ),
    ] {
        let back = service.call("GET", path, None).await.unwrap();
        assert_eq!((back.status, back.header("location")), (303, led));
        assert_eq!(back.header("referrer-policy"), "no-referrer");
    }
    let nobody = service.call("GET", "/pay/return/1001", None).await.unwrap();
    assert_eq!(nobody.status, 404);
    let order = service
        .call("GET", "/v1/orders/1000", None)
        .await
        .unwrap()
        .json();
    assert_eq!(order["stage"], "open");
    service.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_how_it_stands() {
    let service = Running::open(&[], &["zipay"]).await.unwrap();
    service
        .call("POST", "/v1/orders", Some(&wish("1000")))
        .await
        .unwrap();
    assert_eq!(
        service
            .call_as("none", "GET", "/healthz", None)
            .await
            .unwrap()
            .status,
        204
    );
    let ready = service
        .call_as("none", "GET", "/readyz", None)
        .await
        .unwrap();
    assert_eq!((ready.status, ready.json()), (200, json!({"ready": true})));
    let figures = service.call("GET", "/metrics", None).await.unwrap();
    assert_eq!(figures.status, 200);
    for line in [
        "paylink_orders{stage=\"open\"} 1",
        "paylink_http_requests_total{method=\"POST\",route=\"/v1/orders\",status=\"201\"} 1",
        "paylink_events_dead 0",
        "paylink_alarms_open 0",
    ] {
        assert!(figures.body.contains(line), "{line} in\n{}", figures.body);
    }
    assert!(figures.body.ends_with("# EOF\n"));
    assert_eq!(figures.body.matches("# EOF").count(), 1);
    service.premises.close().await;
    let ready = service
        .call_as("none", "GET", "/readyz", None)
        .await
        .unwrap();
    assert_eq!((ready.status, ready.json()), (503, json!({"ready": false})));
    let refused = service
        .call("POST", "/v1/orders", Some(&wish("1001")))
        .await
        .unwrap();
    assert_eq!(
        (refused.status, &refused.json()["kind"]),
        (503, &json!("unavailable"))
    );
    service.stop().await.unwrap();
}
