//! Another payment for the same order, when the one before it can no longer be paid.

use crate::FieldKey;
use paylink_core::Invalid;
use paylink_core::provider::OrderReference;

use super::turn::{Stop, Turn, Turned};
use super::{Desk, DeskError, OrderStore, Outcome, Restarted};

impl<S: OrderStore> Desk<S> {
    pub(super) async fn restarted(
        &self,
        order: &str,
        reference: OrderReference,
    ) -> Result<Restarted, DeskError<S::Error>> {
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Restarted::Kept(Outcome::Busy { until })),
        };
        let restarted = self.restart_in(&mut turn, reference).await;
        self.end(turn).await;
        self.or_busy(restarted, |until| Restarted::Kept(Outcome::Busy { until }))
    }

    async fn restart_in(
        &self,
        turn: &mut Turn,
        reference: OrderReference,
    ) -> Result<Restarted, Stop<S::Error>> {
        let own = turn.order().payment().reference();
        if turn.ledger().has_used(&reference, own) {
            let used = Invalid::new(
                FieldKey::unkeyed("reference"),
                "was used for this order before",
            )
            .value(reference.as_str())
            .remedy("give another one");
            return Err(DeskError::Payment(used.into()).into());
        }
        match self.look_in(turn, None).await? {
            Outcome::NotOpened | Outcome::Lost(_) => {}
            Outcome::NotPaid(payment) if payment.state().is_over() => {}
            kept => return Ok(Restarted::Kept(kept)),
        }
        // What was asked may have taken most of the lease.
        self.hold(turn).await?;
        turn.newest_was(super::ledger::Attempt::give_up);
        let opened = self.ask_anew(turn, reference).await?;
        Ok(Restarted::Opened(opened))
    }
}
