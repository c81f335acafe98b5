//! What forms do, and what is refused.

use std::time::Duration;

use http::StatusCode;
use paylink::desk::Stage;
use paylink_server::Right;

use super::{Office, Visitor};

const ACKNOWLEDGE: &str = "/operator/orders/1000/acknowledge";

/// An office with the order 1000, which is found paid.
async fn paid() -> Office {
    let office = Office::open().await;
    office.sell("1000", "zipay", 250_000).await;
    office.is_paid("1000").await;
    office
}

#[tokio::test]
async fn a_form_without_its_token_or_of_another_site_is_refused() {
    let office = paid().await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let other = office.visitor(&[Right::Operate]).await;
    let (own, others) = (visitor.token().await, other.token().await);
    let shorter: String = own.chars().skip(1).collect();
    let named = ("order", "1000");
    for fields in [
        vec![named],
        vec![named, ("token", "")],
        vec![named, ("token", "0")],
        vec![named, ("token", others.as_str())],
        vec![named, ("token", &shorter)],
        vec![named, ("token", &others), ("token", &own)],
    ] {
        let answer = visitor.post(ACKNOWLEDGE, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{fields:?}");
        assert!(answer.body.contains("The form was refused"));
    }
    let whole = [named, ("token", own.as_str())];
    for origin in [
        None,
        Some("null"),
        Some("https://evil.example"),
        Some("http://127.0.0.1:1"),
    ] {
        let stranger = Visitor {
            cookie: visitor.cookie.clone(),
            origin: origin.map(str::to_owned),
            ..Visitor::of(&office)
        };
        let answer = stranger.post(ACKNOWLEDGE, &whole).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?}");
        let login = stranger.post("/operator/login", &[("key", "x")]).await;
        assert_eq!(login.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    // A query is no form.
    let path = format!("{ACKNOWLEDGE}?token={own}&order=1000");
    let answer = visitor.post(&path, &[named]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(office.stage("1000").await, Stage::AwaitingDelivery);
    let answer = visitor.post(ACKNOWLEDGE, &whole).await;
    assert_eq!(answer.leads_to(), "/operator/orders/1000?done=acknowledge");
    assert_eq!(office.stage("1000").await, Stage::Delivered);
    office.close().await;
}

#[tokio::test]
async fn what_cannot_be_undone_wants_the_orders_name() {
    let office = paid().await;
    let visitor = office.visitor(&[Right::Operate, Right::Refund]).await;
    let refund = "/operator/orders/1000/refund";
    let asked = visitor.page(refund).await;
    assert!(asked.contains("250,000 toman") && asked.contains("Are you sure?"));
    for typed in ["", "100", "1001", "refund"] {
        let answer = visitor.send(refund, &[("order", typed)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(answer.body.contains("This is not the order&#39;s name"));
    }
    let refunds = "SELECT count(*) FROM paylink_server_refunds";
    assert_eq!(office.count(refunds).await, 0);
    let answer = visitor.send(refund, &[("order", "۱۰۰۰")]).await;
    assert_eq!(answer.leads_to(), "/operator/orders/1000?done=refund");
    let page = visitor.page("/operator/orders/1000").await;
    assert!(page.contains("the money went back"), "{page}");
    // It is offered no more.
    let again = visitor.get(refund).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let log = office.premises.audit_log(20).await.unwrap();
    let who = format!("نگهبان ({})", visitor.key);
    let lines = log.iter().filter(|line| line.what == "refund");
    let lines: Vec<_> = lines.map(|line| (&*line.who, &*line.outcome)).collect();
    assert_eq!(lines, [(&*who, "done"), (&*who, "asked")]);
    office.close().await;
}

#[tokio::test]
async fn a_refund_wants_its_right() {
    let office = paid().await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let page = visitor.page("/operator/orders/1000").await;
    assert!(page.contains("/acknowledge") && !page.contains("/refund"));
    let refund = "/operator/orders/1000/refund";
    assert_eq!(visitor.get(refund).await.status, StatusCode::FORBIDDEN);
    let answer = visitor.send(refund, &[("order", "1000")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(office.stage("1000").await, Stage::AwaitingDelivery);
    office.close().await;
}

#[tokio::test]
async fn an_action_is_offered_where_it_makes_sense() {
    let office = Office::open().await;
    office.sell("1000", "zipay", 250_000).await;
    office.sell("سفارش ۷/الف", "sizpay", 10_000).await;
    let visitor = office.visitor(&[Right::Operate, Right::Refund]).await;
    let offered = async |order: &str| {
        let page = visitor.page(&format!("/operator/orders/{order}")).await;
        let all = [
            "check",
            "acknowledge",
            "resend-link",
            "start-over",
            "disable",
            "refund",
        ];
        let path = |action: &&str| page.contains(&format!("/operator/orders/{order}/{action}\""));
        all.into_iter().filter(path).collect::<Vec<_>>()
    };
    assert_eq!(offered("1000").await, ["check", "start-over"]);
    let persian = "%D8%B3%D9%81%D8%A7%D8%B1%D8%B4%20%DB%B7%2F%D8%A7%D9%84%D9%81";
    let sizpay = ["check", "resend-link", "start-over", "disable"];
    assert_eq!(offered(persian).await, sizpay);
    let list = visitor.page("/operator/orders").await;
    assert!(list.contains(&format!("href=\"/operator/orders/{persian}\"")));
    for (action, status) in [
        ("refund", StatusCode::CONFLICT),
        ("acknowledge", StatusCode::CONFLICT),
        ("settle", StatusCode::NOT_FOUND),
    ] {
        let path = format!("/operator/orders/1000/{action}");
        let answer = visitor.send(&path, &[("order", "1000")]).await;
        assert_eq!(answer.status, status, "{action}");
    }
    // SizPay sends no second SMS within two minutes.
    office.sandbox.clock().advance(Duration::from_secs(121));
    let resend = format!("/operator/orders/{persian}/resend-link");
    let answer = visitor.send(&resend, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let log = office.premises.audit_log(1).await.unwrap();
    assert_eq!(log[0].what, "resend-link");
    assert_eq!(log[0].order.as_deref(), Some("سفارش ۷/الف"));
    office.close().await;
}

#[tokio::test]
async fn another_payment_is_begun_after_one_that_was_declined() {
    let office = Office::open().await;
    office.sell("1000", "zipay", 250_000).await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let over = "/operator/orders/1000/start-over";
    let form = visitor.page(over).await;
    assert!(form.contains("name=\"reference\" type=\"text\" dir=\"ltr\" value=\"51000-2\""));
    let again = [("order", "1000"), ("reference", "51000-2")];
    // The payer may still pay the one that is there.
    let kept = visitor.send(over, &again).await;
    assert_eq!(kept.status, StatusCode::CONFLICT, "{}", kept.body);
    let back = "<a href=\"/operator/orders/1000\">Back</a>";
    assert!(kept.body.contains(back), "{}", kept.body);
    let invoices = office.sandbox.zipay().invoices();
    office
        .sandbox
        .zipay()
        .decline(&invoices[0].trackid)
        .unwrap();
    let done = visitor.send(over, &again).await;
    assert_eq!(done.leads_to(), "/operator/orders/1000?done=start-over");
    assert_eq!(office.stage("1000").await, Stage::Open);
    let page = visitor.page("/operator/orders/1000").await;
    assert!(page.contains("51000-2") && page.contains("a new payment was asked for"));
    office.close().await;
}

#[tokio::test]
async fn a_payment_is_disabled() {
    let office = Office::open().await;
    office.sell("1000", "sizpay", 10_000).await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let disable = "/operator/orders/1000/disable";
    let done = visitor.send(disable, &[("order", "1000")]).await;
    assert_eq!(done.leads_to(), "/operator/orders/1000?done=disable");
    let log = office.premises.audit_log(2).await.unwrap();
    let lines: Vec<_> = log.iter().map(|it| (&*it.what, &*it.outcome)).collect();
    assert_eq!(lines, [("disable", "done"), ("disable", "asked")]);
    office.close().await;
}

#[tokio::test]
async fn orders_are_filtered_and_found() {
    let office = Office::open().await;
    for order in ["1", "22", "333"] {
        office.sell(order, "zipay", 250_000).await;
    }
    let visitor = office.visitor(&[Right::Operate]).await;
    let listed = async |query: &str| {
        let page = visitor.page(&format!("/operator/orders?{query}")).await;
        let mut parts = page.split("<a href=\"/operator/orders/");
        parts.next();
        let names = parts.map(|part| part.split_once('"').unwrap().0.to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(listed("").await, ["333", "22", "1"]);
    assert_eq!(listed("stage=open&account=zipay&day=").await.len(), 3);
    assert!(listed("stage=delivered").await.is_empty());
    assert!(listed("account=pod").await.is_empty());
    assert!(listed("day=1400/01/01").await.is_empty());
    let wrong = visitor.page("/operator/orders?day=soon").await;
    assert!(wrong.contains("This is not a day"));
    for (searched, found) in [("22", "22"), ("5333", "333"), ("%2051%20", "1")] {
        let answer = visitor.get(&format!("/operator/orders?q={searched}")).await;
        assert_eq!(answer.leads_to(), format!("/operator/orders/{found}"));
    }
    let none = visitor.page("/operator/orders?q=4444").await;
    assert!(none.contains("There is no order of this name or reference"));
    for nul in [
        "/operator/orders?q=%00",
        "/operator/orders/%00",
        "/operator/alarms/%00",
    ] {
        assert_eq!(
            visitor.get(nul).await.status,
            StatusCode::NOT_FOUND,
            "{nul}"
        );
    }
    office.close().await;
}

#[tokio::test]
async fn books_and_provider_are_compared() {
    let office = paid().await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let form = visitor.page("/operator/reconcile").await;
    assert!(
        form.contains("<option value=\"zipay\"") && !form.contains("<option value=\"cardpay\"")
    );
    let (_, day) = form
        .split_once("name=\"day\" type=\"text\" dir=\"ltr\" value=\"")
        .unwrap();
    let day = day.split_once('"').unwrap().0;
    let compare = [("account", "zipay"), ("day", day)];
    let report = visitor.send("/operator/reconcile", &compare).await;
    assert_eq!(report.status, StatusCode::OK, "{}", report.body);
    assert!(report.body.contains("Nothing differs."), "{}", report.body);
    let wrong = visitor
        .send("/operator/reconcile", &[("account", "zipay"), ("day", "x")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = visitor
        .send("/operator/reconcile", &[("account", "x"), ("day", day)])
        .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    office.close().await;
}

#[tokio::test]
async fn an_event_is_sent_again() {
    let office = paid().await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let page = visitor.page("/operator/events").await;
    let (_, id) = page.split_once("name=\"event\" value=\"").unwrap();
    let id = id.split_once('"').unwrap().0;
    let answer = visitor.send("/operator/events", &[("event", id)]).await;
    assert_eq!(answer.leads_to(), "/operator/events?sent");
    let answer = visitor
        .send("/operator/events", &[("event", "evt_0")])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let log = office.premises.audit_log(1).await.unwrap();
    assert_eq!(log[0].what, "resend-event");
    office.close().await;
}
