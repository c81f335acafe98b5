//! Status requests.

use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{ResultCode, StatusList, StatusNames};
use serde_json::{Value, json};

use crate::client::of;
use crate::sizpay::{Shop, list, open, refused};

/// A sandbox with three links of one day, of which the second is paid.
struct Scene {
    sandbox: Sandbox,
    ids: [u64; 3],
    day: String,
    reference_number: String,
}

impl Scene {
    async fn new() -> Self {
        let (sandbox, shop) = open().await;
        // No test may run over the end of a day.
        let to_noon = Duration::from_secs(until_noon(&sandbox));
        sandbox.clock().advance(to_noon);
        let a = shop.send("a").await;
        let ids = [a, shop.send("b").await, shop.send("b").await];
        let paid = sandbox.sizpay().pay(ids[1]).unwrap();
        Self {
            day: paid.sent_on(),
            reference_number: paid.reference_number.unwrap(),
            sandbox,
            ids,
        }
    }

    async fn status(&self, kind: u8, list: &str) -> Value {
        Shop::of(&self.sandbox).status(&self.day, kind, list).await
    }
}

/// The seconds from now to the next noon in Tehran.
fn until_noon(sandbox: &Sandbox) -> u64 {
    let now = sandbox.clock().now();
    let unix = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let of_day = (unix + 12_600) % 86_400;
    (86_400 + 43_200 - of_day) % 86_400
}

fn ids(answer: &Value) -> Vec<u64> {
    let ids = list(answer)
        .into_iter()
        .map(|it| it["PayLinkSendID"].as_u64());
    ids.map(Option::unwrap).collect()
}

#[tokio::test]
async fn a_whole_day_is_listed_in_the_order_of_sending() {
    let scene = Scene::new().await;
    let answer = scene.status(0, "").await;
    let [a, b, c] = scene.ids;
    assert_eq!(
        list(&answer),
        [
            json!({"PayLinkSendID": a, "InvoiceNo": "a", "Status": 0, "RefNo": ""}),
            json!({"PayLinkSendID": b, "InvoiceNo": "b", "Status": 1, "RefNo": scene.reference_number}),
            json!({"PayLinkSendID": c, "InvoiceNo": "b", "Status": 0, "RefNo": ""}),
        ]
    );
    let shown = of(&answer, &["ResCod", "Message", "prmPayLinkFirstStatus"]);
    assert_eq!(shown, json!([1, "", 0]));
    assert_eq!(answer["prmPayLinkFirstRefNo"], "");
}

#[tokio::test]
async fn a_day_has_its_own_links_only() {
    let scene = Scene::new().await;
    let (sandbox, shop) = (&scene.sandbox, Shop::of(&scene.sandbox));
    sandbox.clock().advance(Duration::from_secs(86_400));
    let tomorrow = shop.send("c").await;
    let next_day = sandbox.sizpay().link(tomorrow).unwrap().sent_on();
    assert_ne!(next_day, scene.day);
    assert_eq!(ids(&shop.status(&next_day, 0, "").await), [tomorrow]);
    assert_eq!(ids(&scene.status(0, "").await), scene.ids);
    for empty in [
        scene.status(0, &tomorrow.to_string()).await,
        scene.status(1, "c").await,
        shop.status("1399/11/21", 0, "").await,
    ] {
        assert_eq!((&empty["ResCod"], ids(&empty)), (&json!(1), Vec::new()));
    }
}

#[tokio::test]
async fn ids_and_numbers_filter_in_their_own_order() {
    let scene = Scene::new().await;
    let [a, b, c] = scene.ids;
    let by_ids = scene.status(0, &format!("{b},{a}")).await;
    assert_eq!(ids(&by_ids), [b, a]);
    assert_eq!(by_ids["prmPayLinkFirstStatus"], 1);
    assert_eq!(by_ids["prmPayLinkFirstRefNo"], scene.reference_number);

    assert_eq!(ids(&scene.status(1, "b,a").await), [b, c, a]);
    assert_eq!(ids(&scene.status(1, "a").await), [a]);
}

#[tokio::test]
async fn what_is_not_there_is_passed_over_and_never_first() {
    let scene = Scene::new().await;
    let [_, b, _] = scene.ids;
    let answer = scene.status(0, &format!("99999,{b}")).await;
    assert_eq!(ids(&answer), [b]);
    // The first that was asked for is not there, so it is not paid.
    let first = of(&answer, &["prmPayLinkFirstStatus", "prmPayLinkFirstRefNo"]);
    assert_eq!(first, json!([0, ""]));

    let nothing = scene.status(0, "99999").await;
    assert_eq!(nothing["ResCod"], 1, "{nothing}");
    assert_eq!(list(&nothing), Vec::<Value>::new());
}

#[tokio::test]
async fn another_merchants_links_are_not_there() {
    let scene = Scene::new().await;
    let other = Shop::other_of(&scene.sandbox);
    for list in [scene.ids[1].to_string(), String::new()] {
        let answer = other.status(&scene.day, 0, &list).await;
        assert_eq!(ids(&answer), Vec::<u64>::new(), "{answer}");
    }
}

#[tokio::test]
async fn filters_and_dates_are_checked() {
    let scene = Scene::new().await;
    for (kind, list) in [(1, ""), (2, "a"), (0, ","), (1, "a,,b")] {
        let answer = scene.status(kind, list).await;
        let message = refused(&answer);
        assert!(message.contains("فیلتر"), "{kind} {list:?}: {answer}");
    }
    let shop = Shop::of(&scene.sandbox);
    for day in ["", "1404/12/30", "1399/1/1", "۱۳۹۹/۱۱/۲۱"] {
        let answer = shop.status(day, 0, "").await;
        assert!(refused(&answer).contains("تاریخ"), "{day}: {answer}");
    }
}

#[tokio::test]
async fn the_lenient_forms_can_be_chosen() {
    let scene = Scene::new().await;
    let sizpay = scene.sandbox.sizpay();
    sizpay.change_settings(|it| it.status_list = StatusList::Array);
    sizpay.change_settings(|it| it.status_names = StatusNames::Bare);
    sizpay.change_settings(|it| it.result_code = ResultCode::Text);
    let [_, b, _] = scene.ids;
    let answer = scene.status(0, &b.to_string()).await;
    let entry =
        json!({"PayLinkSendID": b, "InvoiceNo": "b", "Status": 1, "RefNo": scene.reference_number});
    assert_eq!(
        answer,
        json!({
            "ResCod": "1",
            "Message": "",
            "PayLinkFirstStatus": 1,
            "PayLinkFirstRefNo": scene.reference_number,
            "PayLinkListStatus": [entry],
        })
    );
}
