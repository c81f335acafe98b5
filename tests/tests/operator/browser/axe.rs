//! Every page is held against the rules of accessibility that a program can check, with axe-core.

use paylink_tests::browser::Viewport;
use serde_json::json;

use super::super::{Office, injection};
use super::{Operator, both};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_serious_is_found_on_any_page() {
    let office = Office::open().await;
    office.sell_and_mix_up("1000", "1001").await;
    office.sell("2000", "sizpay", 5_000).await;
    injection::fill(&office).await;
    let visitor = office.visitor(&[paylink_server::Right::Operate]).await;
    visitor.send("/operator/orders/1000/check", &[]).await;
    for (viewport, words) in both() {
        let operator = Operator::arrives(&office, viewport, words.language).await;
        operator.finds_nothing().await;
        operator.fill("#key", "wrong").await;
        operator.click(".primary").await;
        operator.click("[role=alert]").await;
        operator.finds_nothing().await;
        operator.logs_in().await;
        let orders = [
            "orders/1000",
            "orders/1000/start-over",
            "orders/1001",
            "orders/1001/acknowledge",
            "orders/1001/refund",
            "orders/2000/resend-link",
            "orders/nothing",
        ];
        let orders = orders.map(|page| format!("/operator/{page}"));
        let reconcile = "/operator/reconcile".to_owned();
        for page in injection::pages()
            .into_iter()
            .chain(orders)
            .chain([reconcile])
        {
            operator.open(&page).await;
            operator.finds_nothing().await;
        }
        operator.click("option[value=zipay]").await;
        operator.click(".primary").await;
        operator.click("section[role=status]").await;
        operator.finds_nothing().await;
        operator.leave().await;
    }
    office.close().await;
}

impl Operator<'_> {
    /// By day and by night.
    async fn finds_nothing(&self) {
        let schemes = if self.viewport == Viewport::Phone {
            &["light", "dark"][..]
        } else {
            &["light"]
        };
        for scheme in schemes {
            self.browser.prefer(scheme).await.unwrap();
            let found = self.browser.serious_faults().await.unwrap();
            let url = self.browser.page.current_url().await.unwrap();
            assert_eq!(found, json!([]), "{:?} {scheme}: {url}", self.viewport);
        }
    }
}
