use paylink_core::{Effect, Error, ErrorKind, Handle, Invalid, Operation, Resolution};

use crate::descriptor::{NAME, PAY_ID};
use crate::operations::{CheckPayment, NewPayment, SetCard};
use crate::{CardPay, PayId, PaymentState};

pub(crate) async fn resolve(
    cardpay: &CardPay,
    handle: &Handle,
) -> Result<Resolution<PaymentState>, Error> {
    handle.check_provider(NAME)?;
    match handle.operation() {
        NewPayment::NAME | SetCard::NAME | CheckPayment::NAME => told(cardpay, handle)
            .await
            .map_err(|error| error.while_resolving(handle)),
        other => Err(
            Invalid::new(Handle::KEY, "is of an operation that changes nothing")
                .with_value(other)
                .with_remedy("there is nothing to resolve; ask again")
                .into(),
        ),
    }
}

/// What can be told of an operation that changes something.
async fn told(cardpay: &CardPay, handle: &Handle) -> Result<Resolution<PaymentState>, Error> {
    Handle::require("shop", handle.merchant())?;
    handle.check_merchant(cardpay.config().shop())?;
    match handle.operation() {
        NewPayment::NAME => Err(nowhere(NewPayment::NAME, created(handle)?)),
        SetCard::NAME => Err(nowhere(SetCard::NAME, card_recorded(handle)?)),
        _ => {
            let checked = cardpay.check(pay_id(handle)?.parse()?).await?;
            Ok(Resolution::Executed(checked.state))
        }
    }
}

/// What is known after a create whose answer was lost. Creating again would tell more, but that is the merchant's to do.
fn created(handle: &Handle) -> Result<String, Invalid> {
    let number = Handle::require("invoice number", handle.reference())?;
    Ok(format!(
        "CardPay finds no payment by its invoice number, so whether {number} exists stands in the script's own panel alone; \
         creating {number} once more cannot make a second one, and code 3 to it means that it exists and its pay_id is \
         lost, so that the order needs a new number"
    ))
}

/// What is known after a card whose recording was not answered.
fn card_recorded(handle: &Handle) -> Result<String, Invalid> {
    let pay_id: PayId = pay_id(handle)?.parse()?;
    Ok(format!(
        "CardPay does not tell whether payment {pay_id} has a card; setting the same card once more is safe, and code -2 to \
         it means that a card is recorded, this one unless another was set elsewhere"
    ))
}

/// There is no look-up, and there never will be an answer by waiting.
fn nowhere(operation: &'static str, known: String) -> Error {
    Error::new(ErrorKind::Unsupported, Effect::Unknown, known).with_operation(NAME, operation)
}

fn pay_id(handle: &Handle) -> Result<&str, Invalid> {
    Handle::require(PAY_ID, handle.id(PAY_ID))
}
