//! One schedule: a shop of some processes and orders, what befalls it, and how it comes to its end.

use std::sync::Arc;

use paylink::desk::{Outcome, Stage, StoredOrder};
use paylink_core::provider::{Hint, NewPayment};
use paylink_core::{Currency, Money};

use super::client::LONGEST_CALL;
use super::corners::{Corner, Corners};
use super::judge;
use super::process::{FIRST, Process, Settings, fails, hear, hear_opened, hear_reopened, mark};
use super::providers::{Books, Ill, Kind, Spell};
use super::shelf::{NEVER, Store};
use super::world::{Faults, HOUR, MINUTE, SECOND, World};

/// The pause between two steps of a sweep, and of an outbox.
const SWEEPS_EVERY: u64 = 15 * SECOND;
const SWEEPS_AT_LEAST_EVERY: u64 = MINUTE;
const SENDS_EVERY: u64 = 5 * SECOND;
/// How long after the last deadline everything has to be at its end.
const PATIENCE: u64 = 13 * HOUR;
/// More moments than any end of a schedule waits for.
const MOST_WAITS: u32 = 5_000;

/// What a schedule came to.
pub(super) struct Played {
    pub(super) trace: Vec<String>,
    pub(super) wrong: Vec<String>,
    pub(super) corners: Corners,
}

/// Plays the schedule of this seed.
pub(super) fn play(seed: u64, with_trace: bool) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let world = Arc::new(World::new(seed, with_trace));
        let mut shop = Shop::new(&world);
        shop.under_fire().await;
        shop.in_peace().await;
        judge::at_the_end(
            &world,
            &shop.store,
            shop.settings.min_pause.unwrap_or(45 * SECOND),
        );
        shop.close();
        let (trace, wrong, corners) = world.end();
        Played {
            trace,
            wrong,
            corners,
        }
    })
}

/// The processes of a shop over one store.
struct Shop {
    world: Arc<World>,
    store: Arc<Store>,
    settings: Settings,
    processes: Vec<Process>,
    orders: usize,
    /// How many lives there were, and other references than the orders' own.
    lives: usize,
    /// When a sweep and an outbox made their last step.
    swept_at: u64,
    sweeps_every: u64,
    /// How many claims there were before it.
    granted: u64,
    sent_at: u64,
    references: usize,
    /// How long the desk watches an unpaid payment at the most.
    longest_watch: u64,
}

impl Shop {
    fn new(world: &Arc<World>) -> Shop {
        let store = Arc::new(Store::default());
        let orders = few(world, 6);
        let accounts = few(world, 4).min(orders + 1);
        let first = usize_below(world, 4);
        for account in 0..accounts {
            let kind = Kind::ALL[(first + account) % Kind::ALL.len()];
            world.state().books.push(Books::new(kind));
        }
        for order in 0..orders {
            let name = (FIRST + order).to_string();
            let account = usize_below(world, accounts);
            let kind = world.state().kind(account);
            let toman = world.between(10, 1_000) * 1_000;
            let price = match world.once_in(2) {
                true => Money::new(&toman.to_string(), Currency::Irt),
                false => Money::new(&(toman * 10).to_string(), Currency::Irr),
            };
            let payment = NewPayment::new(&name, price.unwrap()).unwrap();
            store.put(&name, order, StoredOrder::new(kind.name(), payment));
            world.state().references.insert(name, order);
        }
        let default_watch = world.once_in(500);
        let watch = world.between(35, 140) * MINUTE;
        let min_pause = (!world.once_in(4)).then(|| world.between(30, 600) * SECOND);
        let settings = Settings {
            min_pause,
            lease: world.once_in(2).then_some(2 * LONGEST_CALL + 10 * SECOND),
            watch_time: (!default_watch).then_some(watch),
            has_pauses: !world.once_in(4),
            by_hand: world.once_in(4),
        };
        let mut shop = Shop {
            world: Arc::clone(world),
            store,
            settings,
            processes: Vec::new(),
            orders,
            lives: 0,
            swept_at: 0,
            sweeps_every: SWEEPS_EVERY,
            granted: 0,
            sent_at: 0,
            references: 0,
            longest_watch: if default_watch { 8 * 24 * HOUR } else { watch },
        };
        for _ in 0..few(world, 4) {
            let process = shop.life();
            shop.processes.push(process);
        }
        shop
    }

