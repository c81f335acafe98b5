//! `paylink doctor`: whether everything is there to take payments with. It sends no credentials and changes nothing.

mod accounts;
mod environment;
mod examination;
mod panel;
mod reach;
mod return_url;
mod to_do;

use clap::Args;

use crate::account::{Setup, transport};
use crate::console::Console;
use crate::failure::Failure;
use examination::Examination;
use return_url::ReturnUrl;

const AFTER_HELP: &str = "\
Each line says ok, warning or problem, and what to do; what the provider's panel must have follows,
and at the end stands what to do, most important first. It ends with 0 if there is no problem, and
with 1 if there is one.

Providers are asked for the head of their address and nothing else, on the way that calls go: no
account's credentials are sent, and nothing is changed.";

/// Check the configuration, the clock, and the way to each provider
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct DoctorArgs {
    /// Which account; all of them if it is not given
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Where payers come back to: whether it can be reached from outside
    #[arg(long, value_name = "URL")]
    return_url: Option<String>,
    /// Ask the return URL for its head as well, from this machine
    #[arg(long, requires = "return_url")]
    fetch: bool,
}

/// Examines everything, and tells what was found.
pub(crate) async fn run(
    args: &DoctorArgs,
    setup: Setup<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let return_url = args.return_url.as_deref().map(ReturnUrl::read);
    let return_url = return_url.transpose()?;
    let transport = transport()?;
    let mut examination = Examination::of_shop(return_url.as_ref().map(ReturnUrl::host));
    let live = accounts::examine(
        args.account.as_deref(),
        setup,
        &transport,
        &mut examination,
        console,
    )
    .await?;
    if let Some(url) = return_url {
        examination.add(None, url.check(live));
        if args.fetch {
            console.progress(format_args!("Asking {} …", url.host()));
            examination.add_all(None, url.fetch(&transport).await);
        }
    }
    examination.conclude(console)
}
