use std::time::SystemTime;

use paylink_core::{DecodeError, Handle, Idempotency, Invalid, JalaliDate, Lookup, Operation};
use paylink_core::{Request, Response};

use super::{WALLET, about, as_user, with_one_time_token};
use crate::config::PodConfig;
use crate::{
    Confirmation, GuildCode, InvoiceId, OneTimeToken, PodResponse, Service, UserToken, envelope,
};

/// Guarantees the payment of an invoice on a later day (document "Payment", service 29802; proven).
///
/// The invoice was issued to the caller: to the business, or to a user who granted a token. The money is blocked at once
/// and goes to the issuer on the day.
#[derive(Clone, Debug)]
#[must_use = "a guarantee is given by the client"]
pub struct PayInFuture {
    id: InvoiceId,
    date: JalaliDate,
    funded_by: FundedBy,
    user: Option<UserToken>,
    one_time_token: Option<OneTimeToken>,
    /// The day on which it is asked for, as far as a clock tells.
    today: Option<JalaliDate>,
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
    /// Guarantees the payment of this invoice on this day, which has to be after today in Tehran.
    /// [`Pod::pay_in_future`](crate::Pod::pay_in_future) refuses any other before it sends anything.
    pub fn new(id: InvoiceId, date: JalaliDate, funded_by: FundedBy) -> PayInFuture {
        PayInFuture {
            id,
            date,
            funded_by,
            user: None,
            one_time_token: None,
            today: None,
        }
    }

    /// Guarantees it as this user, to whom the invoice was issued, in place of the business.
    pub fn with_user_token(mut self, token: UserToken) -> PayInFuture {
        self.user = Some(token);
        self
    }

    /// Sends a one-time token along, as older releases of POD wanted.
    pub fn with_one_time_token(mut self, token: OneTimeToken) -> PayInFuture {
        self.one_time_token = Some(token);
        self
    }

    /// Notes when it is asked for.
    pub(crate) fn asked_at(mut self, now: SystemTime) -> PayInFuture {
        self.today = JalaliDate::from_system_time(now).ok();
        self
    }

    /// Checks that the day is still to come.
    fn must_be_to_come(&self) -> Result<(), Invalid> {
        match self.today {
            Some(today) if self.date <= today => {
                Err(Invalid::new(JalaliDate::KEY, "is not in the future")
                    .with_value(&self.date.to_string())
                    .with_remedy("give a Jalali day after today in Tehran; nothing was sent"))
            }
            _ => Ok(()),
        }
    }
}

impl Operation for PayInFuture {
    type Config = PodConfig;
    type Output = PodResponse<Confirmation>;

    const NAME: &'static str = "pay-in-future";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        self.must_be_to_come()?;
        let request = config.call(Service::PayInFuture, |form| {
            let form = form.pair("invoiceId", self.id).pair("date", self.date);
            match &self.funded_by {
                FundedBy::Guild(code) => form.pair("guildCode", code),
                FundedBy::Wallet => form.pair("wallet", WALLET),
            }
        })?;
        with_one_time_token(
            as_user(request, self.user.as_ref()),
            self.one_time_token.as_ref(),
        )
    }

    fn decode(
        &self,
        _: &PodConfig,
        response: Response<'_>,
    ) -> Result<PodResponse<Confirmation>, DecodeError> {
        envelope::done(Self::NAME, response)
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.id)
    }
}