    fn life(&mut self) -> Process {
        self.lives += 1;
        Process::start(self.lives, &self.world, &self.store, self.settings)
    }

    /// Anything happens, at any moment.
    async fn under_fire(&mut self) {
        let often = [0, 12, 30, 100];
        let faults = Faults {
            requests: often[usize_below(&self.world, 4)],
            store: often[usize_below(&self.world, 4)] * 3,
            deliveries: often[usize_below(&self.world, 4)] / 4,
            processes: often[usize_below(&self.world, 4)] * 10,
            store_down_until: 0,
        };
        self.world.state().faults = faults;
        for _ in 0..self.world.between(6, 20) {
            self.act();
            self.pause().await;
        }
    }

    async fn pause(&mut self) {
        let time = match self.world.below(100) {
            0..=34 => self.world.below(60),
            35..=59 => self.world.between(60, 4 * SECOND),
            60..=79 => self.world.between(4 * SECOND, 2 * MINUTE),
            80..=96 => self.world.between(2 * MINUTE, 15 * MINUTE),
            _ => self.world.between(15 * MINUTE, 2 * HOUR),
        };
        self.pass(time).await;
    }

    /// Lets time pass, in which the workers do what is due.
    async fn pass(&mut self, time: u64) {
        let until = self.world.now() + time;
        loop {
            let now = self.world.now();
            if now >= until {
                return;
            }
            let mut wake_at = until;
            if let Some(worker) = self.any_up() {
                let look_at = self
                    .store
                    .next_look()
                    .max(self.swept_at + self.sweeps_every);
                if look_at <= now {
                    self.swept_at = now;
                    self.sweeps_every = match self.store.grants() == self.granted {
                        // An account that is left alone: nothing comes of many looks for what is due.
                        true => (self.sweeps_every * 2).min(SWEEPS_AT_LEAST_EVERY),
                        false => SWEEPS_EVERY,
                    };
                    self.granted = self.store.grants();
                    self.processes[worker].sweep(None);
                    if self.world.once_in(8)
                        && let Some(other) = self.any_up()
                    {
                        self.processes[other].sweep(None);
                    }
                    continue;
                }
                let send_at = self.store.next_delivery().max(self.sent_at + SENDS_EVERY);
                if send_at <= now {
                    self.sent_at = now;
                    self.processes[worker].send(None);
                    continue;
                }
                wake_at = until.min(look_at).min(send_at);
            }
            self.store.wait_until(&self.world, wake_at).await;
        }
    }

    /// A process that is up.
    fn any_up(&self) -> Option<usize> {
        let processes = self.processes.iter().enumerate();
        let up: Vec<_> = processes
            .filter(|(_, process)| process.life.is_up())
            .collect();
        (!up.is_empty()).then(|| up[usize_below(&self.world, up.len())].0)
    }

    fn act(&mut self) {
        let order = usize_below(&self.world, self.orders);
        match self.world.below(100) {
            0..=23 => self.open(order),
            24..=37 => self.pay(),
            38..=46 => self.hint(order),
            47..=51 => self.look(order, true),
            52..=56 => self.look(order, false),
            57..=63 => self.reopen(order),
            64..=65 => self.mark(order),
            66..=70 => self.step(),
            71..=80 => self.befalls_a_process(),
            81..=92 => self.befalls_a_provider(),
            93..=95 => self.befalls_the_store(),
            _ => self.open(order),
        }
    }

    /// A process that takes calls, if there is one.
    fn process(&mut self) -> Option<&mut Process> {
        let chosen = usize_below(&self.world, self.processes.len());
        Some(&mut self.processes[chosen])
    }

    /// After how many polls a call is dropped.
    fn polls(&self) -> Option<u32> {
        let is_dropped = self.world.once_in(6);
        is_dropped.then(|| u32::try_from(self.world.between(1, 14)).unwrap_or(1))
    }

    fn open(&mut self, order: usize) {
        let (name, polls) = (name_of(order), self.polls());
        let Some(process) = self.process() else {
            return;
        };
        let (desk, life) = (Arc::clone(&process.desk), Arc::clone(&process.life));
        process.call(Some(name.clone()), polls, async move {
            match desk.open(&name).await {
                Ok(opened) => hear_opened(&life, &name, &opened),
                Err(problem) => fails(&life, "opening", &name, &problem),
            }
        });
    }

