//! What programs read: the form of the documents, and what an error tells them.

use serde_json::json;

use crate::shop::Shop;

const TWICE: &str = "--json zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT \
                     --callback https://shop.example/back";

/// A program need not have the catalogue: a refusal says in both languages what people are told.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_explained_in_both_languages() {
    let shop = Shop::open().await;
    shop.line(TWICE).ok();
    let error = shop.line(TWICE).fails(1, json!({"kind": "refused"}));
    let mut catalogue = paylink::catalogue();
    let entry = catalogue
        .find(|entry| entry.provider == "zipay" && error["code"] == entry.code)
        .unwrap();
    assert_has!(error, {
        "refusal/code": error["code"],
        "explanation/english": entry.explanation.english,
        "explanation/persian": entry.explanation.persian,
        "explanation/party": entry.explanation.party,
        "explanation/visible_to_payer": entry.explanation.visible_to_payer,
        "advice/action": entry.advice,
        "advice/english": entry.advice.english(),
        "advice/persian": entry.advice.persian(),
    });
}
