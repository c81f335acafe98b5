use crate::pod::answer::Answer;
use crate::pod::call::Call;
use crate::pod::ledger::Pocket;
use crate::pod::refusal::Refusal;

/// Sets the caller's money aside to pay an invoice that was issued to the caller on a day to come.
pub(super) fn execute(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.params.required_id("invoiceId")?;
    let due = call.params.day("date")?;
    let due = due.ok_or_else(|| Refusal::missing("date"))?;
    if due <= call.now {
        return Err(Refusal::invalid("date"));
    }
    let caller = call.caller.user_id();
    let from = match (call.params.get("guildCode"), call.params.wallet()?) {
        (Some(guild), false) => Pocket::Guild(caller, guild.to_owned()),
        (None, true) => Pocket::Wallet(caller),
        (Some(_), true) => return Err(Refusal::invalid("wallet")),
        (None, false) => return Err(Refusal::WALLET_MISSING),
    };
    let mut store = call.pod.store();
    call.owed(&store, id)?;
    store.promise(id, from, due, call.now)?;
    call.done()
}
