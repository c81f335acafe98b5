//! A payment that is not the order's own never pays it, whatever brings it to the desk.

use std::sync::Arc;
use std::time::Duration;

use paylink::core::provider::Descriptor;
use paylink::desk::{Desk, Ledger, MemoryStore, Opened, OrderStore, Outcome, StoredOrder};
use paylink::{Accounts, Capability, ComparedField, Created, Hint, Mismatch, Money, NewPayment};
use paylink_testkit::assert_matches;
use serde_json::Value;

use paylink_tests::providers::descriptor;

use super::crashing_store::{CrashingProvider, Fate};
use super::stall::{DeskClock, Stall};

/// The order that an attacker wants for nothing.
const EXPENSIVE: &str = "2000";
/// An order of the same shop that is paid.
const PAID: &str = "1000";

/// A shop with a paid order and an expensive one that nobody paid, both opened.
struct Shop {
    stall: Stall,
    store: Arc<MemoryStore>,
    desk: Desk<Arc<MemoryStore>>,
    paid: Created,
    expensive: Created,
}

impl Shop {
    async fn open(provider: &'static Descriptor) -> Shop {
        let stall = Stall::open(provider).await;
        let store = Arc::new(MemoryStore::new());
        let expensive = stall.payment_of(EXPENSIVE, pricier(&stall));
        store.put(PAID, StoredOrder::new("main", stall.payment(PAID)));
        store.put(EXPENSIVE, StoredOrder::new("main", expensive));
        let client = Arc::clone(&stall.client);
        let account = CrashingProvider::account("main", client, &Fate::kind());
        let desk = Desk::new(Arc::clone(&store), Accounts::new([account]).unwrap())
            .visit_intervals(Duration::ZERO, Duration::ZERO)
            .runtime(Arc::new(DeskClock(Arc::clone(&stall.clock))));
        let paid = created(&desk, PAID).await;
        let expensive = created(&desk, EXPENSIVE).await;
        stall.pay(paid.record());
        Shop {
            stall,
            store,
            desk,
            paid,
            expensive,
        }
    }

    /// Puts the expensive order's ledger back after this was done to it, with another price if one is given.
    async fn tamper(&self, price: Option<Money>, change: impl FnOnce(&mut Value)) {
        let order = self.store.load(EXPENSIVE).await.unwrap().unwrap();
        let mut ledger = serde_json::to_value(order.ledger()).unwrap();
        change(&mut ledger);
        let ledger: Ledger = serde_json::from_value(ledger).unwrap();
        let price = price.unwrap_or(*order.payment().price());
        let payment: NewPayment = self.stall.payment_of(EXPENSIVE, price);
        let changed = StoredOrder::new("main", payment).with_ledger(ledger);
        self.store.put(EXPENSIVE, changed);
    }

    /// Looks after the expensive order, which must not be handed out: its books or its provider tell of another payment.
    async fn mismatch(&self) -> Mismatch {
        let name = self.stall.name();
        let outcome = self.desk.check(EXPENSIVE).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        let Outcome::Mismatch(found) = outcome else {
            panic!("{name} passed: {outcome:?}");
        };
        self.assert_dear_is_kept();
        found
    }

    /// Brings a hint at another payment to the expensive order, which is unpaid: it is said what the hint names, and the order
    /// is looked at without it.
    async fn misleads(&self, hint: Hint) -> Mismatch {
        let name = self.stall.name();
        let found = self.desk.names_another(EXPENSIVE, &hint).await.unwrap();
        let outcome = self.desk.hint(EXPENSIVE, hint).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_matches!(outcome, Outcome::NotPaid(_), "{name}");
        self.assert_dear_is_kept();
        found.unwrap_or_else(|| panic!("{name}: the hint is taken for the order's own"))
    }

    fn assert_dear_is_kept(&self) {
        let handed_out = self.store.deliveries();
        let name = self.stall.name();
        assert!(
            handed_out.iter().all(|it| it.order() != EXPENSIVE),
            "{name}"
        );
    }

    /// The paid order is still there for its own.
    async fn assert_paid_is_delivered(&self) {
        let now = self.desk.check(PAID).await.unwrap();
        assert_matches!(now, Outcome::DeliverNow(_));
        let orders: Vec<_> = self.store.deliveries();
        assert_eq!(orders.len(), 1);
        assert_eq!(orders[0].order(), PAID);
    }
}

