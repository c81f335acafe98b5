use paylink::core::provider::Variant;

use crate::shop::Shop;

/// What the demo shows: each provider in each of its variants.
fn shown() -> impl Iterator<Item = &'static str> {
    let variants = paylink::providers().iter().flat_map(|it| it.variants());
    variants.map(Variant::title)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_succeeds_and_ends_with_the_table() {
    let shop = Shop::open().await;
    // No account, no configuration.
    let run = shop.finish(shop.bare(&["demo"]));
    run.told();
    let (steps, table) = run.stdout.split_at(run.stdout.find("STEP ").unwrap());
    for step in [
        "receive the webhook",
        "refund",
        "transfer exactly",
        "verify after its time",
    ] {
        assert!(steps.contains(&format!(". {step}: ")), "{steps}");
    }
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    for provider in shown() {
        let heading = format!("{provider}, played by a sandbox at http://127.0.0.1:");
        assert!(steps.contains(&heading), "{steps}");
        assert!(rows.contains(&provider.split(' ').collect()), "{table}");
    }
    assert_eq!(rows[0], ["STEP", "EXPECTED", "GOT", "OK"]);
    let ok = rows.iter().filter(|row| row.last() == Some(&"yes")).count();
    let last = format!("All {ok} steps came to what they should.");
    assert_eq!(table.lines().last(), Some(&*last), "{table}");
    assert!(
        table.lines().all(|line| line.chars().count() <= 80),
        "{table}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn as_json_it_is_one_document_and_the_steps_are_told_beside_it() {
    let shop = Shop::open().await;
    let run = shop.finish(shop.bare(&["demo", "--json"]));
    let steps = run.ok()["steps"].as_array().unwrap().clone();
    for provider in shown() {
        let own = steps.iter().filter(|step| step["provider"] == provider);
        assert!(own.count() >= 5, "{provider}");
    }
    assert!(steps.len() >= 9 * shown().count(), "{steps:?}");
    for step in steps {
        assert_eq!(step["expected"], step["got"]);
        assert_eq!(step["ok"], true);
        run.complains(step["step"].as_str().unwrap());
    }
}