    fn reopen(&mut self, order: usize) {
        let (name, polls) = (name_of(order), self.polls());
        self.references += 1;
        let reference = (9_000 + self.references).to_string();
        self.world
            .state()
            .references
            .insert(reference.clone(), order);
        let Some(process) = self.process() else {
            return;
        };
        let (desk, life) = (Arc::clone(&process.desk), Arc::clone(&process.life));
        process.call(Some(name.clone()), polls, async move {
            match desk.reopen(&name, reference.parse().unwrap()).await {
                Ok(reopened) => hear_reopened(&life, &name, &reopened),
                Err(problem) => fails(&life, "reopening", &name, &problem),
            }
        });
    }

    fn look(&mut self, order: usize, is_visit: bool) {
        let (name, polls) = (name_of(order), self.polls());
        let by_hand = self.settings.by_hand;
        let Some(process) = self.process() else {
            return;
        };
        let (desk, life) = (Arc::clone(&process.desk), Arc::clone(&process.life));
        process.call(Some(name.clone()), polls, async move {
            let looked = match is_visit {
                true => desk.visit(&name).await,
                false => desk.check(&name).await,
            };
            match looked {
                Ok(outcome) => {
                    hear(&life, &name, &outcome);
                    if by_hand && matches!(outcome, Outcome::DeliverNow(_)) {
                        *life.world.state().by_hand.entry(order).or_default() += 1;
                        mark(&desk, &life, &name).await;
                    }
                }
                Err(problem) => fails(&life, "looking at", &name, &problem),
            }
        });
    }

    fn mark(&mut self, order: usize) {
        if self.store.row(&name_of(order)).handed_out > 0 {
            // The outbox is at it.
            return;
        }
        let (name, polls) = (name_of(order), self.polls());
        let Some(process) = self.process() else {
            return;
        };
        let (desk, life) = (Arc::clone(&process.desk), Arc::clone(&process.life));
        process.call(Some(name.clone()), polls, async move {
            // It may have been handed out meanwhile: then somebody has packed the goods.
            *life.world.state().by_hand.entry(order).or_default() += 1;
            mark(&desk, &life, &name).await;
        });
    }

    fn step(&mut self) {
        let (is_sweep, polls) = (self.world.once_in(2), self.polls());
        let Some(process) = self.process() else {
            return;
        };
        match is_sweep {
            true => process.sweep(polls),
            false => process.send(polls),
        }
    }

    /// Somebody comes back with a hint, be it true or not.
    fn hint(&mut self, order: usize) {
        let hint = {
            let mut state = self.world.state();
            let kind = state.chance.below(10);
            let bills = state.books.iter().flat_map(|books| {
                books
                    .bills
                    .iter()
                    .map(|bill| (books.kind, bill.id.clone(), bill.order))
            });
            let (own, others): (Vec<_>, Vec<_>) = bills
                .filter(|(kind, ..)| kind.hints())
                .partition(|bill| bill.2 == order);
            match (kind, own.split_last(), others.first()) {
                (0, ..) => {
                    state.corners.saw(Corner::HintForged);
                    Hint::new("zipay").with_id("id", "zipay-4711")
                }
                (1, _, Some((kind, id, _))) => {
                    state.corners.saw(Corner::HintForeign);
                    Hint::new(kind.name()).with_id("id", id.clone())
                }
                (2..=6, Some((_, [.., (kind, id, _)])), _) => {
                    state.corners.saw(Corner::HintOld);
                    Hint::new(kind.name()).with_id("id", id.clone())
                }
                (_, Some(((kind, id, _), _)), _) => {
                    state.corners.saw(Corner::HintTrue);
                    Hint::new(kind.name()).with_id("id", id.clone())
                }
                _ => return,
            }
        };
        self.follow(order, hint);
    }

    fn follow(&mut self, order: usize, hint: Hint) {
        let (name, polls) = (name_of(order), self.polls());
        let Some(process) = self.process() else {
            return;
        };
        let (desk, life) = (Arc::clone(&process.desk), Arc::clone(&process.life));
        process.call(Some(name.clone()), polls, async move {
            match desk.hint(&name, hint).await {
                Ok(outcome) => hear(&life, &name, &outcome),
                Err(problem) => fails(&life, "a hint at", &name, &problem),
            }
        });
    }

