use paylink_core::provider::{Capability, Payment, PaymentRecord, PaymentState};

use crate::conformance::case::{Case, Verdict};
use crate::conformance::stop::{Stop, ensure, offered, step};
use crate::conformance::trial::{Trial, books};

pub(super) const CASES: &[Case] = &[Case::new(
    "the state follows the payment",
    "The state says paid once the payment is settled, and never before the payer has paid; reading it confirms nothing.",
    |trial| Box::pin(follows(trial)),
)];

async fn follows(trial: &Trial) -> Verdict {
    offered(&trial.capabilities, Capability::State)?;
    let tells_first = trial.tells_first().await?;
    let (payment, created) = trial.created().await?;
    let record = created.record();

    let unpaid = read(trial, record).await?;
    ensure(is_open(&unpaid), || {
        format!("an unpaid payment reads as {unpaid}")
    })?;

    trial.subject.pay(&created).await?;
    for _ in 0..2 {
        let paid = read(trial, record).await?;
        let has_money = matches!(paid, PaymentState::Unconfirmed | PaymentState::Paid);
        ensure(has_money, || format!("a paid payment reads as {paid}"))?;
    }

    let expected = books(&payment, record);
    trial.settles_still(&expected, tells_first).await?;
    let settled = read(trial, record).await?;
    ensure(settled == PaymentState::Paid, || {
        format!("a settled payment reads as {settled}")
    })
}

/// Whether it says that the payment can be paid. A provider may not tell that from one that waits for its merchant.
pub(super) fn is_open(state: &PaymentState) -> bool {
    matches!(
        state,
        PaymentState::Unpaid | PaymentState::Paying | PaymentState::Unconfirmed
    )
}

async fn read(trial: &Trial, record: &PaymentRecord) -> Result<PaymentState, Stop> {
    let payment = step("reading the state", trial.provider.state(record).await)?;
    is_of(&payment, record)?;
    Ok(payment.state().clone())
}

/// Checks that a view is of the record's payment, as far as it says.
fn is_of(payment: &Payment, record: &PaymentRecord) -> Verdict {
    let same_provider = payment.provider() == record.provider();
    let reference = payment.reference();
    let same_order = reference.is_none_or(|it| it == record.reference().as_str());
    let amount = payment.amount();
    let same_amount = amount.is_none_or(|it| it == record.amount());
    let mut ids = payment.ids();
    let same_ids = ids.all(|(name, id)| record.id(name).is_none_or(|known| known == id));
    ensure(
        same_provider && same_order && same_amount && same_ids,
        || format!("the view is of another payment: {payment:?}"),
    )
}
