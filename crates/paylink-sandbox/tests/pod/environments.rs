use paylink_sandbox::Sandbox;
use paylink_sandbox::pod::Environment;

use crate::shop::Shop;

/// The two tables of the contract.
const NUMBERS: [(u32, Option<u32>); 17] = [
    (29821, Some(39317)),
    (30382, Some(39316)),
    (29807, Some(39302)),
    (369_550, None),
    (29815, Some(39310)),
    (29799, Some(39294)),
    (29800, Some(39295)),
    (29802, Some(39297)),
    (29801, Some(39296)),
    (1_113_426, None),
    (29796, Some(39291)),
    (29813, Some(39308)),
    (29809, Some(39304)),
    (29808, Some(39303)),
    (29812, Some(39307)),
    (29810, Some(39305)),
    (29816, Some(39311)),
];

/// The code of a number that no service has.
const NO_SERVICE: u64 = 1002;

#[tokio::test]
async fn each_environment_knows_its_own_numbers() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let knows = async |number: u32| {
        let body = shop.call(number, &[]).await.json();
        body["errorCode"] != NO_SERVICE
    };
    for environment in [
        Environment::Both,
        Environment::Production,
        Environment::Sandbox,
    ] {
        sandbox
            .pod()
            .change_settings(|settings| settings.environment = environment);
        for (production, in_sandbox) in NUMBERS {
            assert_eq!(
                knows(production).await,
                environment != Environment::Sandbox,
                "{production} {environment:?}"
            );
            if let Some(number) = in_sandbox {
                assert_eq!(
                    knows(number).await,
                    environment != Environment::Production,
                    "{number} {environment:?}"
                );
            }
        }
        for number in [0, 29795, 39318, 1] {
            assert!(!knows(number).await, "{number}");
        }
    }
}

#[tokio::test]
async fn both_numbers_call_the_same_service() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let issued = shop.done(39291, &crate::shop::NEW).await;
    let id = issued["id"].to_string();
    shop.done(39317, &[("invoiceId", &id), ("wallet", "PODLAND_WALLET")])
        .await;
    assert_eq!(
        shop.invoice(issued["id"].as_u64().unwrap()).await["payed"],
        true
    );
    let operations: Vec<_> = sandbox
        .journal()
        .iter()
        .map(|entry| entry.operation)
        .collect();
    assert_eq!(operations, ["issue-invoice", "pay-any-invoice", "invoices"]);
}
