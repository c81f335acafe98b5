//! Payers: they open orders, pay at the providers or do not, and come back or do not; and strangers who meddle.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use paylink::desk::{DeskError, Opened, Outcome, Reopened};
use paylink::web::Routes;
use paylink_books::{Books, BooksError};
use paylink_core::provider::Created;
use paylink_sandbox::Sandbox;
use url::Url;

use super::judge::ABOUT;
use super::merchant::{Life, WATCHED};
use super::order::{ComesBack, Order, Pays};
use super::world::World;
use paylink_tests::chance::Chance;
use paylink_tests::providers::descriptor;
use paylink_tests::selling::Result;

type Desk = Arc<paylink::desk::Desk<Books>>;
type Told<T> = std::result::Result<T, DeskError<BooksError>>;

/// How often a payer tries again what did not work.
const PATIENCE: u32 = 60;
/// The pause in between, and that between two visits that are told to come again.
const AGAIN: Duration = Duration::from_secs(20);
const VISIT_AGAIN: Duration = Duration::from_secs(65);
/// How long somebody who comes back later is away.
const AWAY: Duration = Duration::from_secs(25 * 60);

/// What a payer was shown.
struct Shown(Box<Created>);

impl Shown {
    /// The provider's own id of the payment.
    fn id(&self) -> Option<&str> {
        let record = self.0.record();
        record.id(descriptor(record.provider()).id_name())
    }
}

/// A payer, from the shop's page to the goods.
pub(super) struct Payer {
    world: Arc<World>,
    order: Order,
    routes: Routes,
    chance: Chance,
}

impl Payer {
    pub(super) fn new(world: &Arc<World>, order: Order, routes: &Routes) -> Payer {
        Payer {
            world: Arc::clone(world),
            chance: Chance::stream(world.seed.rotate_left(17), order.number),
            order,
            routes: routes.clone(),
        }
    }

    /// Buys what the order is about.
    pub(super) async fn buy(mut self) -> Result<()> {
        let world = Arc::clone(&self.world);
        self.add().await?;
        let Some(mut shown) = self.open().await else {
            return Ok(());
        };
        if self.order.is_meddled_with {
            self.meddle(&shown).await;
        }
        if self.order.comes_back == ComesBack::Early {
            world.tally.count("hints", "return before the payment");
            self.come_back(&shown, None).await;
        }
        self.think().await;
        match self.order.pays {
            Pays::Never => {
                world.tally.count("payers", "never");
                return Ok(());
            }
            Pays::AtSecondTry => {
                world.tally.count("payers", "at the second try");
                self.decline(&shown).await;
                if let Some(other) = self.reopen().await {
                    shown = other;
                }
            }
            Pays::Wrongly if self.order.account == "cardpay" => {
                self.pay_wrongly(&shown).await;
                self.come_back(&shown, None).await;
                return Ok(());
            }
            Pays::InTime | Pays::Wrongly => world.tally.count("payers", "in time"),
            Pays::Late => world.tally.count("payers", "late"),
            Pays::Twice => world.tally.count("payers", "twice"),
        }
        let way_back = self.pay(&shown).await;
        if self.order.pays == Pays::Twice {
            self.pay(&shown).await;
        }
        if self.order.starts_over {
            world
                .tally
                .count("payers", "asked for another payment after paying");
            if let Some(other) = self.reopen().await {
                self.pay(&other).await;
            }
        }
        self.after(&shown, way_back).await;
        Ok(())
    }

