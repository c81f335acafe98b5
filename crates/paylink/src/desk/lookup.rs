//! What became of an attempt, and when to look at it again.

use std::time::{Duration, SystemTime};

use paylink_core::provider::{Capability, Created, PaymentState, Resolved, Support};
use paylink_core::{Effect, Error, ErrorKind, Handle, Resolution};

use super::Desk;
use super::claim::{Stop, Turn};
use super::ledger::Progress;
use super::outcome::Lost;
use super::pace::{self, Sight, Terms};
use super::store::OrderStore;

/// What became of an attempt.
pub(super) enum Found {
    /// It is there, and stands in the ledger.
    Made,
    /// It was never created.
    Never,
    /// Not to be told yet.
    NotYet { retry_after: Duration },
    /// Not to be told ever.
    Nobody(Lost),
}

impl Found {
    pub(super) fn sight(&self) -> Sight {
        match self {
            // It is about to be settled.
            Found::Made => Sight::State(PaymentState::Unpaid),
            Found::NotYet { retry_after } => Sight::NotYet(*retry_after),
            Found::Never | Found::Nobody(_) => Sight::Gone,
        }
    }
}

impl<S: OrderStore> Desk<S> {
    /// Looks up the attempt at this place if that is needed, and writes what was found.
    pub(super) async fn find(
        &self,
        turn: &mut Turn,
        index: usize,
    ) -> Result<Found, Stop<S::Error>> {
        let Some(attempt) = turn.ledger().attempts().get(index) else {
            return Ok(Found::Never);
        };
        let lost = |why: &str| {
            let reference = attempt.reference(turn.order().payment().reference());
            Ok(Found::Nobody(Lost::new(reference, why)))
        };
        let created = match attempt.progress() {
            Progress::Made(_) => return Ok(Found::Made),
            Progress::GivenUp(handle) => match self.after_all(attempt.account(), handle).await {
                Some(created) => created,
                None => return lost("The merchant went on without it."),
            },
            Progress::Asked(handle) => {
                let provider = self.provider(attempt.account())?;
                if let Support::Unsupported(why) =
                    provider.capabilities().support(Capability::FindCreated)
                {
                    return lost(why);
                }
                match self
                    .asked(attempt.account(), provider.resolve(handle))
                    .await
                {
                    Ok(Resolution::NotExecuted) => return Ok(Found::Never),
                    Ok(Resolution::StillUnknown { retry_after }) => {
                        return Ok(Found::NotYet { retry_after });
                    }
                    Ok(Resolution::Executed(Resolved::Created(created))) => *created,
                    Ok(Resolution::Executed(_)) => return Err(not_a_create(handle).into()),
                    Err(error) if error.kind() == ErrorKind::Unsupported => {
                        return lost(&error.to_string());
                    }
                    // That looking failed says nothing of what was looked for.
                    Err(error) => return Err(error.while_resolving(handle).into()),
                }
            }
        };
        turn.attempt_was(index, |attempt| attempt.made(created));
        self.save(turn).await?;
        Ok(Found::Made)
    }

    /// Notes what was seen of the order's payments, and when to look again.
    ///
    /// That was seen no later than the questions were asked: an answer that was slept over for hours ends no watch.
    pub(super) fn note(&self, turn: &mut Turn, sights: &[(usize, Sight)], asked_at: SystemTime) {
        let now = asked_at.min(self.runtime.now());
        let newest = sights.iter().max_by_key(|(index, _)| *index);
        let seen = newest.and_then(|(_, sight)| match sight {
            Sight::State(state) => Some(state.clone()),
            _ => None,
        });
        let watch = turn.ledger_mut().watch_mut(now);
        if sights.iter().any(|(_, sight)| sight.is_active()) {
            watch.active(now, seen.as_ref());
        } else if !sights.iter().any(|(_, sight)| sight.is_trouble()) {
            watch.inactive();
        }
        watch.look(now, seen);
        let (since, active_since) = (watch.since(), watch.active_since());
        let again_at = sights.iter().filter_map(|(index, sight)| {
            let attempt = turn.ledger().attempts().get(*index)?;
            let provider = self.accounts.get(attempt.account()).ok();
            let terms = Terms {
                since,
                active_since,
                expires_at: attempt.created().and_then(Created::expires_at),
                settlement_window: provider.and_then(|it| it.capabilities().settlement_window()),
                watched_for: self.watched_for,
                shortest: self.min_pause,
            };
            let next = pace::next(sight, &terms, now)?;
            let by_now = self.runtime.now();
            let closed = self.pace.closed_for(attempt.account(), by_now);
            Some(
                next.max(
                    closed
                        .and_then(|left| by_now.checked_add(left))
                        .unwrap_or(next),
                ),
            )
        });
        let again_at = again_at.min();
        turn.ledger_mut().watch_mut(now).look_again(again_at);
    }

    /// The payment that was given up and came after all. That it cannot be asked for keeps nobody from the others.
    async fn after_all(&self, account: &str, handle: &Handle) -> Option<Created> {
        let provider = self.accounts.get(account).ok()?;
        if !provider
            .capabilities()
            .support(Capability::FindCreated)
            .is_supported()
        {
            return None;
        }
        match self.asked(account, provider.resolve(handle)).await {
            Ok(Resolution::Executed(Resolved::Created(created))) => Some(*created),
            _ => None,
        }
    }
}

fn not_a_create(handle: &Handle) -> Error {
    let problem = "the handle of a create was resolved to something else";
    Error::new(ErrorKind::Indeterminate, Effect::Unknown, problem).with_handle(handle.clone())
}
