//! Giving money back: asked for once, and found out before it is asked for again.

use std::time::{Duration, SystemTime};

use paylink::{Account, Capability, Effect, PaymentRecord, PaymentState, Resolution};

use super::Service;
use crate::keys::KeyLine;
use crate::problem::{Problem, ProblemKind};
use crate::store::refunds::{Refund, RefundState};
use crate::view::OrderView;

/// For how long beyond the longest call a request may still be at the provider. A process that died in the middle of it
/// leaves nothing that finds it again but the payment's state.
const SLACK: Duration = Duration::from_secs(60);

impl Service {
    /// Gives the whole money of a paid order back. It is done once, however often it is asked for.
    pub(crate) async fn give_back(&self, name: &str, who: &KeyLine) -> Result<OrderView, Problem> {
        let (account, record) = self.paid(name).await?;
        let who = who.who();
        let found = self.store.refund(name).await?;
        let after = match &found {
            None => None,
            Some(refund) if refund.state == RefundState::Done => return self.read(name).await,
            Some(refund) => match self.look_up(account, &record, refund).await? {
                Found::Done => {
                    self.note(name, &who, "found to be done").await?;
                    self.store.refund_is_done(name, self.sends_events).await?;
                    self.written.notify_one();
                    return self.read(name).await;
                }
                Found::NotDone => Some(refund.turn),
                Found::Unknown(again_in) => {
                    let detail = "whether the money went back is not known yet, and nothing was sent: ask again later, it is looked up first";
                    let unknown = Problem::new(ProblemKind::Unknown, detail);
                    return Err(unknown.may_be_executed().again_in(again_in));
                }
            },
        };
        self.note(name, &who, "asked").await?;
        if !self.store.begin_refund(name, after).await? {
            return Err(Problem::busy());
        }
        let turn = after.unwrap_or_default().saturating_add(1);
        match account.refund(&record).await {
            Ok(_) => {
                // The provider says so: that is written before anything else can fail.
                self.store.refund_is_done(name, self.sends_events).await?;
                self.written.notify_one();
                self.note(name, &who, "done").await?;
                self.read(name).await
            }
            Err(error) => {
                let outcome = error.to_string();
                match error.effect() {
                    Effect::NotExecuted => self.store.withdraw_refund(name, turn).await?,
                    Effect::Unknown => {
                        self.store
                            .refund_is_unknown(name, turn, error.handle())
                            .await?;
                    }
                }
                self.note(name, &who, &outcome).await?;
                Err(error.into())
            }
        }
    }

    async fn note(&self, name: &str, who: &str, outcome: &str) -> Result<(), Problem> {
        Ok(self.store.audit(who, "refund", Some(name), outcome).await?)
    }

    /// The payment that paid an order, at an account that can give money back.
    async fn paid(&self, name: &str) -> Result<(&Account, PaymentRecord), Problem> {
        let order = self.desk.order(name).await?;
        let Some(delivery) = order.ledger().delivery() else {
            let detail = "the order was not found paid: there is nothing to give back";
            return Err(Problem::new(ProblemKind::NotPaid, detail));
        };
        let own = order.payment().reference();
        let mut attempts = order.ledger().attempts().iter();
        let paid = attempts.find(|it| {
            it.account() == delivery.account() && it.reference(own) == delivery.reference()
        });
        let account = self.accounts().get(delivery.account()).map_err(|invalid| {
            Problem::new(
                ProblemKind::Misconfigured,
                format!("{invalid}: give the account its name back"),
            )
        })?;
        let capabilities = account.capabilities();
        if !capabilities.support(Capability::Refund).is_supported() {
            return Err(capabilities.unsupported(Capability::Refund).into());
        }
        match paid.and_then(|attempt| attempt.created()) {
            Some(created) => Ok((account, created.record().clone())),
            None => Err(Problem::new(
                ProblemKind::Internal,
                "the ledger has no record of the payment that paid the order: look at the books by hand",
            )),
        }
    }

    /// Finds out what became of a refund that was asked for before.
    async fn look_up(
        &self,
        account: &Account,
        record: &PaymentRecord,
        refund: &Refund,
    ) -> Result<Found, Problem> {
        if let Some(handle) = &refund.handle {
            return Ok(match account.resolve(handle).await? {
                Resolution::Executed(_) => Found::Done,
                Resolution::NotExecuted => Found::NotDone,
                Resolution::StillUnknown { retry_after } => Found::Unknown(retry_after),
            });
        }
        let patience = account.longest_call().saturating_add(SLACK);
        let waited = SystemTime::now()
            .duration_since(refund.asked_at)
            .unwrap_or_default();
        if let Some(left) = patience.checked_sub(waited).filter(|left| !left.is_zero()) {
            return Ok(Found::Unknown(left));
        }
        let payment = account.state(record).await?;
        Ok(match payment.state() {
            PaymentState::Refunded => Found::Done,
            PaymentState::Paid => Found::NotDone,
            _ => Found::Unknown(SLACK),
        })
    }
}

/// What is known of a refund that was asked for before.
enum Found {
    Done,
    NotDone,
    Unknown(Duration),
}
