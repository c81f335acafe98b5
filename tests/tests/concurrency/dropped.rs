//! Futures that are dropped after so many polls, at each of their await points in turn; then the books are held against the
//! provider's.

use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use paylink::Capability;
use paylink::core::provider::Descriptor;
use paylink::desk::{
    Deliver, Delivery, Desk, MarkedDelivered, Opened, Outbox, Outcome, Reopened, StoredOrder, Sweep,
};
use paylink_books::Books;
use tempfile::TempDir;

use super::stall::Stall;
use super::{LEASE, desk};

/// More polls than any call takes.
const MOST: usize = 400;

/// How many rounds share a sandbox, so that its clock stays on one day.
const A_DAY: usize = 50;

/// A future that is dropped once it was polled so often without coming to an end.
struct CutShort<F> {
    future: Option<Pin<Box<F>>>,
    polls: usize,
}

impl<F: Future> CutShort<F> {
    fn after(polls: usize, future: F) -> CutShort<F> {
        CutShort {
            future: Some(Box::pin(future)),
            polls,
        }
    }
}

impl<F: Future> Future for CutShort<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<F::Output>> {
        let Some(future) = self.future.as_mut() else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(done) = future.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        self.polls -= 1;
        if self.polls > 0 {
            return Poll::Pending;
        }
        self.future = None;
        Poll::Ready(None)
    }
}

/// What is dropped half-way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cut {
    Open,
    Reopen,
    Hint,
    Visit,
    Check,
    Sweep,
    Outbox,
    MarkDelivered,
    /// Storing the order.
    Add,
    /// The client, without a desk: a settle.
    Settle,
}

const CUTS: [Cut; 10] = [
    Cut::Open,
    Cut::Reopen,
    Cut::Hint,
    Cut::Visit,
    Cut::Check,
    Cut::Sweep,
    Cut::Outbox,
    Cut::MarkDelivered,
    Cut::Add,
    Cut::Settle,
];

