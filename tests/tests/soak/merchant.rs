//! The merchant: processes in miniature over the same books, each with a runtime, a memory and a clock of its own.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use paylink::config::Config;
use paylink::core::Runtime;
use paylink::desk::{Deliver, Delivery, Desk};
use paylink::web::{self, Pages};
use paylink::{Timeouts, Transport};
use paylink_books::{Books, Connection, DeliverInTransaction};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tower_service::Service;

use super::world::{World, locked};
use paylink_tests::chance::Chance;
use paylink_tests::selling::{Result, give};

/// How long a request may take, in real time.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_millis(700),
    attempt: LONGEST_ATTEMPT,
    total: Duration::from_secs(4),
};
pub(super) const LONGEST_ATTEMPT: Duration = Duration::from_millis(1_500);

/// How long a claim holds: the shortest that a desk takes with those timeouts. In the world's time a slow call takes longer.
const LEASE: Duration = Duration::from_secs(18);
/// How long an order is watched that nobody pays.
pub(super) const WATCHED: Duration = Duration::from_secs(80 * 60);
/// The pause between two looks at one.
const MIN_PAUSE: Duration = Duration::from_secs(8 * 60);
/// The pause between two searches for what is due.
const SWEEPS_EVERY: Duration = Duration::from_secs(10);
/// How far the clock of a process may differ from the true one. Two of them differ by less than a provider's settling time.
const LARGEST_SKEW: u64 = 60_000;

/// One life of a process.
pub(super) struct Life {
    clock: Arc<LifeClock>,
    handle: Handle,
    /// Until it is killed.
    runtime: Mutex<Option<tokio::runtime::Runtime>>,
    pub(super) desk: Arc<Desk<Books>>,
    router: Router,
}

impl Life {
    /// Starts a process with an empty memory over the books, and lets it work.
    pub(super) async fn start(
        world: &Arc<World>,
        number: u64,
        accounts: &Path,
    ) -> Result<Arc<Life>> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let mut chance = Chance::stream(world.seed, u64::MAX - number);
        let clock = Arc::new(LifeClock {
            world: Arc::clone(world),
            skew_ms: AtomicI64::new(0),
            chance: Mutex::new(Chance::stream(world.seed, u64::MAX / 2 - number)),
        });
        if number > 0 {
            clock.set(&mut chance);
        }
        let (place, accounts) = (world.reader.place.clone(), accounts.to_owned());
        let (goods, sender) = (
            Goods::of(world, number),
            Goods::of(world, number + (1 << 32)),
        );
        let its_clock = Arc::clone(&clock);
        let opened = runtime.spawn(async move {
            let books = Books::open(&place).await?;
            let books = books.keep_private_data(true).deliver_with(goods);
            let transport = Transport::builder()
                .timeouts(TIMEOUTS)
                .runtime(Arc::clone(&its_clock) as Arc<dyn Runtime>)
                .build()?;
            let accounts = Config::load(&accounts)?.open(&transport)?;
            let desk = Desk::new(books, accounts)
                .runtime(its_clock)
                .lease(LEASE)?
                .watch_time(WATCHED)
                .min_pause(MIN_PAUSE)
                .visit_intervals(Duration::from_secs(2), Duration::from_millis(20));
            let desk = Arc::new(desk);
            let watch = desk.store().watch(&desk, sender);
            let watch = watch.sweep(|sweep| sweep.interval(SWEEPS_EVERY).concurrency(16));
            let watch = watch.outbox(|outbox| outbox.lease(Duration::from_secs(60)));
            drop(tokio::spawn(watch.run(std::future::pending())));
            Ok::<_, Box<dyn Error + Send + Sync>>(desk)
        });
        let desk = match opened.await? {
            Ok(desk) => desk,
            Err(problem) => {
                runtime.shutdown_background();
                return Err(problem);
            }
        };
        Ok(Arc::new(Life {
            clock,
            handle: runtime.handle().clone(),
            runtime: Mutex::new(Some(runtime)),
            router: Router::new().nest("/pay", web::router(Arc::clone(&desk), Plain)),
            desk,
        }))
    }

    /// Ends it at whatever it is, without a word.
    pub(super) fn kill(&self) {
        if let Some(runtime) = locked(&self.runtime).take() {
            runtime.shutdown_background();
        }
    }

    /// Does something in the process. `None` if it dies meanwhile, or if the caller hangs up, who does so after some time.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        hang_up_after: Option<Duration>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let mut work = self.handle.spawn(work);
        match hang_up_after {
            None => work.await.ok(),
            Some(time) => match tokio::time::timeout(time, &mut work).await {
                Ok(done) => done.ok(),
                Err(_) => {
                    work.abort();
                    None
                }
            },
        }
    }

    /// Answers a request to the shop.
    pub(super) async fn serve(&self, request: Request) -> Option<StatusCode> {
        let mut router = self.router.clone();
        let answer = self.run(None, async move { router.call(request).await });
        Some(answer.await?.ok()?.status())
    }

    /// Sets the process' clock, ahead of the true time or back.
    pub(super) fn set_clock(&self, chance: &mut Chance) -> bool {
        self.clock.set(chance)
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The clock of a process, which waits by the world's.
struct LifeClock {
    world: Arc<World>,
    skew_ms: AtomicI64,
    chance: Mutex<Chance>,
}

impl LifeClock {
    /// Sets it, and says whether that was ahead.
    fn set(&self, chance: &mut Chance) -> bool {
        let skew = chance.below(2 * LARGEST_SKEW).cast_signed() - LARGEST_SKEW.cast_signed();
        self.skew_ms.swap(skew, Ordering::Relaxed) < skew
    }
}

impl fmt::Debug for LifeClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LifeClock").finish_non_exhaustive()
    }
}