    /// A payer pays something that was shown, and may come back with it.
    fn pay(&mut self) {
        let (world, store) = (Arc::clone(&self.world), Arc::clone(&self.store));
        let now = world.now();
        let payable = world.state().payable(now);
        if payable.is_empty() {
            return;
        }
        let chosen = payable[usize_below(&world, payable.len())];
        if world.once_in(5) {
            let order = world.state().turn_down(chosen, now);
            if let Some(order) = order.filter(|_| !world.once_in(3)) {
                self.reopen(order);
            }
            return;
        }
        let other_card = world.once_in(20);
        let takes = match world.once_in(3) {
            true => world.between(SECOND, 6 * MINUTE),
            false => 0,
        };
        let comes_back = world.once_in(4).then(|| match world.once_in(4) {
            true => world.between(MINUTE, 3 * HOUR),
            false => world.between(100, 20 * SECOND),
        });
        if takes > 0 {
            world.state().begin_to_pay(chosen);
        }
        let back = comes_back.map(|after| {
            let process = usize_below(&world, self.processes.len());
            let process = &self.processes[process];
            (after, Arc::clone(&process.desk), Arc::clone(&process.life))
        });
        drop(tokio::spawn(async move {
            world.sleep(takes).await;
            let Some((order, hint)) = pays(&world, &store, chosen, other_card) else {
                return;
            };
            let Some((after, desk, life)) = back else {
                return;
            };
            world.sleep(after).await;
            let name = name_of(order);
            if let Some(hint) = hint.filter(|_| life.is_up()) {
                world.saw(Corner::HintTrue);
                match desk.hint(&name, hint).await {
                    Ok(outcome) => hear(&life, &name, &outcome),
                    Err(problem) => fails(&life, "a hint at", &name, &problem),
                }
            }
        }));
    }

    fn befalls_a_process(&mut self) {
        let chosen = usize_below(&self.world, self.processes.len());
        let (is_up, is_paused) = {
            let life = &self.processes[chosen].life;
            (life.is_up(), life.is_paused())
        };
        match self.world.below(10) {
            0..=3 if is_up || is_paused => self.processes[chosen].kill(),
            4..=7 if is_up => self.processes[chosen].life.pause(),
            8 | 9 if is_up => {
                let ahead = i64::try_from(self.world.below(8_000)).unwrap_or_default();
                self.world.saw(Corner::ClockMoved);
                let life = &self.processes[chosen].life;
                life.say(|| format!("has its clock {} ms ahead", ahead - 4_000));
                life.set_clock(ahead - 4_000);
            }
            _ if is_paused => self.processes[chosen].life.resume(),
            _ if !is_up => self.processes[chosen] = self.life(),
            _ => {}
        }
        if self.world.state().up == 0 {
            self.world.saw(Corner::NobodyThere);
        }
    }

    fn befalls_a_provider(&mut self) {
        let now = self.world.now();
        let long = match self.world.below(10) {
            0..=4 => self.world.between(5 * SECOND, 2 * MINUTE),
            5..=8 => self.world.between(2 * MINUTE, 22 * MINUTE),
            _ => self.world.between(22 * MINUTE, 90 * MINUTE),
        };
        let accounts = self.world.state().books.len();
        let account = usize_below(&self.world, accounts);
        let (ill, corner) = match self.world.below(6) {
            0 => (Ill::Down, Corner::Down),
            1 => (Ill::Silent, Corner::Silent),
            2 => (Ill::Broken, Corner::Broken),
            3 => (Ill::TurnsAway { names_time: true }, Corner::TurnsAway),
            4 => (Ill::TurnsAway { names_time: false }, Corner::TurnsAway),
            _ => (Ill::Slow, Corner::Slow),
        };
        let mut state = self.world.state();
        state.corners.saw(corner);
        let name = state.kind(account).name();
        state.say(now, || {
            format!("      {name} is {ill:?} for {} s", long / SECOND)
        });
        let books = &mut state.books[account];
        if let Some(before) = books.spell.take() {
            let until = before.until.min(now);
            if let Some(outage) = books.outages.iter_mut().find(|it| it.1 == before.until) {
                outage.1 = until;
            }
        }
        books.spell = Some(Spell {
            until: now + long,
            ill,
        });
        books.outages.push((now, now + long));
    }

