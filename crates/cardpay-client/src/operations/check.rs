use paylink_core::text::excerpt;
use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};
use serde::Serialize;

use crate::account::CardPayAccount;
use crate::descriptor::PAY_ID;
use crate::envelope::Envelope;
use crate::{PayId, PaymentState};

/// Asks for the state of a payment (document "checking the payment"; proven).
///
/// It is a read with a trace: the first check of a paid payment answers 201, every later one 200. Its class is
/// [`Class::Idempotent`], by the document's own word that a payment may be checked any number of times:
///
/// * It **is** sent again when an answer is lost, as a read is. Nothing is lost by that: 200 proves the money just as 201
///   does, and delivery hangs on the merchant's own record.
/// * It is **not** called a read, since an error would then claim that nothing happened. Where a byte may have left, the
///   effect is unknown, which says the truth: the first verification may be spent. Checking again is the way on.
#[derive(Clone, Debug)]
pub struct CheckPayment(PayId);

impl CheckPayment {
    pub(crate) fn of(pay_id: PayId) -> CheckPayment {
        CheckPayment(pay_id)
    }
}

/// What a check yields.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct PaymentCheck {
    /// The payment's state; it comes from the code alone.
    #[serde(flatten)]
    pub state: PaymentState,
    /// What the script says beside it, for a log: its words prove nothing. Long numbers are masked.
    pub message: Option<String>,
}

impl Operation for CheckPayment {
    type Account = CardPayAccount;
    type Output = PaymentCheck;

    const NAME: &'static str = "check";
    const CLASS: Class = Class::Idempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &CardPayAccount) -> Result<Request, Invalid> {
        let pay_id = self.0.to_string();
        let endpoint = account.endpoints().check.with_query(&[(PAY_ID, &pay_id)]);
        Ok(account.get(&endpoint))
    }

    fn decode(&self, _: &CardPayAccount, reply: Reply<'_>) -> Result<PaymentCheck, Rejection> {
        let envelope = Envelope::read(reply)?;
        Ok(PaymentCheck {
            state: PaymentState::of(envelope.state(reply)?),
            message: envelope.message().map(|message| excerpt(&message, 200)),
        })
    }

    fn refuses_with_500(&self, _: &CardPayAccount) -> bool {
        true
    }

    /// Code 6, a payment that expired, comes with HTTP 500 (document "codes and errors"; proven).
    fn reports_with_500(&self, _: &CardPayAccount) -> bool {
        true
    }

    /// The answer names no payment: its connection alone says which one it is about.
    fn needs_own_connection(&self, _: &CardPayAccount) -> bool {
        true
    }

    fn describe(&self, account: &CardPayAccount, handle: Handle) -> Handle {
        handle
            .merchant(account.shop())
            .id(PAY_ID, self.0.to_string())
    }
}
