//! Finding out what became of a create whose outcome is not written.

use std::time::Duration;

use paylink_core::provider::{Ability, Capability, Created, PaymentState, Resolved};
use paylink_core::{Effect, Error, ErrorKind, Handle, Resolution};

use super::ledger::Progress;
use super::schedule::Sight;
use super::turn::{Stop, Turn};
use super::{Desk, Lost, OrderStore};

/// What became of an attempt.
pub(super) enum Found {
    /// It is there, and stands in the ledger.
    Made,
    /// It was never created.
    Never,
    /// Not to be told yet.
    NotYet { look_again_after: Duration },
    /// Not to be told ever.
    Nobody(Lost),
}

impl Found {
    pub(super) fn sight(&self) -> Sight {
        match self {
            // It is about to be settled.
            Found::Made => Sight::State(PaymentState::Unpaid),
            Found::NotYet { look_again_after } => Sight::NotYet(*look_again_after),
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
                if let Ability::No(why) = provider.capabilities().of(Capability::FindCreated) {
                    return lost(why);
                }
                let resolved = provider.resolve(handle).await;
                self.heard_from(attempt.account(), &resolved);
                match resolved {
                    Ok(Resolution::NotExecuted) => return Ok(Found::Never),
                    Ok(Resolution::StillUnknown { look_again_after }) => {
                        return Ok(Found::NotYet { look_again_after });
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

    /// The payment that was given up and came after all. That it cannot be asked for keeps nobody from the others.
    async fn after_all(&self, account: &str, handle: &Handle) -> Option<Created> {
        let provider = self.providers.get(account).ok()?;
        let finds = provider.capabilities().of(Capability::FindCreated).is_yes();
        if !finds {
            return None;
        }
        let resolved = provider.resolve(handle).await;
        self.heard_from(account, &resolved);
        match resolved {
            Ok(Resolution::Executed(Resolved::Created(created))) => Some(*created),
            _ => None,
        }
    }
}

fn not_a_create(handle: &Handle) -> Error {
    let problem = "the handle of a create was resolved to something else";
    Error::new(ErrorKind::Indeterminate, Effect::Unknown, problem).with_handle(handle.clone())
}