    /// Makes the call that `call` is, under a permit, at any process; `None` if nothing came of it.
    async fn call<T, F>(&mut self, call: impl FnOnce(Desk) -> F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = Told<T>> + Send + 'static,
    {
        let hang_up_after = self.hangs_up();
        let _permit = self.world.calls.acquire().await.ok()?;
        let life = self.life().await;
        let _under_way = self.world.begin();
        let desk = Arc::clone(&life.desk);
        let done = life.run(hang_up_after, call(desk)).await;
        let what = match (&done, hang_up_after) {
            (Some(Ok(_)), _) => "answered",
            (Some(Err(_)), _) => "answered by an error",
            (None, Some(_)) => "hung up",
            (None, None) => "lost with the process",
        };
        self.world.tally.count("calls", what);
        done?.ok()
    }

    /// A process that is up.
    async fn life(&self) -> Arc<Life> {
        loop {
            if let Some(life) = self.world.any_life() {
                return life;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn hangs_up(&mut self) -> Option<Duration> {
        let is_stormy = self.world.is_stormy.load(Ordering::Relaxed);
        let hangs_up = is_stormy && self.chance.once_in(25);
        hangs_up.then(|| Duration::from_micros(self.chance.below(30_000)))
    }

    async fn think(&self) {
        self.world.sleep(self.order.thinks).await;
    }

    async fn add(&mut self) -> Result<()> {
        let sandbox = self
            .world
            .at_providers(|it| it.cardpay().payer_card())
            .await;
        let stored = self
            .order
            .stored(&self.routes, sandbox.unwrap_or_default())?;
        let name = self.order.name();
        for _ in 0..PATIENCE {
            let (stored, name) = (stored.clone(), name.clone());
            let added = self.call(|desk| async move {
                let added = desk.store().add(&name, &stored).await;
                added.map_err(DeskError::Store)
            });
            if added.await.is_some() {
                return Ok(());
            }
            self.world.sleep(AGAIN).await;
        }
        Err("the order could not be added".into())
    }

    /// Opens the order's payment, again and again until it is there.
    async fn open(&mut self) -> Option<Shown> {
        let world = Arc::clone(&self.world);
        if self.order.opens_twice {
            world.tally.count("calls", "opened twice at once");
            let (life, name) = (self.life().await, self.order.name());
            let world = Arc::clone(&self.world);
            drop(tokio::spawn(async move {
                let _creates = world.gate.read().await;
                let _under_way = world.begin();
                let desk = Arc::clone(&life.desk);
                life.run(None, async move { drop(desk.open(&name).await) })
                    .await;
            }));
        }
        for _ in 0..PATIENCE {
            let name = self.order.name();
            let opened = {
                let _creates = world.gate.read().await;
                self.call(|desk| async move { desk.open(&name).await })
                    .await
            };
            let pause = match opened {
                Some(Opened::Ready(created)) => return Some(self.shown(created)),
                Some(Opened::AlreadyPaid(_)) => return None,
                Some(Opened::Lost(_)) => {
                    world.tally.count("creates", "lost for ever");
                    return self.reopen().await;
                }
                Some(Opened::Unresolved { retry_after }) => retry_after.max(AGAIN),
                Some(Opened::Busy { .. }) | None => AGAIN,
            };
            world.sleep(pause).await;
        }
        world.tally.count("payers", "lost patience");
        None
    }

    fn shown(&self, created: Box<Created>) -> Shown {
        let now = self.world.now();
        self.world
            .note(&self.order, |facts| facts.shown_at.push(now));
        Shown(created)
    }

    /// Asks for another payment of the order.
    async fn reopen(&mut self) -> Option<Shown> {
        let world = Arc::clone(&self.world);
        for _ in 0..PATIENCE {
            let mut payment = 0;
            world.note(&self.order, |facts| {
                facts.reopened += 1;
                payment = facts.reopened;
            });
            let reference = self.order.reference(payment).parse().ok()?;
            let name = self.order.name();
            let reopened = {
                let _creates = world.gate.read().await;
                self.call(|desk| async move { desk.reopen(&name, reference).await })
                    .await
            };
            let pause = match reopened {
                Some(Reopened::Opened(Opened::Ready(created))) => {
                    world.tally.count("creates", "opened anew");
                    return Some(self.shown(created));
                }
                Some(Reopened::Opened(Opened::AlreadyPaid(_))) => return None,
                Some(Reopened::Opened(Opened::Unresolved { retry_after })) => {
                    // It may be there all the same.
                    world.sleep(retry_after.max(AGAIN)).await;
                    let name = self.order.name();
                    let _creates = world.gate.read().await;
                    match self
                        .call(|desk| async move { desk.open(&name).await })
                        .await
                    {
                        Some(Opened::Ready(created)) => return Some(self.shown(created)),
                        _ => AGAIN,
                    }
                }
                Some(Reopened::Kept(Outcome::Busy { .. }) | Reopened::Opened(_)) | None => AGAIN,
                Some(Reopened::Kept(outcome)) => {
                    world
                        .tally
                        .count("creates", format!("kept: {}", outcome.as_str()));
                    return None;
                }
            };
            world.sleep(pause).await;
        }
        None
    }

    /// Turns away from a payment, where that ends it.
    async fn decline(&self, shown: &Shown) {
        let id = shown.id().unwrap_or_default();
        let account = self.order.account;
        let decline = |sandbox: &Sandbox| match (account, id.parse()) {
            ("zipay", _) => drop(sandbox.zipay().decline(id)),
            ("sizpay", Ok(id)) => drop(sandbox.sizpay().decline(id)),
            ("pod", Ok(id)) => {
                let _ = sandbox.pod().open_gateway(id);
                drop(sandbox.pod().leave_gateway(id));
            }
            // That of CardPay expires.
            _ => {}
        };
        self.world.at_providers(decline).await;
    }

    /// Pays a payment, and returns where the browser is sent.
    async fn pay(&mut self, shown: &Shown) -> Option<String> {
        let id = shown.id()?;
        let by_wallet = self.chance.once_in(5);
        let link = shown.0.link().map(|link| link.as_str().to_owned());
        let account = self.order.account;
        let pay = |sandbox: &Sandbox| match (account, id.parse::<u64>()) {
            ("pod", Ok(id)) if by_wallet => {
                let _ = sandbox
                    .pod()
                    .set_wallet(sandbox.pod().user().user_id(), 1_000_000_000);
                let _ = sandbox.pod().pay_by_wallet(id);
                None
            }
            _ => {
                let mut played = sandbox.providers().iter();
                let played = played.find(|it| it.name() == account)?;
                let link = link.as_deref().filter(|_| account == "pod");
                played.pay(id, link).ok().flatten()
            }
        };
        self.world.at_providers(pay).await.flatten()
    }

    /// Transfers another amount, or from another card than the recorded one, or from one that the bank does not name.
    async fn pay_wrongly(&mut self, shown: &Shown) {
        let id = shown
            .id()
            .and_then(|id| id.parse().ok())
            .unwrap_or_default();
        let (how, card_is) = match self.chance.below(3) {
            0 => ("another amount", None),
            1 => ("from another card", Some(true)),
            _ => ("from a card that is not named", Some(false)),
        };
        self.world.tally.count("payers", how);
        let price = self.order.rial();
        let pay = |sandbox: &Sandbox| {
            let cardpay = sandbox.cardpay();
            let amount = cardpay.payment(id).map(|payment| payment.amount);
            match (card_is, amount) {
                (None, _) => drop(cardpay.transfer(id, price, Some(cardpay.payer_card()))),
                (Some(is_named), Some(amount)) => {
                    let card = is_named.then(|| cardpay.other_payer_card());
                    drop(cardpay.transfer(id, amount, card));
                }
                (_, None) => {}
            }
        };
        self.world.at_providers(pay).await;
    }

    /// What comes after having paid.
    async fn after(&mut self, shown: &Shown, way_back: Option<String>) {
        let world = Arc::clone(&self.world);
        let is_unwatched = self.is_unwatched();
        match self.order.comes_back {
            ComesBack::Once => {
                world.tally.count("hints", "return");
                self.come_back(shown, way_back).await;
            }
            ComesBack::Often => {
                let times = self.chance.between(2, 5);
                world.tally.add("hints", "return again and at once", times);
                let all = (0..times).map(|_| self.request_of(shown, way_back.clone()));
                let all: Vec<_> = all.flatten().collect();
                let mut under_way = tokio::task::JoinSet::new();
                for request in all {
                    let (world, life) = (Arc::clone(&world), self.life().await);
                    under_way.spawn(async move {
                        let _under_way = world.begin();
                        life.serve(request).await
                    });
                }
                under_way.join_all().await;
            }
            ComesBack::Later => {
                world.sleep(AWAY).await;
                world.tally.count("hints", "return much later");
                self.come_back(shown, way_back).await;
            }
            ComesBack::Early | ComesBack::Never if is_unwatched => {}
            ComesBack::Early | ComesBack::Never => return,
        }
        if is_unwatched {
            self.visit().await;
        }
    }

    /// Whether nobody looks at the order by itself any more, as far as can be known: clocks jump as well.
    fn is_unwatched(&self) -> bool {
        let mut shown_at = None;
        self.world.note(&self.order, |facts| {
            shown_at = facts.shown_at.last().copied();
        });
        let age = shown_at.and_then(|shown_at| self.world.now().duration_since(shown_at).ok());
        age.is_none_or(|age| age.saturating_add(ABOUT) > WATCHED)
    }

    /// Looks at the order's page until it says that it is paid, or that no money is there.
    async fn visit(&mut self) {
        let world = Arc::clone(&self.world);
        for _ in 0..PATIENCE {
            let now = world.now();
            world.note(&self.order, |facts| facts.visited_at.push(now));
            let name = self.order.name();
            match self
                .call(|desk| async move { desk.visit(&name).await })
                .await
            {
                Some(
                    Outcome::DeliverNow(_)
                    | Outcome::AwaitingDelivery(_)
                    | Outcome::Delivered { .. }
                    | Outcome::NotPaid(_)
                    | Outcome::Lost(_)
                    | Outcome::NotOpened,
                ) => return,
                _ => world.sleep(VISIT_AGAIN).await,
            }
        }
    }

    fn request_of(&self, shown: &Shown, way_back: Option<String>) -> Option<Request> {
        let way_back = way_back.and_then(|url| Url::parse(&url).ok());
        let (path, query) = match &way_back {
            Some(url) => (
                url.path().to_owned(),
                url.query().unwrap_or_default().to_owned(),
            ),
            None => (self.path()?, self.query(shown)),
        };
        Request::get(format!("{path}?{query}"))
            .body(Body::empty())
            .ok()
    }

    /// The path of the order's return.
    fn path(&self) -> Option<String> {
        let url = self.routes.return_url(&self.order.name()).ok()?;
        Some(Url::parse(&url).ok()?.path().to_owned())
    }

    /// What the provider would write behind it.
    fn query(&self, shown: &Shown) -> String {
        let id = shown.id().unwrap_or_default();
        match self.order.account {
            "zipay" => format!("trackid={id}&invoice_number={}", self.order.reference(0)),
            "pod" => format!("invoiceId={id}&billNumber={}", self.order.reference(0)),
            _ => String::new(),
        }
    }

    /// The browser comes back.
    async fn come_back(&self, shown: &Shown, way_back: Option<String>) {
        if let Some(request) = self.request_of(shown, way_back) {
            self.ask(request).await;
        }
    }

    async fn ask(&self, request: Request) {
        let Ok(_permit) = self.world.calls.acquire().await else {
            return;
        };
        let life = self.life().await;
        let _under_way = self.world.begin();
        let status = life.serve(request).await;
        let status = status.map_or("no answer".to_owned(), |it| it.as_str().to_owned());
        self.world.tally.count("pages", status);
    }

    /// A stranger calls the order's addresses with what is not true.
    async fn meddle(&mut self, shown: &Shown) {
        let id = shown.id().unwrap_or_default();
        let other = self
            .order
            .number
            .saturating_sub(4 + self.chance.below(40) * 4);
        let (what, path, query) = match self.chance.below(5) {
            0 => {
                // This order's payment is said to be another one's.
                let path = format!("/pay/return/{other}");
                ("forged: another order's", path, self.query(shown))
            }
            1 => {
                let made_up = format!("{:032x}", self.chance.below(u64::MAX));
                let query = format!(
                    "trackid={made_up}&invoice_number={other}&invoiceId=4711&billNumber={other}"
                );
                ("forged: invented", self.path().unwrap_or_default(), query)
            }
            2 => {
                let query = format!(
                    "{}&amount=1&price=1&payableAmount=1&status=completed",
                    self.query(shown)
                );
                (
                    "forged: another amount",
                    self.path().unwrap_or_default(),
                    query,
                )
            }
            3 => {
                let path = format!("/pay/return/nobody-{}", self.order.number);
                ("forged: no such order", path, format!("trackid={id}"))
            }
            _ => {
                let path = format!("/pay/notify/{}", self.order.name());
                ("forged: unreadable", path, "%ff%00&&==".to_owned())
            }
        };
        self.world.tally.count("hints", what);
        if let Ok(request) = Request::get(format!("{path}?{query}")).body(Body::empty()) {
            self.ask(request).await;
        }
    }
}