/// Counts what is sent, by the delivery's id.
#[derive(Clone, Default)]
struct Warehouse(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

#[async_trait]
impl Deliver for Warehouse {
    async fn deliver(
        &self,
        delivery: &Delivery,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        // One more await point, before which nothing was sent.
        tokio::task::yield_now().await;
        let mut sent = self.0.lock().unwrap();
        let of_order = sent.entry(delivery.order().to_owned()).or_default();
        of_order.push(delivery.id().to_string());
        Ok(())
    }
}

struct Shop {
    stall: Stall,
    books: Books,
    warehouse: Warehouse,
    _folder: TempDir,
}

/// An order of the shop.
struct Order {
    name: String,
    /// The references under which it may have payments.
    references: Vec<String>,
    /// How often anybody was told to deliver it.
    told: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_dropped_the_books_are_balanced_afterwards() {
    let mut running = tokio::task::JoinSet::new();
    for provider in paylink::providers() {
        running.spawn(async move {
            for cut in CUTS {
                at_every_point(provider, cut).await;
            }
        });
    }
    running.join_all().await;
}

/// Drops it after one poll, after two, and so on until it comes to its end.
async fn at_every_point(provider: &'static Descriptor, cut: Cut) {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = Shop {
        stall: Stall::open(provider).await,
        books: Books::sqlite(folder.path().join("shop.db")).await.unwrap(),
        warehouse: Warehouse::default(),
        _folder: folder,
    };
    let mut polls = 1;
    while !shop.round(cut, polls).await {
        polls += 1;
        if polls % A_DAY == 0 {
            shop.stall = Stall::open(provider).await;
        }
        assert!(polls < MOST, "{cut:?} never ends");
    }
    println!(
        "{} {cut:?}: dropped at {} points",
        provider.name(),
        polls - 1
    );
    assert!(polls > 1 || cut == Cut::Hint, "{cut:?} was never dropped");
}

impl Shop {
    fn desk(&self) -> Arc<Desk<Books>> {
        desk(&self.stall, self.books.clone(), Duration::from_secs(1))
    }

    /// One order, in whose life one call is dropped after so many polls. Says whether the call came to its end.
    async fn round(&self, cut: Cut, polls: usize) -> bool {
        let number = 1_000_000 + polls * 100;
        let mut order = Order {
            name: format!("order-{polls}"),
            references: vec![number.to_string()],
            told: 0,
        };
        let name = order.name.clone();
        let stored = StoredOrder::new("main", self.stall.payment(&order.references[0]));
        let desk = self.desk();
        let whole = match cut {
            Cut::Add => {
                let adding = self.books.add(&name, &stored);
                let whole = CutShort::after(polls, adding).await.is_some();
                // It was stored or not; if it was, the same again is refused.
                let _ = self.books.add(&name, &stored).await;
                whole
            }
            _ => {
                self.books.add(&name, &stored).await.unwrap();
                self.cut_short(cut, polls, &desk, &mut order).await
            }
        };
        drop(desk);
        self.heal(&mut order).await;
        self.judge(cut, &order).await;
        whole
    }

    async fn cut_short(
        &self,
        cut: Cut,
        polls: usize,
        desk: &Arc<Desk<Books>>,
        order: &mut Order,
    ) -> bool {
        let name = order.name.clone();
        if cut == Cut::Open {
            return CutShort::after(polls, desk.open(&name)).await.is_some();
        }
        let Opened::Ready(created) = desk.open(&name).await.unwrap() else {
            panic!("{name} is not opened");
        };
        if cut == Cut::Reopen {
            let next = format!("{}1", order.references[0].strip_suffix('0').unwrap());
            order.references.push(next.clone());
            let reopened = desk.reopen(&name, next.parse().unwrap());
            return CutShort::after(polls, reopened).await.is_some();
        }
        self.stall.pay(created.record());
        let mut hear = |outcome: Option<Outcome>| {
            order.told += usize::from(matches!(outcome, Some(Outcome::DeliverNow(_))));
            outcome.is_some()
        };
        match cut {
            Cut::Hint => match self.stall.hint(Capability::ReadReturn, created.record()) {
                Some(hint) => hear(
                    CutShort::after(polls, desk.hint(&name, hint))
                        .await
                        .map(Result::unwrap),
                ),
                None => true,
            },
            Cut::Visit => hear(
                CutShort::after(polls, desk.visit(&name))
                    .await
                    .map(Result::unwrap),
            ),
            Cut::Check => hear(
                CutShort::after(polls, desk.check(&name))
                    .await
                    .map(Result::unwrap),
            ),
            Cut::Sweep => {
                self.stall.advance(LEASE);
                let sweep = Sweep::new(Arc::clone(desk));
                CutShort::after(polls, sweep.step()).await.is_some()
            }
            Cut::Settle => {
                let expected = self.books_expected(&name).await;
                let settled = self.stall.client.settle(&expected);
                CutShort::after(polls, settled).await.is_some()
            }
            _ => {
                hear(Some(desk.check(&name).await.unwrap()));
                let outbox = Outbox::new(Arc::clone(desk), self.warehouse.clone());
                if cut == Cut::Outbox {
                    return CutShort::after(polls, outbox.step()).await.is_some();
                }
                CutShort::after(polls, desk.mark_delivered(&name))
                    .await
                    .is_some()
            }
        }
    }

    /// What the order's own record expects of its payment.
    async fn books_expected(&self, order: &str) -> paylink::ExpectedPayment {
        let stored = self.desk().order(order).await.unwrap();
        let attempt = stored.ledger().attempts().last().unwrap();
        let record = attempt.created().unwrap().record().clone();
        let payment = stored.payment();
        paylink::ExpectedPayment::new(payment.reference().clone(), *payment.price(), record)
    }

    /// A process that starts afterwards brings the order to its end: paid, handed out and sent.
    async fn heal(&self, order: &mut Order) {
        let desk = self.desk();
        let name = order.name.as_str();
        let mut is_paid = false;
        let mut seen = Vec::new();
        for _ in 0..12 {
            let outcome = desk.check(name).await.unwrap();
            seen.push(format!("{outcome:?}"));
            match outcome {
                Outcome::DeliverNow(_) => {
                    order.told += 1;
                    break;
                }
                Outcome::AwaitingDelivery(_) | Outcome::Delivered { .. } => break,
                Outcome::NotOpened | Outcome::NotPaid(_) => {
                    let opened = desk.open(name).await.unwrap();
                    seen.push(format!("{opened:?}"));
                    match opened {
                        Opened::Ready(created) if !is_paid => {
                            self.stall.pay(created.record());
                            is_paid = true;
                        }
                        Opened::Ready(_) | Opened::AlreadyPaid(_) => {}
                        // Whoever held it is gone, and its lease runs out.
                        _ => self.stall.advance(LEASE),
                    }
                }
                Outcome::Lost(_) => {
                    let next = order.references.len() + 10;
                    let next = (order.references[0].parse::<usize>().unwrap() + next).to_string();
                    order.references.push(next.clone());
                    match desk.reopen(name, next.parse().unwrap()).await.unwrap() {
                        Reopened::Opened(_) => {}
                        Reopened::Kept(kept) => panic!("{name}: {kept:?}"),
                    }
                }
                Outcome::Unresolved { retry_after } => self.stall.advance(retry_after),
                Outcome::Busy { .. } | Outcome::TooSoon { .. } => self.stall.advance(LEASE),
                Outcome::Mismatch(mismatch) => panic!("{name}: {mismatch}"),
            }
        }
        let stored = desk.order(name).await.unwrap();
        assert!(
            stored.ledger().delivery().is_some(),
            "{name} is not handed out: {seen:#?}"
        );
        // Who held the order is gone. What a worker had taken that was dropped is taken again after its lease.
        self.stall.advance(LEASE + Duration::from_secs(1));
        let outbox = Outbox::new(Arc::clone(&desk), self.warehouse.clone());
        for _ in 0..3 {
            outbox.step().await.unwrap();
            if let Ok(MarkedDelivered::Done { .. }) = desk.mark_delivered(name).await {
                break;
            }
            self.stall.advance(Duration::from_secs(5 * 60));
        }
    }

    /// Holds the provider's books against the merchant's.
    async fn judge(&self, cut: Cut, order: &Order) {
        let (name, provider) = (&order.name, self.stall.name());
        let what = format!("{provider} {cut:?} {name}");
        let created = order
            .references
            .iter()
            .map(|it| self.stall.created_under(it));
        let created: usize = created.sum();
        if cut == Cut::Reopen || !self.stall.offers(Capability::FindCreated) {
            assert!(
                (1..=order.references.len()).contains(&created),
                "{what}: {created}"
            );
        } else {
            assert_eq!(created, 1, "{what}");
        }
        assert!(order.told <= 1, "{what}: told {} times", order.told);
        let stored = self.desk().order(name).await.unwrap();
        let delivery = stored
            .ledger()
            .delivery()
            .unwrap_or_else(|| panic!("{what}: nothing went out"));
        assert!(stored.ledger().delivered_at().is_some(), "{what}");
        let sent = self
            .warehouse
            .0
            .lock()
            .unwrap()
            .get(name)
            .cloned()
            .unwrap_or_default();
        // Who is told by hand that goods are out needs no outbox; one that was dropped may have sent, and sends the same again.
        let most = if cut == Cut::Outbox { 2 } else { 1 };
        assert!(
            sent.len() <= most && (sent.len() == 1 || most == 2 || cut == Cut::MarkDelivered),
            "{what}: {sent:?}"
        );
        assert!(
            sent.iter().all(|id| id == delivery.id()),
            "{what}: {sent:?}"
        );
        if provider == "zipay" {
            let invoices = self.stall.sandbox.zipay().invoices().into_iter();
            let verified = invoices.filter(|it| order.references.contains(&it.invoice_number));
            let verified: usize = verified.map(|it| it.times_verified()).sum();
            assert_eq!(verified, 1, "{what}");
        }
    }
}

/// It is dropped after as many polls as it is told, and not before.
#[tokio::test]
async fn a_future_is_dropped_at_the_point_that_was_asked_for() {
    for (polls, ends) in [(1, None), (3, None), (4, Some(7))] {
        let future = async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            7
        };
        assert_eq!(pin!(CutShort::after(polls, future)).await, ends);
    }
}
