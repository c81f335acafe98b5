use clap::Args;
use paylink::JalaliDate;
use paylink::pod::{FundedBy, GuildCode, PayInFuture, Service};

use super::InvoiceIdArgs;
use super::account::PodAccount;
use super::credit::CallerArgs;
use super::done;
use crate::failure::Failure;
use crate::once::OnceArgs;
use crate::typed;
use crate::usage_error::UsageError;

#[derive(Debug, Args)]
pub(super) struct PayInFutureArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    /// The day on which it is to be paid, Jalali such as 1405/12/29
    #[arg(long)]
    date: String,
    /// Pay it with what the business earns in this guild
    #[arg(
        long,
        value_name = "CODE",
        required_unless_present = "wallet",
        conflicts_with = "wallet"
    )]
    guild_code: Option<String>,
    /// Pay it from the wallet in POD
    #[arg(long)]
    wallet: bool,
    #[command(flatten)]
    caller: CallerArgs,
    #[command(flatten)]
    once: OnceArgs,
}

impl PayInFutureArgs {
    fn funded_by(&self) -> Result<FundedBy, UsageError> {
        match &self.guild_code {
            Some(code) => typed::read(GuildCode::KEY, code).map(FundedBy::Guild),
            None => Ok(FundedBy::Wallet),
        }
    }
}

pub(super) async fn run(args: &PayInFutureArgs, account: &PodAccount<'_>) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let date = typed::read(JalaliDate::KEY, &args.date)?;
    let mut guarantee = PayInFuture::new(id, date, args.funded_by()?);
    if let Some(token) = args.caller.token(account)? {
        guarantee = guarantee.with_user_token(token);
    }
    let pod = account.client_of(Service::PayInFuture)?;
    let says = "The payment is guaranteed for that day.";
    done::run(pod.pay_in_future(guarantee), id, says, &args.once, account).await
}