    fn befalls_the_store(&mut self) {
        let now = self.world.now();
        let until = now + self.world.between(100, 2 * MINUTE);
        let mut state = self.world.state();
        state.faults.store_down_until = until;
        state.closed.push((now, until));
        state.say(now, || "      the store is down".to_owned());
    }

    /// Everything is up and goes on, until nothing is due.
    async fn in_peace(&mut self) {
        let now = self.world.now();
        self.heal(now);
        let begun = now;
        for order in 0..self.orders {
            if !self.world.once_in(3) {
                self.open_in_peace(order);
            }
        }
        self.pass(10 * SECOND).await;
        for _ in 0..self.orders {
            if !self.world.once_in(8) {
                self.pay();
            }
            let pause = self.world.below(3 * MINUTE);
            self.pass(pause).await;
        }
        let deadline = begun + self.longest_watch + PATIENCE;
        for _ in 0..MOST_WAITS {
            let next = self.store.next_look().min(self.store.next_delivery());
            let now = self.world.now();
            let is_busy = self.processes.iter().any(Process::is_busy);
            let is_quiet = next == NEVER && !is_busy && self.world.state().under_way == 0;
            if is_quiet {
                return;
            }
            if now > deadline {
                break;
            }
            let wait = if next == NEVER {
                0
            } else {
                next.saturating_sub(now)
            };
            self.pass((wait + 20 * SECOND).min(HOUR)).await;
        }
        let rows: Vec<_> = self
            .store
            .rows()
            .iter()
            .map(|it| format!("{it:?}"))
            .collect();
        self.world
            .wrong(format!("something is due for ever: {rows:?}"));
    }

    fn open_in_peace(&mut self, order: usize) {
        let name = name_of(order);
        let Some(process) = self.process() else {
            return;
        };
        let (desk, life) = (Arc::clone(&process.desk), Arc::clone(&process.life));
        process.call(Some(name.clone()), None, async move {
            match desk.open(&name).await {
                Ok(opened) => hear_opened(&life, &name, &opened),
                Err(problem) => fails(&life, "opening", &name, &problem),
            }
        });
    }

    fn heal(&mut self, now: u64) {
        let mut state = self.world.state();
        state.say(now, || "      from now on nothing goes wrong".to_owned());
        state.faults = Faults::default();
        for books in &mut state.books {
            if let Some(spell) = books.spell.take()
                && let Some(outage) = books.outages.iter_mut().find(|it| it.1 == spell.until)
            {
                outage.1 = outage.1.min(now);
            }
        }
        drop(state);
        for index in 0..self.processes.len() {
            let life = &self.processes[index].life;
            life.set_clock(0);
            if life.is_paused() {
                self.processes[index].life.resume();
            } else if !life.is_up() {
                self.processes[index] = self.life();
            }
        }
    }

    fn close(&mut self) {
        for process in &mut self.processes {
            process.stop();
        }
    }
}

/// The payer pays, and has a hint to bring back where there is one.
fn pays(
    world: &World,
    store: &Store,
    chosen: (usize, usize),
    other_card: bool,
) -> Option<(usize, Option<Hint>)> {
    let now = world.now();
    let mut state = world.state();
    let (id, order) = {
        let bill = &state.books[chosen.0].bills[chosen.1];
        (bill.id.clone(), bill.order)
    };
    let row = store.row(&name_of(order));
    // What was seen before the watch ended may have been seen a moment before the payment.
    let is_late = row.stage == Stage::Over;
    let kind = state.kind(chosen.0);
    let hint = kind
        .hints()
        .then(|| Hint::new(kind.name()).with_id("id", id));
    state
        .pay(chosen, other_card, is_late, now)
        .then_some((order, hint))
}

pub(super) fn name_of(order: usize) -> String {
    (FIRST + order).to_string()
}

/// One as often as all others together, two as often as those beyond it, and so on.
fn few(world: &World, most: usize) -> usize {
    let more = (1..most).take_while(|_| world.once_in(2));
    more.count() + 1
}

fn usize_below(world: &World, end: usize) -> usize {
    let end = u64::try_from(end).unwrap_or(1);
    usize::try_from(world.below(end)).unwrap_or_default()
}
