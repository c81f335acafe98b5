//! What befalls a shop: faults of requests, answers and webhooks, providers that are down, processes that die, clocks that jump.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use paylink_sandbox::{Fault, FaultRule, Preset, Sandbox, SandboxBuilder};

use super::merchant::{LONGEST_ATTEMPT, Life};
use super::world::{ACCOUNTS, World, locked};
use paylink_tests::chance::Chance;
use paylink_tests::selling::Result;

/// Faults of which each befalls one in a hundred requests to each provider.
const OF_REQUESTS: [Fault; 9] = [
    Fault::DropBefore,
    Fault::DropAfter,
    Fault::Delay(MOMENT),
    Fault::DelayAfter(MOMENT),
    Fault::Status(503),
    Fault::StatusAfter(502),
    Fault::Html,
    Fault::HtmlAfter,
    Fault::Truncated,
];
/// Faults of which each befalls some webhooks, in percent.
const OF_WEBHOOKS: [(Fault, u8); 4] = [
    (Fault::WebhookTwice, 15),
    (Fault::WebhookLate(Duration::from_millis(150)), 10),
    (Fault::WebhookBeforeAnswer, 10),
    (Fault::WebhookLost, 30),
];
const MOMENT: Duration = Duration::from_millis(12);

/// How long a request is held up for a client to give it up.
const TOO_LONG: Duration = LONGEST_ATTEMPT.saturating_add(Duration::from_millis(250));
/// How long such a request may still be on its way after it was seen.
const ON_ITS_WAY: Duration = TOO_LONG.saturating_add(Duration::from_millis(750));
/// How long it takes that what is sent has arrived, if nothing holds it up.
const ARRIVED: Duration = Duration::from_millis(250);

/// What creates payments, and what settles them.
const CREATES: [(&str, &str); 4] = [
    ("zipay", "create-invoice"),
    ("pod", "issue-invoice"),
    ("sizpay", "send-link"),
    ("cardpay", "create"),
];
const SETTLES: [(&str, &str); 4] = [
    ("zipay", "verify"),
    ("pod", "verify-invoice"),
    ("sizpay", "status"),
    ("cardpay", "check"),
];

/// How many kinds of things happen.
const KINDS: u64 = 13;

/// How far the clock jumps, in seconds.
const MINUTES: (u64, u64) = (15 * 60, 50 * 60);
const HOURS: (u64, u64) = (60 * 60, 4 * 60 * 60);

/// How the sandbox of a shop is made: each time alike.
pub(super) fn sandbox(
    world_seed: u64,
    clock: &paylink_sandbox::Clock,
    payments: u64,
) -> SandboxBuilder {
    let keep = usize::try_from(payments.saturating_mul(4)).unwrap_or(usize::MAX);
    Sandbox::builder()
        .seed(world_seed)
        .clock(clock)
        .keep_payments(keep)
}

/// Lets everything happen that happens all the time.
pub(super) fn begin(sandbox: &Sandbox) -> Result<()> {
    for account in ACCOUNTS {
        for fault in OF_REQUESTS {
            sandbox
                .faults()
                .set(FaultRule::new(fault).of(account).percent(1))?;
        }
    }
    for account in ["zipay", "pod"] {
        for (fault, percent) in OF_WEBHOOKS {
            sandbox
                .faults()
                .set(FaultRule::new(fault).of(account).percent(percent))?;
        }
    }
    Ok(())
}

/// What befalls a shop as a whole, one thing after another.
pub(super) struct Weather {
    world: Arc<World>,
    accounts: PathBuf,
    address: SocketAddr,
    payments: u64,
    chance: Chance,
    /// How many lives there were.
    lives: u64,
    has_jumped_far: bool,
}

impl Weather {
    pub(super) fn new(
        world: &Arc<World>,
        accounts: PathBuf,
        address: SocketAddr,
        payments: u64,
    ) -> Weather {
        Weather {
            world: Arc::clone(world),
            accounts,
            address,
            payments,
            chance: Chance::stream(world.seed, u64::MAX),
            lives: 0,
            has_jumped_far: false,
        }
    }

    /// Starts a process of the merchant.
    pub(super) async fn start_life(&mut self) -> Result<Arc<Life>> {
        let life = Life::start(&self.world, self.lives, &self.accounts).await?;
        self.lives += 1;
        locked(&self.world.lives).push(Arc::clone(&life));
        Ok(life)
    }

