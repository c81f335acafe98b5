//! Goods that went out are not sent again because that could not be written at once.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use paylink::core::Environment;
use paylink::desk::{
    Claim, Claimed, Deliver, Delivery, MemoryStore, Opened, OrderStore, Outbox, Stage,
};

use crate::clock::Clock;
use crate::shop::{LEASE, Shop, desk};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Sends the goods, and then somebody else has the order.
struct Warehouse {
    store: Arc<MemoryStore>,
    clock: Arc<Clock>,
    sent: AtomicU32,
    held: Mutex<Option<Claim>>,
}

#[async_trait]
impl Deliver for Warehouse {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        tokio::task::yield_now().await;
        self.sent.fetch_add(1, Ordering::SeqCst);
        let claimed = self.store.claim(delivery.order(), self.clock.now(), LEASE);
        let Claimed::Granted { claim, .. } = claimed.await? else {
            return Err("somebody else was first".into());
        };
        *self.held.lock().unwrap() = Some(claim);
        Ok(())
    }
}

async fn handed_out() -> (Shop, Arc<Warehouse>) {
    let shop = Shop::new();
    let _ = shop.open().await;
    shop.till.pay("1000");
    let _ = shop.desk.look("1000").await.unwrap();
    let warehouse = Arc::new(Warehouse {
        store: Arc::clone(&shop.store),
        clock: Arc::clone(&shop.clock),
        sent: AtomicU32::new(0),
        held: Mutex::new(None),
    });
    (shop, warehouse)
}

fn outbox(shop: &Shop, warehouse: &Arc<Warehouse>) -> Outbox<Arc<MemoryStore>, Arc<Warehouse>> {
    let providers = shop.desk.providers().clone();
    let desk = desk(Arc::clone(&shop.store), providers, &shop.clock);
    Outbox::new(Arc::new(desk), Arc::clone(warehouse))
}

#[tokio::test]
async fn that_the_goods_went_out_is_written_once_the_order_is_free() {
    let (shop, warehouse) = handed_out().await;
    let outbox = outbox(&shop, &warehouse);
    let somebody_else = async {
        // Longer than the patience of one call.
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        let claim = warehouse.held.lock().unwrap().take().expect("a claim");
        shop.store.release(&claim).await.unwrap();
    };
    let (done, ()) = tokio::join!(outbox.once(), somebody_else);
    done.unwrap();
    assert_eq!(shop.ledger().await.stage(), Stage::Delivered);
    shop.clock.advance(DAY);
    outbox.once().await.unwrap();
    assert_eq!(warehouse.sent.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_could_not_be_written_in_the_whole_lease_comes_again() {
    let (shop, warehouse) = handed_out().await;
    let outbox = outbox(&shop, &warehouse);
    outbox.once().await.unwrap();
    assert_eq!(shop.ledger().await.stage(), Stage::HandedOut);
    shop.clock.advance(LEASE);
    outbox.once().await.unwrap();
    assert_eq!(warehouse.sent.load(Ordering::SeqCst), 2);
}

/// Nothing could be done under it, and the row would come back at once.
#[tokio::test]
async fn a_lease_that_is_too_short_is_made_longer() {
    let (shop, warehouse) = handed_out().await;
    let outbox = outbox(&shop, &warehouse).lease(Duration::ZERO);
    let took = tokio::time::timeout(Duration::from_secs(60), outbox.once());
    took.await.expect("an end").unwrap();
    assert_eq!(warehouse.sent.load(Ordering::SeqCst), 1);
    let opened = shop.desk.open("1000").await.unwrap();
    assert!(matches!(opened, Opened::AlreadyPaid(_)), "{opened:?}");
}
