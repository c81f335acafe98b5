//! Payments over all four providers through desk and books against the sandbox, with faults of every kind, and both sides' books
//! held against one another at the end.
//!
//! A run sells through shops of some thousand orders each: a sandbox, books, processes of the merchant, and payers, all by one
//! clock, which goes as fast as the merchant follows. What payers, faults and clocks do comes from the seed; when packets and
//! tasks meet does not, so that a seed tells what is played and not what it leads to.

mod bills;
mod books;
mod judge;
mod merchant;
mod order;
mod payer;
mod tally;
mod weather;
mod world;

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use paylink::web::Routes;
use paylink_sandbox::{Clock, Sandbox, pod, zipay};
use tokio::task::JoinSet;

use judge::Wrong;
pub(crate) use tally::Tally;

use books::Reader;
use order::Order;
use payer::Payer;
use paylink_tests::judgement::configuration_of;
use paylink_tests::selling::Result;
use weather::Weather;
use world::{ACCOUNTS, World, locked};

/// How many processes of the merchant sell over the same books at the beginning.
const PROCESSES: usize = 2;

/// How long a shop may take to come to its end once the storm is over, in real time.
const PATIENCE: Duration = Duration::from_secs(120);

/// A shop that is to be played.
#[derive(Clone, Debug)]
pub(crate) struct Shop {
    /// From which everything comes that is left to chance.
    pub(crate) seed: u64,
    /// How many orders it sells.
    pub(crate) payments: u64,
    /// Where its books are: a new SQLite file, or the URL of an empty PostgreSQL schema.
    pub(crate) books: String,
}

/// What playing a shop came to.
#[derive(Debug)]
pub(crate) struct Played {
    /// What was played.
    pub(crate) tally: Tally,
    /// What is wrong at the end.
    pub(crate) wrongs: Vec<Wrong>,
}

impl Shop {
    /// Plays it from the first order to the end of the last.
    ///
    /// # Errors
    ///
    /// If it could not be played, which says nothing of the merchant.
    pub(crate) async fn play(&self, folder: &Path) -> Result<Played> {
        let reader = Reader::open(&self.books).await?;
        let clock = Clock::start();
        let sandbox = weather::sandbox(self.seed, &clock, self.payments)
            .start()
            .await?;
        self.choose(&sandbox);
        weather::begin(&sandbox)?;
        let accounts = folder.join(format!("accounts-{}.toml", self.seed));
        std::fs::write(&accounts, configuration_of(&sandbox, &ACCOUNTS, ""))?;
        let address = sandbox.address();
        let place = Arc::new(OnceLock::new());
        let (url, listener) = merchant::listen(&place).await?;
        let routes = Routes::new(&url)?;
        let world = Arc::new(World::new(self.seed, clock, sandbox, reader));
        let _ = place.set(Arc::clone(&world));

        let clock = tokio::spawn(Arc::clone(&world).live());
        let mut weather = Weather::new(&world, accounts, address, self.payments);
        for _ in 0..PROCESSES {
            weather.start_life().await?;
        }
        let storm = tokio::spawn(weather.rage());
        let orders: Vec<_> = (0..self.payments)
            .map(|number| Order::drawn(self.seed, number))
            .collect();
        let mut payers = JoinSet::new();
        for order in &orders {
            // As many come as can be served.
            drop(world.calls.acquire().await);
            payers.spawn(Payer::new(&world, order.clone(), &routes).buy());
        }
        world.is_selling.store(false, Ordering::Relaxed);
        while let Some(payer) = payers.join_next().await {
            payer??;
        }
        world.is_stormy.store(false, Ordering::Relaxed);
        let weather = storm.await??;
        let wrongs = self.end(&world, &weather, &orders).await;
        clock.abort();
        listener.abort();
        let lives = std::mem::take(&mut *locked(&world.lives));
        for life in &lives {
            life.kill();
        }
        world.reader.close().await;
        if let Some(sandbox) = world.sandbox.write().await.take() {
            drop(sandbox.shutdown().await);
        }
        let tally = Tally::default();
        tally.take_in(&world.tally);
        Ok(Played {
            tally,
            wrongs: wrongs?,
        })
    }

    /// Lets everything be well, waits until nothing is to be done any more, and judges.
    async fn end(&self, world: &World, weather: &Weather, orders: &[Order]) -> Result<Vec<Wrong>> {
        world.at_providers(|it| it.faults().clear()).await;
        let begun = Instant::now();
        while world.reader.waiting().await? > 0 && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // What is paid and is nobody's order any more goes back as well.
        world.jump(pod::VERIFY_WITHIN.saturating_mul(2));
        weather.note().await;
        judge::judge(world, orders).await
    }

    /// Chooses between what the providers' documents leave open.
    fn choose(&self, sandbox: &Sandbox) {
        sandbox.zipay().change_settings(|settings| {
            if self.seed % 2 == 1 {
                settings.second_verify = zipay::SecondVerify::Refuses;
                settings.webhook_encoding = zipay::WebhookEncoding::Json;
            }
        });
        sandbox.pod().change_settings(|settings| {
            settings.bill_numbers = pod::BillNumbers::Repeatable;
            if self.seed % 3 == 1 {
                settings.second_verify = pod::SecondVerify::AnswersInvoice;
            }
            if self.seed % 3 == 2 {
                settings.after_timeout = pod::AfterTimeout::Canceled;
            }
        });
    }
}
