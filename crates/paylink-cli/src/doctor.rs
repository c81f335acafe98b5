//! `paylink doctor`: whether everything is there to take payments with. It sends no credentials and changes nothing.

mod accounts;
mod examination;
mod reach;

use clap::Args;

use crate::account::Setup;
use crate::console::Console;
use crate::failure::Failure;
use accounts::ReturnUrl;
use examination::Examination;

const AFTER_HELP: &str = "\
Each line says ok, warning or problem, and what to do. It ends with 0 if there is no problem, and
with 1 if there is one.

Providers are asked for the head of their address and nothing else: no credentials are sent, and
nothing is changed.";

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
    config: Setup<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let return_url = args.return_url.as_deref().map(ReturnUrl::read);
    let return_url = return_url.transpose()?;
    let mut examination = Examination::default();
    let live =
        accounts::examine(args.account.as_deref(), config, &mut examination, console).await?;
    if let Some(url) = return_url {
        examination.add(None, url.check(live));
        if args.fetch {
            console.note(format_args!("Asking {} …", url.host()));
            examination.add_all(None, url.fetch().await);
        }
    }
    examination.conclude(console)
}
