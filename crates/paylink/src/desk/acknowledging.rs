//! Writing down that the goods went out.

use super::claim::Turned;
use super::{Acknowledged, Desk, DeskError, OrderStore};

impl<S: OrderStore> Desk<S> {
    pub(super) async fn acknowledged(
        &self,
        order: &str,
    ) -> Result<Acknowledged, DeskError<S::Error>> {
        if let Some(at) = self.order(order).await?.ledger().delivered_at() {
            return Ok(Acknowledged::Done { at });
        }
        let mut turn = match self.turn(order).await? {
            Turned::Mine(turn) => turn,
            Turned::Busy { until } => return Ok(Acknowledged::Busy { until }),
        };
        let acknowledged = match turn.ledger_mut().acknowledge(self.environment.now()) {
            Some(at) => {
                let saved = self.save(&turn).await;
                saved.map(|()| Acknowledged::Done { at })
            }
            None => Ok(Acknowledged::NotHandedOut),
        };
        self.end(turn).await;
        self.or_busy(acknowledged, |until| Acknowledged::Busy { until })
    }
}