    /// Lets things happen until the storm is over. Each kind happens once before it is left to chance.
    pub(super) async fn rage(mut self) -> Result<Weather> {
        let mut next = 0;
        while self.world.is_stormy.load(Ordering::Relaxed) {
            let pause = match self.world.is_selling.load(Ordering::Relaxed) {
                true => self.chance.between(5, 30),
                false => self.chance.between(5 * 60, 20 * 60),
            };
            self.world.sleep(Duration::from_secs(pause)).await;
            let what = match next {
                0..KINDS => next,
                _ => self.chance.below(KINDS),
            };
            next += 1;
            self.happens(what).await?;
            self.note().await;
        }
        Ok(self)
    }

    async fn happens(&mut self, what: u64) -> Result<()> {
        match what {
            0 | 9 => self.dies().await,
            1 => self.is_replaced().await,
            2 => self.is_away("provider down", Preset::ProviderDown).await,
            3 => {
                self.is_away("network flapped", Preset::FlappingNetwork)
                    .await
            }
            4 => {
                self.is_away("provider lost answers", Preset::LostAnswer)
                    .await
            }
            5 => self.holds_up().await,
            10 | 12 => self.answers_late().await,
            6 => {
                let seconds = self.chance.between(MINUTES.0, MINUTES.1);
                self.jumps("clock of everybody ahead by minutes", seconds)
                    .await;
                Ok(())
            }
            7 => {
                self.differs();
                Ok(())
            }
            8 => self.starts_anew().await,
            _ if !self.has_jumped_far => {
                self.has_jumped_far = true;
                let seconds = self.chance.between(HOURS.0, HOURS.1);
                self.jumps("clock of everybody ahead by hours", seconds)
                    .await;
                Ok(())
            }
            _ => self.dies().await,
        }
    }

    /// A process dies, and another one comes up a while later.
    async fn dies(&mut self) -> Result<()> {
        let died = {
            let mut lives = locked(&self.world.lives);
            let place = usize::try_from(self.chance.below(2))?.min(lives.len().saturating_sub(1));
            (!lives.is_empty()).then(|| lives.remove(place))
        };
        let Some(died) = died else { return Ok(()) };
        died.kill();
        self.world.tally.count("events", "process killed");
        let is_alone = locked(&self.world.lives).is_empty();
        let blocked = is_alone.then(|| self.world.block(None));
        if self.chance.once_in(3) {
            let seconds = self.chance.between(1, 300);
            self.world.sleep(Duration::from_secs(seconds)).await;
        }
        self.start_life().await?;
        if let Some(blocked) = blocked {
            self.world.unblock(blocked);
        }
        Ok(())
    }

    /// A new process comes up beside the old one, which is killed in the middle of its work.
    async fn is_replaced(&mut self) -> Result<()> {
        self.start_life().await?;
        let seconds = self.chance.between(1, 120);
        self.world.sleep(Duration::from_secs(seconds)).await;
        let old = {
            let mut lives = locked(&self.world.lives);
            (lives.len() > 1).then(|| lives.remove(0))
        };
        if let Some(old) = old {
            old.kill();
            self.world
                .tally
                .count("events", "process replaced while it works");
        }
        Ok(())
    }

    /// A provider does not answer as it should for some minutes, while other things happen.
    async fn is_away(&mut self, what: &'static str, preset: Preset) -> Result<()> {
        let account = usize::try_from(self.chance.below(4))?;
        let account = ACCOUNTS.get(account).copied().unwrap_or("pod");
        let set = |it: &Sandbox| it.faults().turn_on(preset, Some(account));
        if let Some(set) = self.world.at_providers(set).await {
            set?;
        }
        self.world.tally.count("events", what);
        let (world, seconds) = (Arc::clone(&self.world), self.chance.between(30, 5 * 60));
        let blocked = world.block(Some(account));
        drop(tokio::spawn(async move {
            world.sleep(Duration::from_secs(seconds)).await;
            world.at_providers(|it| it.faults().turn_off(preset)).await;
            world.unblock(blocked);
        }));
        Ok(())
    }

