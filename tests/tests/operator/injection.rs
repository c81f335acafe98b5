//! Text of others is shown, and is nothing else.

use paylink::desk::StoredOrder;
use paylink::{Money, NewPayment, Toman};
use paylink_books::sqlx;
use paylink_server::Right;

use super::{ODD, Office};

/// Puts odd text wherever text of others is shown.
pub(super) async fn fill(office: &Office) {
    let books = office.premises.books();
    let pool = books.sqlite_pool().unwrap();
    for (number, odd) in ODD.into_iter().enumerate() {
        let payment = NewPayment::new(&format!("odd-{number}"), Money::from(Toman::new(5_000)));
        let payment = payment.unwrap().with_description(odd).unwrap();
        let payment = payment.with_payer_name(odd).unwrap();
        let order = StoredOrder::new("zipay", payment);
        books.add(odd, &order).await.unwrap();
        for statement in [
            "INSERT INTO paylink_server_orders (name, return_to, created_at) VALUES ($1, $1, 1795970700000)",
            "INSERT INTO paylink_server_alarms (id, kind, order_name, detail, raised_at, seen_at) \
             VALUES ('alarm_' || $2, 'mismatch', $1, 'amount is \"' || $1 || '\", expected \"5000 IRT\"', $2, $2)",
            "INSERT INTO paylink_server_alarms (id, kind, order_name, detail, raised_at, seen_at, resolved_at, resolved_by, note) \
             VALUES ('alarm_r' || $2, 'lost', $1, $1, $2, $2, $2, $1, $1)",
            "INSERT INTO paylink_server_events (id, kind, order_name, created_at, dies_at, attempts, dead_at, problem) \
             VALUES ('evt_' || $2, $1, $1, $2, $2, 3, $2, $1)",
            "INSERT INTO paylink_server_audit (id, at, who, what, order_name, outcome) VALUES ('a' || $2, $2, $1, $1, $1, $1)",
        ] {
            let run = sqlx::query(statement)
                .bind(odd)
                .bind(i64::try_from(number).unwrap())
                .execute(pool)
                .await;
            run.unwrap();
        }
    }
}

/// Every page that shows it.
pub(super) fn pages() -> Vec<String> {
    let mut pages: Vec<String> = [
        "",
        "/orders",
        "/alarms",
        "/alarms?state=all",
        "/events",
        "/events?state=dead",
        "/audit",
    ]
    .map(str::to_owned)
    .into();
    for (number, odd) in ODD.into_iter().enumerate() {
        let name: String = url::form_urlencoded::byte_serialize(odd.as_bytes()).collect();
        let name = name.replace('+', "%20");
        pages.push(format!("/orders/{name}"));
        pages.push(format!("/orders?q={name}x"));
        pages.push(format!("/orders?day={name}"));
        pages.push(format!("/alarms/alarm_{number}"));
        pages.push(format!("/alarms/alarm_r{number}"));
    }
    pages
        .into_iter()
        .map(|page| format!("/operator{page}"))
        .collect()
}

#[tokio::test]
async fn text_of_others_is_never_markup() {
    let office = Office::open().await;
    fill(&office).await;
    let mut visitor = office.visitor(&[Right::Operate]).await;
    for language in ["fa", "en"] {
        visitor.language = language;
        let mut seen = String::new();
        for path in pages() {
            let page = visitor.page(&path).await;
            for markup in ["<script", "<img", "\u{202e}", "onerror=alert(1)>", ">49<"] {
                assert!(!page.contains(markup), "{path}: {markup} in {page}");
            }
            seen.push_str(&page);
        }
        for escaped in [
            "&#60;script&#62;alert(1)&#60;/script&#62;",
            "&#34;&#62;&#60;img src=x onerror=alert(1)&#62;",
            "{{7*7}}",
            "ab\\u{202e}cd",
            "سفارش ۷/الف",
        ] {
            assert!(seen.contains(escaped), "{escaped}");
        }
    }
    office.close().await;
}

#[tokio::test]
async fn a_form_that_is_shown_again_holds_no_markup() {
    let office = Office::open().await;
    fill(&office).await;
    let visitor = office.visitor(&[Right::Operate]).await;
    for odd in ODD {
        let note = format!("{odd}\n{odd}");
        let again = visitor
            .send("/operator/alarms/alarm_0", &[("note", &note)])
            .await;
        assert_eq!(again.status, 422, "{}", again.body);
        let day = [("account", "zipay"), ("day", odd)];
        let day = visitor.send("/operator/reconcile", &day).await;
        for page in [again.body, day.body] {
            assert!(
                !page.contains("<script") && !page.contains("<img"),
                "{page}"
            );
        }
    }
    let noted = visitor
        .send("/operator/alarms/alarm_0", &[("note", ODD[0])])
        .await;
    assert_eq!(noted.leads_to(), "/operator/alarms/alarm_0");
    let page = visitor.page("/operator/alarms/alarm_0").await;
    assert!(page.contains("&#60;script&#62;") && !page.contains("<script"));
    office.close().await;
}
