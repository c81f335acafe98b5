use paylink_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::shop::{Param, Shop, refused};

async fn list(shop: &Shop<'_>, params: &[Param<'_>]) -> Value {
    let reply = shop.call("invoice-list", params).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

fn numbers(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["invoice_number"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn pages_go_through_all_invoices_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for number in 1..=12 {
        shop.create(&number.to_string()).await;
    }
    let first = list(&shop, &[]).await;
    assert_eq!(
        numbers(&first),
        ["12", "11", "10", "9", "8", "7", "6", "5", "4", "3"]
    );
    assert_eq!((&first["total"], &first["limit"]), (&json!(12), &json!(10)));
    assert_eq!(
        (&first["page"], &first["sort"]),
        (&json!(1), &json!("desc"))
    );
    assert_eq!(
        (&first["success"], &first["status"]),
        (&json!(true), &json!(200))
    );
    assert_eq!(numbers(&list(&shop, &[("page", "2")]).await), ["2", "1"]);
    assert!(numbers(&list(&shop, &[("page", "3")]).await).is_empty());

    let ascending = [("limit", "5"), ("page", "2"), ("sort", "asc")];
    assert_eq!(
        numbers(&list(&shop, &ascending).await),
        ["6", "7", "8", "9", "10"]
    );
}

#[tokio::test]
async fn filters_narrow_the_list_and_its_total() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    shop.create("1").await;
    let paid = shop.create("2").await;
    sandbox.zipay().pay(&paid).unwrap();
    shop.create_with("1", &[("terminal_number", "1004")]).await;

    let by_number = list(&shop, &[("invoice_number", "1")]).await;
    assert_eq!(
        (numbers(&by_number).len(), &by_number["total"]),
        (2, &json!(2))
    );
    let one = list(
        &shop,
        &[("terminal_number", "1003"), ("invoice_number", "1")],
    )
    .await;
    assert_eq!((numbers(&one), &one["total"]), (vec!["1"], &json!(1)));
    assert_eq!(numbers(&list(&shop, &[("status", "pending")]).await), ["2"]);
    assert_eq!(list(&shop, &[("status", "refunded")]).await["total"], 0);
    assert_eq!(
        list(&shop, &[("terminal_number", "2001")]).await["total"],
        0
    );
}

#[tokio::test]
async fn another_merchants_invoices_are_not_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    Shop::other_of(&sandbox)
        .create_with("1", &[("terminal_number", "2001")])
        .await;
    assert_eq!(list(&Shop::of(&sandbox), &[]).await["total"], 0);
    assert_eq!(list(&Shop::other_of(&sandbox), &[]).await["total"], 1);
}

#[tokio::test]
async fn a_limit_is_capped_at_a_hundred() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for number in 0..101 {
        shop.create(&number.to_string()).await;
    }
    let list = list(&shop, &[("limit", "1000")]).await;
    assert_eq!((numbers(&list).len(), &list["limit"]), (100, &json!(100)));
}

#[tokio::test]
async fn overdue_invoices_are_listed_as_they_stand() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let trackid = shop.create("1").await;
    sandbox.zipay().pay(&trackid).unwrap();
    sandbox
        .clock()
        .advance(std::time::Duration::from_secs(1800));
    assert_eq!(
        numbers(&list(&shop, &[("status", "rejected")]).await),
        ["1"]
    );
}

#[tokio::test]
async fn what_cannot_be_listed_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    for (name, value, message) in [
        ("terminal_number", "x", "terminal_number must be an integer"),
        ("status", "paid", "status is not a known status"),
        ("limit", "0", "limit must be at least 1"),
        ("limit", "ten", "limit must be an integer"),
        ("page", "0", "page must be at least 1"),
        ("page", "-1", "page must be an integer"),
        ("sort", "up", "sort must be asc or desc"),
    ] {
        let reply = shop.call("invoice-list", &[(name, value)]).await;
        assert_eq!(refused(&reply, 422), message);
    }
    assert_eq!(
        list(&shop, &[("page", "18446744073709551615")]).await["items"],
        json!([])
    );
}
