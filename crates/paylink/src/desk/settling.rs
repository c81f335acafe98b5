//! Settling one payment of an order, and handing the order out on its proof.

use paylink_core::provider::{Capabilities, Created};
use paylink_core::{Field, Mismatch, Money, Proof, Settlement};

use super::turn::{Stop, Turn};
use super::{Delivery, Desk, OrderStore, Outcome};

impl<S: OrderStore> Desk<S> {
    /// Settles the payment of the attempt at this place.
    pub(super) async fn settle_at(
        &self,
        turn: &mut Turn,
        index: usize,
    ) -> Result<Outcome, Stop<S::Error>> {
        self.hold(turn).await?;
        let attempt = turn.ledger().attempts().get(index);
        let order = turn.order();
        let expected = attempt.and_then(|attempt| attempt.expected(order.payment()));
        let (Some(attempt), Some(expected)) = (attempt, expected) else {
            return Ok(Outcome::NotOpened);
        };
        let provider = self.provider(attempt.account())?;
        let settlement = provider.settle(&expected).await;
        self.heard_from(attempt.account(), &settlement);
        let proof = match settlement? {
            Settlement::Settled(proof) | Settlement::AlreadySettled(proof) => proof,
            Settlement::NotPaid(payment) => return Ok(Outcome::NotPaid(Box::new(payment))),
            Settlement::Mismatch(mismatch) => return Ok(Outcome::Mismatch(mismatch)),
        };
        let price = order.payment().price();
        let differs = differs(&proof, price, attempt.created(), provider.capabilities())?;
        if let Some(mismatch) = differs {
            return Ok(Outcome::Mismatch(mismatch));
        }
        let delivery = Delivery::proved(
            turn.name(),
            attempt.account(),
            expected.reference(),
            &proof,
            self.environment.now(),
        );
        turn.ledger_mut().hand_out(delivery.clone());
        self.deliver(turn, &delivery).await?;
        Ok(Outcome::DeliverNow(Box::new(delivery)))
    }
}

/// Holds the proved amount against the order's price, or against the exact amount that stands for it.
fn differs(
    proof: &Proof,
    price: &Money,
    created: Option<&Created>,
    capabilities: &Capabilities,
) -> Result<Option<Mismatch>, paylink_core::Error> {
    let exact = created.and_then(Created::exact_transfer);
    let due = match exact {
        Some(transfer) => *transfer.exactly(),
        None => capabilities.convert(price)?,
    };
    let paid = proof.amount();
    Ok((due != *paid).then(|| Mismatch::one(Field::Amount, &due, paid)))
}
