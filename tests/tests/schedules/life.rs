//! One life of a process: its clock, and whether it is up, paused or dead.

use std::fmt;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::{Duration, SystemTime};

use paylink_core::Runtime;
use tokio::sync::Notify;

use super::corners::Corner;
use super::shelf::Store;
use super::world::{MINUTE, SECOND, World, at};

const UP: u8 = 0;
const PAUSED: u8 = 1;
const DEAD: u8 = 2;

/// One life of a process. Everything that it awaits goes through here, so that a paused one does nothing and a dead one
/// never again.
pub(super) struct Life {
    pub(super) number: usize,
    pub(super) world: Arc<World>,
    pub(super) store: Arc<Store>,
    skew_ms: AtomicI64,
    state: AtomicU8,
    woken: Notify,
}

impl Life {
    pub(super) fn begin(number: usize, world: &Arc<World>, store: &Arc<Store>) -> Arc<Life> {
        let life = Arc::new(Life {
            number,
            world: Arc::clone(world),
            store: Arc::clone(store),
            skew_ms: AtomicI64::new(0),
            state: AtomicU8::new(UP),
            woken: Notify::new(),
        });
        let now = world.now();
        world.state().comes_up(now);
        life.say(|| "comes up".to_owned());
        life
    }

    fn is(&self, state: u8) -> bool {
        self.state.load(Ordering::Relaxed) == state
    }

    pub(super) fn is_up(&self) -> bool {
        self.is(UP)
    }

    pub(super) fn is_paused(&self) -> bool {
        self.is(PAUSED)
    }

    /// Does nothing until it is resumed.
    pub(super) fn pause(&self) {
        self.goes_down(PAUSED, Corner::Paused);
        self.say(|| "is paused".to_owned());
    }

    /// Dies, whatever is under way in it.
    pub(super) fn die(&self) {
        if self.goes_down(DEAD, Corner::Killed) {
            self.world.saw(Corner::KilledHolding);
        }
        self.say(|| "dies".to_owned());
    }

    /// Goes down, and says whether it held an order.
    fn goes_down(&self, to: u8, corner: Corner) -> bool {
        let (held, now) = (self.store.all_held_by(self.number), self.world.now());
        let mut state = self.world.state();
        state.corners.saw(corner);
        state.hold_up_all(&held, now);
        if self.is_up() {
            state.goes_down(now);
        }
        self.state.store(to, Ordering::Relaxed);
        !held.is_empty()
    }

    pub(super) fn resume(&self) {
        if !self.is_paused() {
            return;
        }
        self.say(|| "goes on".to_owned());
        let (held, now) = (self.store.all_held_by(self.number), self.world.now());
        let mut state = self.world.state();
        if held.iter().any(|(_, until)| *until < now) {
            state.corners.saw(Corner::PausedPastLease);
        }
        state.comes_up(now);
        drop(state);
        self.state.store(UP, Ordering::Relaxed);
        self.woken.notify_waiters();
        self.store.ring();
    }

    /// Ends without a word.
    pub(super) fn end(&self) {
        self.state.store(DEAD, Ordering::Relaxed);
    }

    /// Sets its clock so far ahead of the true time, or back.
    pub(super) fn set_clock(&self, ahead_ms: i64) {
        self.skew_ms.store(ahead_ms, Ordering::Relaxed);
    }

    /// Goes on as soon as the process is up.
    pub(super) async fn awake(&self) {
        while !self.is_up() {
            let woken = self.woken.notified();
            match self.is(DEAD) {
                true => pending().await,
                false => woken.await,
            }
        }
    }

    /// What lies between two things that a process does: nothing, others, some time, a long pause, or its death.
    pub(super) async fn lag(self: &Arc<Life>) {
        match self.world.below(32) {
            0..=2 => tokio::task::yield_now().await,
            3 => {
                let time = self.world.between(1, 40);
                self.world.sleep(time).await;
            }
            _ => {}
        }
        let often = self.world.state().faults.processes;
        if self.world.once_in(often) && self.is_up() {
            match self.world.once_in(3) {
                true => self.die(),
                false => self.pause_a_while(),
            }
        }
        self.awake().await;
    }

    /// Is paused, for less than the time of a delivery or for longer.
    pub(super) fn pause_a_while(self: &Arc<Life>) {
        if !self.is_up() {
            return;
        }
        self.pause();
        let (life, time) = (Arc::clone(self), self.world.between(SECOND, 7 * MINUTE));
        drop(tokio::spawn(async move {
            life.world.sleep(time).await;
            life.resume();
        }));
    }

    pub(super) fn say(&self, what: impl FnOnce() -> String) {
        self.world.say(|| format!("p{:<4} {}", self.number, what()));
    }
}

impl Runtime for Life {
    fn now(&self) -> SystemTime {
        let now = at(self.world.now());
        let skew_ms = self.skew_ms.load(Ordering::Relaxed);
        let skew = Duration::from_millis(skew_ms.unsigned_abs());
        if skew_ms < 0 { now - skew } else { now + skew }
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            tokio::time::sleep(pause).await;
            self.awake().await;
        })
    }

    fn random(&self) -> u64 {
        self.world.below(u64::MAX)
    }
}

impl fmt::Debug for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Life")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