impl Runtime for LifeClock {
    fn now(&self) -> SystemTime {
        let now = self.world.now();
        let skew_ms = self.skew_ms.load(Ordering::Relaxed);
        let skew = Duration::from_millis(skew_ms.unsigned_abs());
        let moved = match skew_ms < 0 {
            true => now.checked_sub(skew),
            false => now.checked_add(skew),
        };
        moved.unwrap_or(now)
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.world.sleep(pause))
    }

    fn random(&self) -> u64 {
        locked(&self.chance).below(u64::MAX)
    }
}

/// Pages as they come.
struct Plain;

impl Pages for Plain {}

/// Hands goods out in the books' own transaction, and sends them; both fail now and then.
struct Goods {
    world: Weak<World>,
    chance: Mutex<Chance>,
}

impl Goods {
    fn of(world: &Arc<World>, number: u64) -> Goods {
        Goods {
            world: Arc::downgrade(world),
            chance: Mutex::new(Chance::stream(world.seed, u64::MAX / 4 - number)),
        }
    }

    fn fails(&self, world: &World, once_in: u64, how: &'static str) -> Result<()> {
        let is_stormy = world.is_stormy.load(Ordering::Relaxed);
        if is_stormy && locked(&self.chance).once_in(once_in) {
            world.tally.count("goods", how);
            return Err(how.into());
        }
        Ok(())
    }
}

#[async_trait]
impl DeliverInTransaction for Goods {
    async fn deliver(&self, connection: Connection<'_>, delivery: &Delivery) -> Result<()> {
        let world = self.world.upgrade().ok_or("the world is over")?;
        give(connection, delivery.order()).await?;
        self.fails(&world, 40, "handing out failed")
    }
}

#[async_trait]
impl Deliver for Goods {
    async fn deliver(&self, delivery: &Delivery) -> Result<()> {
        let world = self.world.upgrade().ok_or("the world is over")?;
        self.fails(&world, 30, "sending failed")?;
        *locked(&world.sent)
            .entry(delivery.order().to_owned())
            .or_default() += 1;
        self.fails(&world, 40, "sending failed after it was done")
    }
}

impl World {
    /// One of the processes that are up.
    pub(super) fn any_life(&self) -> Option<Arc<Life>> {
        let lives = locked(&self.lives);
        let place = lives.len().checked_sub(1)?;
        let place = usize::try_from(
            self.now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .ok()?
                .subsec_micros(),
        )
        .ok()?
            % (place + 1);
        lives.get(place).cloned()
    }
}

/// Listens for the providers' webhooks as long as the task runs, whichever process is up, and says where.
pub(super) async fn listen(world: &Arc<OnceLock<Arc<World>>>) -> Result<(String, JoinHandle<()>)> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let app = Router::new()
        .fallback(forward)
        .with_state(Arc::clone(world));
    let server = tokio::spawn(async move { drop(axum::serve(listener, app).await) });
    Ok((format!("http://{address}/pay"), server))
}

async fn forward(
    State(world): State<Arc<OnceLock<Arc<World>>>>,
    request: Request<Body>,
) -> Response {
    let Some(world) = world.get() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    world.tally.count("hints", "webhook");
    let answered = match world.any_life() {
        Some(life) => life.serve(request).await,
        None => None,
    };
    answered
        .unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
        .into_response()
}
