use super::account::LinkAccount;
use super::payment::PaymentReport;
use super::record::RecordArgs;
use crate::failure::Failure;

pub(super) async fn run(args: &RecordArgs, account: &LinkAccount<'_>) -> Result<(), Failure> {
    let record = args.read(account.console)?;
    let payment = account.provider()?.state(&record).await;
    let payment = payment.map_err(|error| args.refused(error))?;
    account.console.done(&PaymentReport(payment))
}
