use std::time::Duration;

use paylink_sandbox::Sandbox;
use serde_json::Value;

use crate::shop::{Param, Shop};

/// Issues five invoices, of which the second is paid, the third cancelled and the fourth waits.
async fn five(sandbox: &Sandbox) -> Vec<u64> {
    let shop = Shop::of(sandbox);
    let mut ids = Vec::new();
    for number in ["1", "2", "3", "4", "5"] {
        let user_id = sandbox.pod().user().user_id().to_string();
        let user_id = if number == "5" { user_id.as_str() } else { "" };
        ids.push(
            shop.issue_id(&[("billNumber", number), ("userId", user_id)])
                .await,
        );
    }
    sandbox.pod().pay_by_card(ids[1]).unwrap();
    shop.done(29810, &[("id", &ids[2].to_string())]).await;
    sandbox.pod().open_gateway(ids[3]).unwrap();
    ids
}

fn numbers(list: &Value) -> String {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|invoice| invoice["billNumber"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_page_begins_at_an_offset_or_at_an_id() {
    let sandbox = Sandbox::start().await.unwrap();
    let ids: Vec<_> = five(&sandbox).await.iter().map(u64::to_string).collect();
    let shop = Shop::of(&sandbox);
    for (params, expected) in [
        (vec![("offset", "0")], "54321"),
        (vec![("offset", "3")], "21"),
        (vec![("offset", "9")], ""),
        (vec![("offset", "1"), ("size", "2")], "43"),
        (vec![("firstId", "0"), ("size", "2")], "12"),
        (vec![("firstId", &ids[2])], "345"),
        (vec![("lastId", &ids[2])], "321"),
    ] {
        let body = shop.call(29813, &params).await.json();
        assert_eq!(numbers(&body["result"]), expected, "{params:?}");
        assert_eq!(body["count"], 5, "{params:?}");
    }
    for bad in [
        vec![],
        vec![("offset", "0"), ("firstId", "0")],
        vec![("firstId", "0"), ("lastId", "0")],
        vec![("offset", "-1")],
        vec![("offset", "0"), ("size", "x")],
    ] {
        assert_eq!(shop.code(29813, &bad).await, 1001, "{bad:?}");
    }
}

#[tokio::test]
async fn a_list_is_narrowed_by_what_is_asked() {
    let sandbox = Sandbox::start().await.unwrap();
    let ids: Vec<_> = five(&sandbox).await;
    let shop = Shop::of(&sandbox);
    let invoice = sandbox.pod().invoice(ids[3]).unwrap();
    let (id, user_id) = (
        ids[0].to_string(),
        sandbox.pod().user().user_id().to_string(),
    );
    let listed = shop.invoice(ids[1]).await;
    let filters: Vec<(Vec<Param<'_>>, &str)> = vec![
        (vec![("id", &id)], "1"),
        (vec![("billNumber", "2")], "2"),
        (vec![("uniqueNumber", &invoice.unique_number)], "4"),
        (
            vec![(
                "referenceNumber",
                listed["referenceNumber"].as_str().unwrap(),
            )],
            "2",
        ),
        (vec![("userId", &user_id)], "5"),
        (vec![("isPayed", "true")], "2"),
        (vec![("isCanceled", "true")], "3"),
        (vec![("isWaiting", "True")], "4"),
        (vec![("isPayed", "false"), ("isCanceled", "false")], "541"),
        (vec![("isClosed", "true")], ""),
        (vec![("guildCode", "FOOD_GUILD")], ""),
        (vec![("fromDate", "1400/01/01 00:00:00")], "54321"),
        (vec![("toDate", "1400/01/01 00:00:00")], ""),
        (vec![("fromDate", "1490/01/01 00:00:00")], ""),
    ];
    for (filter, expected) in filters {
        let mut params = vec![("offset", "0")];
        params.extend(&filter);
        let body = shop.call(29813, &params).await.json();
        assert_eq!(numbers(&body["result"]), expected, "{filter:?}");
        assert_eq!(body["count"], expected.len(), "{filter:?}");
    }
    let bad = [("offset", "0"), ("fromDate", "1400/01/01")];
    assert_eq!(shop.code(29813, &bad).await, 1001);
}

#[tokio::test]
async fn a_list_shows_how_things_stand_now() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let id = shop.issue_id(&[]).await;
    sandbox.pod().open_gateway(id).unwrap();
    assert_eq!(shop.invoice(id).await["waiting"], true);
    sandbox.clock().advance(Duration::from_secs(3600));
    assert_eq!(shop.invoice(id).await["waiting"], false);
}