async fn created(desk: &Desk<Arc<MemoryStore>>, order: &str) -> Created {
    match desk.open(order).await.unwrap() {
        Opened::Ready(created) => *created,
        other => panic!("{other:?}"),
    }
}

fn pricier(stall: &Stall) -> Money {
    let price = stall.price();
    Money::new(&format!("9{}", price.amount()), price.currency()).unwrap()
}

/// The newest attempt's record in a ledger's document.
fn record(ledger: &mut Value) -> &mut Value {
    &mut ledger["attempts"][0]["progress"]["made"]["record"]
}

fn as_value(created: &Created) -> Value {
    serde_json::to_value(created.record()).unwrap()
}

#[tokio::test]
async fn the_return_of_a_paid_order_pays_no_other() {
    for provider in paylink::providers() {
        let name = provider.name();
        let shop = Shop::open(provider).await;
        let back = shop.stall.hint(Capability::ReadReturn, shop.paid.record());
        let webhook = shop.stall.hint(Capability::ReadWebhook, shop.paid.record());
        for hint in [back, webhook].into_iter().flatten() {
            let found = shop.misleads(hint).await;
            assert!(found.has(ComparedField::Reference), "{name}: {found}");
            assert!(found.has(ComparedField::Order), "{name}: {found}");
        }
        // What a browser could claim besides: the id alone, or a payment of somebody else's provider.
        let own = shop.stall.client.capabilities().provider();
        let id = shop.stall.id(shop.paid.record());
        for forged in [
            Hint::new(own).with_id(provider.id_name(), id),
            Hint::new("elsewhere").with_reference(EXPENSIVE),
        ] {
            let found = shop.misleads(forged).await;
            assert!(found.has(ComparedField::Reference), "{name}: {found}");
        }
        let unpaid = shop.desk.check(EXPENSIVE).await.unwrap();
        assert_matches!(unpaid, Outcome::NotPaid(_), "{name}");
        shop.assert_paid_is_delivered().await;
    }
}

/// A paid order whose return or webhook names another payment, or its own number in other digits.
#[tokio::test]
async fn a_hint_that_is_nearly_right_keeps_no_paid_order_from_its_buyer() {
    for provider in paylink::providers() {
        let name = provider.name();
        let own = |shop: &Shop| shop.stall.client.capabilities().provider();
        let persian = PAID.chars().map(|it| char::from_u32(it as u32 + 0x6C0));
        let persian: String = persian.map(Option::unwrap).collect();
        for number in 0..6 {
            let shop = Shop::open(provider).await;
            let (paid, expensive) = (shop.paid.record(), shop.expensive.record());
            let in_persian = Hint::new(own(&shop)).with_reference(&persian);
            let hints = [
                shop.stall.hint(Capability::ReadReturn, expensive),
                shop.stall.hint(Capability::ReadWebhook, expensive),
                Some(Hint::new(own(&shop)).with_id(provider.id_name(), shop.stall.id(expensive))),
                Some(in_persian.clone()),
                Some(in_persian.with_id(provider.id_name(), shop.stall.id(paid))),
                Some(Hint::new("elsewhere").with_reference(PAID)),
            ];
            let Some(hint) = hints[number].clone() else {
                continue;
            };
            let now = shop.desk.hint(PAID, hint).await.unwrap();
            assert_matches!(now, Outcome::DeliverNow(_), "{name} {number}");
            assert_eq!(shop.store.deliveries().len(), 1, "{name} {number}");
        }
    }
}

