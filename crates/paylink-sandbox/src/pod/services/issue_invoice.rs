use rust_decimal::Decimal;

use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::invoice::{Event, EventKind, Invoice, Item, State, Verification};
use crate::pod::params::Params;
use crate::pod::refusal::Refusal;
use crate::pod::settings::BillNumbers;
use crate::pod::store::Store;
use crate::pod::wire::InvoiceAnswer;

/// Rial, the only currency of the document.
const CURRENCY: &str = "IRR";

/// Issues an invoice, or shows what it would be.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.require_business()?;
    let params = call.params;
    let preview = params.truth("preview")?.unwrap_or(false);
    if params
        .get("currencyCode")
        .is_some_and(|code| code != CURRENCY)
    {
        return Err(Refusal::invalid("currencyCode"));
    }
    params.day("deadline")?;
    let lines = lines(params)?;
    let total = total(&lines)?;
    let rate = params.rate("preferredTaxRate")?;
    let rate = rate.unwrap_or_else(|| Decimal::new(call.pod.settings().tax_percent.into(), 2));
    let vat = total
        .checked_mul(rate)
        .ok_or_else(|| Refusal::invalid("price"))?;

    let mut store = call.pod.store();
    let user_id = user(call)?;
    let bill_number = bill_number(call, &store)?;
    let id = if preview { 0 } else { store.take_id() };
    let items = lines
        .into_iter()
        .map(|line| Item {
            id: store.take_id(),
            ..line
        })
        .collect();
    let invoice = Invoice {
        id,
        unique_number: call.pod.0.random.hex(1),
        bill_number,
        issuer: call.caller.user_id(),
        user_id,
        state: State::Unpaid,
        closed: false,
        blocked_for: None,
        history: vec![Event {
            at: call.now,
            kind: EventKind::Issued,
        }],
        reference: call.reference.to_owned(),
        payment_bill_number: store.take_id(),
        guild: params.required("guildCode")?.to_owned(),
        items,
        total,
        vat,
        verification: verification(params)?,
        description: params.get("description").map(str::to_owned),
        metadata: params.get("metadata").map(str::to_owned),
        cellphone: params.get("cellphoneNumber").map(str::to_owned),
        redirect: params.url("redirectURL")?,
        issued_at: call.now,
        payment: None,
        due: None,
    };
    let answer = Answer::of(&InvoiceAnswer::of(&invoice, &call.pod.0.accounts));
    if !preview {
        store.insert(invoice);
    }
    answer
}

/// Reads the parallel arrays: each line has a part in every one of them.
fn lines(params: &Params) -> Result<Vec<Item>, Refusal> {
    let products = params.ids("productId")?;
    let prices = params.decimals("price")?;
    let quantities = params.decimals("quantity")?;
    let descriptions: Vec<_> = params.all("productDescription").collect();
    for (name, count) in [
        ("productId", products.len()),
        ("price", prices.len()),
        ("quantity", quantities.len()),
        ("productDescription", descriptions.len()),
    ] {
        if count == 0 {
            return Err(Refusal::missing(name));
        }
        if count != prices.len() {
            return Err(Refusal::invalid(name));
        }
    }
    let parts = prices.into_iter().zip(quantities).zip(descriptions);
    Ok(parts
        .map(|((price, quantity), description)| Item {
            id: 0,
            price,
            quantity,
            description: description.to_owned(),
        })
        .collect())
}

fn total(lines: &[Item]) -> Result<Decimal, Refusal> {
    let sum = lines.iter().try_fold(Decimal::ZERO, |sum, line| {
        sum.checked_add(line.price.checked_mul(line.quantity)?)
    });
    sum.ok_or_else(|| Refusal::invalid("price"))
}

/// Reads to whom it is issued: anybody but the business itself.
fn user(call: &Call<'_>) -> Result<Option<u64>, Refusal> {
    let user_id = call.params.id("userId")?;
    if let Some(user_id) = user_id
        && call.pod.0.accounts.with_user_id(user_id).is_none()
    {
        return Err(Refusal::NO_USER);
    }
    if user_id == Some(call.caller.user_id()) {
        return Err(Refusal::invalid("userId"));
    }
    Ok(user_id)
}

fn bill_number(call: &Call<'_>, store: &Store) -> Result<Option<String>, Refusal> {
    let Some(number) = call.params.get("billNumber") else {
        return Ok(None);
    };
    let taken = store.with_bill_number(call.caller.user_id(), number);
    if taken.is_some() && call.pod.settings().bill_numbers == BillNumbers::Unique {
        return Err(Refusal::TAKEN_BILL_NUMBER);
    }
    Ok(Some(number.to_owned()))
}

fn verification(params: &Params) -> Result<Verification, Refusal> {
    let needed = params.truth("verificationNeeded")?.unwrap_or(false);
    let automatic = params.truth("verifyAfterTimeout")?.unwrap_or(false);
    Ok(match (needed, automatic) {
        (false, _) => Verification::NotNeeded,
        (true, false) => Verification::Needed,
        (true, true) => Verification::AutomaticAfterTimeout,
    })
}
