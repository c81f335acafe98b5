use paylink_core::{Class, Handle, Invalid, JalaliDate, Lookup, Operation, Rejection};
use paylink_core::{Reply, Request};

use super::{WALLET, about, with_one_time_token};
use crate::account::PodAccount;
use crate::{Answered, GuildCode, InvoiceId, OneTimeToken, Service, envelope};

/// Guarantees the payment of an invoice on a later day (document "Payment", service 29802; proven).
///
/// The invoice was issued to the caller. The money is blocked at once and goes to the issuer on the day.
#[derive(Clone, Debug)]
#[must_use = "a guarantee is given by the client"]
pub struct PayInFuture {
    id: InvoiceId,
    date: JalaliDate,
    funded_by: FundedBy,
    one_time_token: Option<OneTimeToken>,
}

/// Where the money is taken from: POD wants exactly one of the two.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FundedBy {
    /// One of the business's guilds.
    Guild(GuildCode),
    /// The wallet in POD.
    Wallet,
}

impl PayInFuture {
    /// Guarantees the payment of this invoice on this day.
    pub fn new(id: InvoiceId, date: JalaliDate, funded_by: FundedBy) -> PayInFuture {
        PayInFuture {
            id,
            date,
            funded_by,
            one_time_token: None,
        }
    }

    /// Sends a one-time token along, as older releases of POD wanted.
    pub fn one_time_token(mut self, token: OneTimeToken) -> PayInFuture {
        self.one_time_token = Some(token);
        self
    }
}

impl Operation for PayInFuture {
    type Account = PodAccount;
    type Output = Answered<()>;

    const NAME: &'static str = "pay-in-future";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        let request = account.call(Service::PayInFuture, |form| {
            let form = form.pair("invoiceId", self.id).pair("date", self.date);
            match &self.funded_by {
                FundedBy::Guild(code) => form.pair("guildCode", code),
                FundedBy::Wallet => form.pair("wallet", WALLET),
            }
        })?;
        with_one_time_token(request, self.one_time_token.as_ref())
    }

    fn decode(&self, _: &PodAccount, reply: Reply<'_>) -> Result<Answered<()>, Rejection> {
        envelope::done(Self::NAME, reply)
    }

    fn describe(&self, _: &PodAccount, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}