#[tokio::test]
async fn a_return_that_is_replayed_delivers_nothing_more() {
    for provider in paylink::providers() {
        let name = provider.name();
        let shop = Shop::open(provider).await;
        shop.assert_paid_is_delivered().await;
        for hint in [
            shop.stall.hint(Capability::ReadReturn, shop.paid.record()),
            shop.stall.hint(Capability::ReadWebhook, shop.paid.record()),
            None,
        ] {
            let again = match hint.clone() {
                Some(hint) => shop.desk.hint(PAID, hint).await.unwrap(),
                None => shop.desk.check(PAID).await.unwrap(),
            };
            assert_matches!(again, Outcome::AwaitingDelivery(_), "{name}");
            if let Some(hint) = hint {
                let found = shop.misleads(hint).await;
                assert!(found.has(ComparedField::Reference), "{name}: {found}");
            }
        }
        assert_eq!(shop.store.deliveries().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_cheap_paid_record_pays_no_dear_order() {
    for provider in paylink::providers() {
        let name = provider.name();
        // The whole record of the paid order.
        let shop = Shop::open(provider).await;
        let cheap = as_value(&shop.paid);
        shop.tamper(None, |ledger| *record(ledger) = cheap.clone())
            .await;
        let found = shop.mismatch().await;
        assert!(found.has(ComparedField::Order), "{name}: {found}");
        assert!(found.has(ComparedField::Amount), "{name}: {found}");

        // The same under the expensive order's reference: its amount betrays it.
        let shop = Shop::open(provider).await;
        let mut cheap = as_value(&shop.paid);
        cheap["reference"] = EXPENSIVE.into();
        shop.tamper(None, |ledger| *record(ledger) = cheap).await;
        let found = shop.mismatch().await;
        assert!(found.has(ComparedField::Amount), "{name}: {found}");
        assert!(!found.has(ComparedField::Order), "{name}: {found}");

        // The expensive order's record with the paid one's ids: the provider betrays it.
        let shop = Shop::open(provider).await;
        let ids = as_value(&shop.paid)["ids"].clone();
        shop.tamper(None, |ledger| record(ledger)["ids"] = ids)
            .await;
        let found = shop.mismatch().await;
        let betrayed = found.has(ComparedField::Order)
            || found.has(ComparedField::Amount)
            || found.has(ComparedField::Reference);
        assert!(betrayed, "{name}: {found}");
        shop.assert_paid_is_delivered().await;
    }
}

#[tokio::test]
async fn an_order_that_became_dearer_or_another_currency_is_not_paid_by_what_was() {
    for provider in paylink::providers() {
        let name = provider.name();
        for field in [ComparedField::Amount, ComparedField::Currency] {
            let shop = Shop::open(provider).await;
            shop.stall.pay(shop.expensive.record());
            let price = match field {
                ComparedField::Amount => shop.stall.price(),
                _ => shop.stall.other_currency(),
            };
            shop.tamper(Some(price), |_| {}).await;
            let found = shop.mismatch().await;
            assert!(found.has(field), "{name}: {found}");
            assert_eq!(found.differences().len(), 1, "{name}: {found}");
        }
    }
}

#[tokio::test]
async fn a_payment_at_another_terminal_or_shop_pays_nothing() {
    for provider in paylink::providers() {
        let name = provider.name();
        let shop = Shop::open(provider).await;
        shop.stall.pay(shop.expensive.record());
        shop.tamper(None, |ledger| {
            let merchant = &mut record(ledger)["merchant"];
            assert!(merchant.is_string(), "{name}");
            *merchant = "another".into();
        })
        .await;
        let found = shop.mismatch().await;
        assert!(found.has(ComparedField::Merchant), "{name}: {found}");
        assert_eq!(found.differences().len(), 1, "{name}: {found}");
    }
}

#[tokio::test]
async fn an_invoice_that_zipay_reports_at_another_terminal_pays_nothing() {
    let shop = Shop::open(descriptor("zipay")).await;
    let there = shop.stall.sandbox.zipay();
    let elsewhere = zipay_client::ZiPay::builder(there.api_key(), there.secret_key())
        .terminal(there.second_terminal())
        .base_url(there.base_url())
        .build()
        .unwrap();
    // The same merchant, number and price, and it is paid.
    let same = shop.stall.payment_of(EXPENSIVE, pricier(&shop.stall));
    let other = paylink::PaymentProvider::create(&elsewhere, &same)
        .await
        .unwrap();
    shop.stall.pay(other.record());
    let ids = as_value(&other)["ids"].clone();
    shop.tamper(None, |ledger| record(ledger)["ids"] = ids)
        .await;
    let found = shop.mismatch().await;
    assert!(found.has(ComparedField::Merchant), "{found}");
    assert_eq!(found.differences().len(), 1, "{found}");
}