    /// Some creates are held up for longer than their clients wait, before they are executed and after. As long as one may be on
    /// its way, time goes slowly.
    async fn holds_up(&mut self) -> Result<()> {
        self.world.hold(ON_ITS_WAY);
        self.world
            .tally
            .count("events", "requests held up for longer than a call");
        self.set(Fault::Delay(TOO_LONG), &CREATES, 1).await?;
        self.set(Fault::DelayAfter(TOO_LONG), &CREATES, 1).await?;
        tokio::time::sleep(ON_ITS_WAY / 2).await;
        let remove = |it: &Sandbox| {
            for rule in it.faults().pending() {
                if rule.rule.fault == Fault::Delay(TOO_LONG) {
                    it.faults().remove(rule.number);
                }
            }
        };
        self.world.at_providers(remove).await;
        self.world.hold(ON_ITS_WAY);
        Ok(())
    }

    /// Some confirmations are answered so late that their claims have ended: another process may have the order.
    async fn answers_late(&mut self) -> Result<()> {
        self.world
            .tally
            .count("events", "answers later than a claim holds");
        self.set(Fault::DelayAfter(TOO_LONG), &SETTLES, 4).await
    }

    /// Lets so many requests for each of these operations meet a fault.
    async fn set(&self, fault: Fault, operations: &[(&str, &str)], times: u32) -> Result<()> {
        for (account, operation) in operations {
            let rule = FaultRule::new(fault).of(account).on(operation).times(times);
            if let Some(set) = self.world.at_providers(|it| it.faults().set(rule)).await {
                set?;
            }
        }
        Ok(())
    }

    /// Everybody's clock jumps ahead. It waits until it is known what came of each create, as far as anybody can know.
    async fn jumps(&mut self, what: &'static str, seconds: u64) {
        let world = Arc::clone(&self.world);
        while world.is_held() {
            tokio::time::sleep(ARRIVED).await;
        }
        let _nobody_creates = world.gate.write().await;
        world.hold(ARRIVED * 2);
        tokio::time::sleep(ARRIVED).await;
        world.jump(Duration::from_secs(seconds));
        world.tally.count("events", what);
    }

    /// The merchant's clock is set ahead or back, within the band in which clocks may differ.
    fn differs(&mut self) {
        let life = locked(&self.world.lives).last().cloned();
        for _ in 0..2 {
            if let Some(life) = &life {
                let what = match life.set_clock(&mut self.chance) {
                    true => "clock of the merchant ahead",
                    false => "clock of the merchant back",
                };
                self.world.tally.count("events", what);
            }
        }
    }

    /// The providers are shut down, and start from what they remember.
    async fn starts_anew(&mut self) -> Result<()> {
        self.note().await;
        let world = Arc::clone(&self.world);
        let mut place = world.sandbox.write().await;
        let Some(running) = place.take() else {
            return Err("there is no sandbox".into());
        };
        world.stop_clock(true);
        let blocked = world.block(None);
        let snapshot = running.shutdown().await;
        let builder = sandbox(world.seed, &world.clock, self.payments);
        let started = builder
            .snapshot(snapshot)
            .listen(self.address)
            .start()
            .await?;
        *place = Some(started);
        world.unblock(blocked);
        world.stop_clock(false);
        world.tally.count("events", "providers started anew");
        Ok(())
    }

    /// Notes which faults requests and webhooks have met.
    pub(super) async fn note(&self) {
        let read = |it: &Sandbox| {
            let entries = it.journal();
            it.clear_journal();
            entries
        };
        let entries = self.world.at_providers(read).await.unwrap_or_default();
        let tally = &self.world.tally;
        for entry in entries {
            tally.count(
                "requests",
                format!("{} {}", entry.provider, entry.operation),
            );
            if let Some(fault) = entry.fault {
                let fault = fault.to_string();
                let name = fault.split(' ').next().unwrap_or_default();
                tally.count("faults", name);
            }
        }
        let webhooks = self
            .world
            .at_providers(Sandbox::webhooks)
            .await
            .unwrap_or_default();
        let last =
            locked(&self.world.last_webhook).replace(webhooks.last().map_or(0, |it| it.number));
        for webhook in webhooks.iter().filter(|it| Some(it.number) > last) {
            if let Some(fault) = webhook.fault {
                let fault = fault.to_string();
                let name = fault.split(' ').next().unwrap_or_default();
                tally.count("webhooks", name);
            }
        }
    }
}
