//! Where an order stands, as its page shows it.

use std::time::SystemTime;

use paylink::desk::{DeskError, Opened, Outcome};
use paylink::{Created, Effect, Error, PaymentState, Refusal};

use crate::counter::{Counter, Trouble};

/// What an order's page is about.
pub(crate) enum Standing {
    /// It is paid and was handed out.
    Paid,
    /// This is how to pay it.
    ToPay(Box<Created>),
    /// What there was to pay is over, and another payment can be asked for.
    Over(&'static str),
    /// It was paid, and the money was given back.
    GivenBack,
    /// Nobody can tell whether there is something to pay.
    Lost,
    /// It changes by itself before long.
    Checking,
    /// The provider does not take such a payment.
    Refused(&'static str),
    /// Money came that is not this order's.
    Alarm,
    /// Nobody could be asked.
    Unsure,
}

/// Where an order stands, and whether that may be old by a moment.
pub(crate) struct Seen {
    pub(crate) standing: Standing,
    /// After how many seconds it may be looked at again, if it was looked at only a moment ago.
    pub(crate) again_in: Option<u16>,
}

impl Seen {
    /// Looking failed.
    pub(crate) fn unsure() -> Seen {
        Seen {
            standing: Standing::Unsure,
            again_in: None,
        }
    }

    /// Looks at an order, and creates its payment if none is there.
    pub(crate) async fn of(counter: &Counter, number: &str) -> Seen {
        let outcome = counter.visit(number).await;
        let again_in = match &outcome {
            Ok(Outcome::TooSoon { retry_after, .. }) => {
                u16::try_from(retry_after.as_secs().saturating_add(1)).ok()
            }
            _ => None,
        };
        let standing = Standing::after(counter, number, outcome).await;
        Seen { standing, again_in }
    }
}

impl Standing {
    async fn after(counter: &Counter, number: &str, outcome: Result<Outcome, Trouble>) -> Standing {
        match outcome {
            Ok(
                Outcome::DeliverNow(_) | Outcome::AwaitingDelivery(_) | Outcome::Delivered { .. },
            ) => Standing::Paid,
            Ok(Outcome::NotPaid(payment)) => Standing::seen(counter, number, payment.state()).await,
            // What was seen a moment ago is shown, and the page asks again by itself.
            Ok(Outcome::TooSoon {
                seen: Some(state), ..
            }) => Standing::seen(counter, number, &state).await,
            Ok(Outcome::TooSoon { seen: None, .. }) => Standing::Checking,
            Ok(Outcome::NotOpened) => open(counter, number).await,
            Ok(Outcome::Lost(_)) => Standing::Lost,
            Ok(Outcome::Unresolved { .. } | Outcome::Busy { .. }) => Standing::Checking,
            Ok(Outcome::Mismatch(mismatch)) => {
                tracing::error!(number, %mismatch, "a payment is not the order's");
                Standing::Alarm
            }
            Err(error) => {
                tracing::error!(number, %error, "an order cannot be looked at");
                Standing::Unsure
            }
        }
    }

    /// Where a payment in this state leaves its order.
    pub(crate) async fn seen(counter: &Counter, number: &str, state: &PaymentState) -> Standing {
        match state {
            PaymentState::Unpaid | PaymentState::Paying => open(counter, number).await,
            // Money may be there: who could pay now might pay twice.
            PaymentState::Unconfirmed | PaymentState::Promised | PaymentState::Paid => {
                Standing::Checking
            }
            state if state.is_final() => over(state),
            _ => Standing::Unsure,
        }
    }
}

async fn open(counter: &Counter, number: &str) -> Standing {
    match counter.desk.open(number).await {
        Ok(Opened::Ready(created)) if is_over(&created) => Standing::Checking,
        Ok(Opened::Ready(created)) => Standing::ToPay(created),
        Ok(Opened::AlreadyPaid(_) | Opened::Unresolved { .. } | Opened::Busy { .. }) => {
            Standing::Checking
        }
        Ok(Opened::Lost(_)) => Standing::Lost,
        Err(error) => {
            tracing::error!(number, %error, "an order's payment cannot be created");
            match error {
                DeskError::Payment(error) if error.effect() == Effect::NotExecuted => {
                    Standing::Refused(said_to_payer(&error))
                }
                _ => Standing::Unsure,
            }
        }
    }
}

/// Its time is over, though its provider has not said so yet.
fn is_over(created: &Created) -> bool {
    created
        .expires_at()
        .is_some_and(|at| at <= SystemTime::now())
}

fn over(state: &PaymentState) -> Standing {
    Standing::Over(match state {
        PaymentState::Refunded => return Standing::GivenBack,
        PaymentState::Expired => "مهلت پرداخت تمام شد",
        PaymentState::Cancelled => "این پرداخت لغو شد",
        _ => "پرداخت انجام نشد",
    })
}

/// What a payer may read of a refusal, and what is said in its place where that is nothing.
pub(crate) fn said_to_payer(error: &Error) -> &'static str {
    let told = error.refusal().map(Refusal::explanation);
    told.filter(|explanation| explanation.visible_to_payer)
        .map_or(
            "این درگاه اکنون پرداخت نمی‌پذیرد.",
            |explanation| explanation.persian,
        )
}

impl Trouble {
    /// The same for whatever went wrong.
    pub(crate) fn said_to_payer(&self) -> &'static str {
        match self {
            Trouble::Refused(error) | Trouble::Desk(DeskError::Payment(error)) => {
                said_to_payer(error)
            }
            Trouble::Desk(_) | Trouble::Books(_) | Trouble::Chance(_) => {
                "فروشگاه اکنون سفارش نمی‌پذیرد. کمی بعد دوباره بیایید."
            }
        }
    }
}
