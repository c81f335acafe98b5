use clap::Args;
use paylink::core::digits;
use paylink::pod::{ConfirmPaymentSms, InvoiceId, SendPaymentSms, Service, SmsContent};
use paylink::{FieldKey, Invalid};

use super::payments::{Done, carry_out};
use super::{CallerArgs, CreditArgs, InvoiceIdArgs, PodAccount};
use crate::failure::Failure;
use crate::once::{self, Advice, OnceArgs};
use crate::typed::{self, Suggested};

const SMS_CONTENTS: Suggested = Suggested(&["1", "2", "3"]);

const CONTENT_HELP: &str = "1 sends a code, 2 a link, 3 both; POD's choice if it is not given";

/// What to do when nobody knows whether an SMS went out.
pub(super) const UNKNOWN: &str = "\
POD does not tell whether an SMS went out. Sending it again does no harm beyond a second SMS:
an invoice is paid once.";

#[derive(Debug, Args)]
pub(super) struct SendPaymentSmsArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    #[arg(long, value_name = "NUMBER", value_parser = SMS_CONTENTS, help = CONTENT_HELP)]
    sms_content_type: Option<String>,
    /// Where the payer's browser comes back to after paying by the link
    #[arg(long, value_name = "URL")]
    redirect_url: Option<String>,
    /// Where POD reports a payment to; nothing signs the report
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    #[command(flatten)]
    credit: CreditArgs,
    #[command(flatten)]
    caller: CallerArgs,
}

impl SendPaymentSmsArgs {
    fn sms(&self, id: InvoiceId) -> Result<SendPaymentSms, Invalid> {
        let mut sms = SendPaymentSms::new(id);
        let content = self.sms_content_type.as_deref().map(digits::latin);
        sms = match content.as_deref() {
            Some("1") => sms.with_content(SmsContent::Code),
            Some("2") => sms.with_content(SmsContent::Link),
            Some("3") => sms.with_content(SmsContent::CodeAndLink),
            Some(other) => {
                return Err(Invalid::new(
                    FieldKey::new("sms_content_type", "SMS content type"),
                    "is not known",
                )
                .with_value(other)
                .with_remedy("use 1, 2 or 3, or leave it out"));
            }
            None => sms,
        };
        if let Some(url) = &self.redirect_url {
            sms = sms.with_redirect(url)?;
        }
        match &self.callback_url {
            Some(url) => sms.with_callback(url),
            None => Ok(sms),
        }
    }
}

pub(super) async fn send_payment_sms(
    args: &SendPaymentSmsArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let mut sms = args.sms(id).map_err(typed::of_flag)?;
    if let Some(credit) = args.credit.read()? {
        sms = sms.with_delegation(credit);
    }
    if let Some(token) = args.caller.token(account)? {
        sms = sms.with_user_token(token);
    }
    let pod = account.client_of(Service::SendPaymentSms)?;
    let advice = Advice {
        unknown: UNKNOWN.to_owned(),
        refused: |_| None,
    };
    let answered = once::send_unfindable(pod.send_payment_sms(sms), advice).await?;
    account.console().done(&Done {
        invoice_id: id,
        done_before: false,
        reference_number: answered.reference_number,
        message: answered.value.message,
        says: "The SMS is sent. The invoice is paid once its user has answered it.",
    })
}

#[derive(Debug, Args)]
pub(super) struct ConfirmPaymentSmsArgs {
    #[command(flatten)]
    invoice: InvoiceIdArgs,
    /// The code that the payer got by SMS; it is good for this payment alone
    #[arg(long)]
    code: String,
    #[command(flatten)]
    caller: CallerArgs,
    #[command(flatten)]
    once: OnceArgs,
}

pub(super) async fn confirm_payment_sms(
    args: &ConfirmPaymentSmsArgs,
    account: &PodAccount<'_>,
) -> Result<(), Failure> {
    let id = args.invoice.read()?;
    let mut confirmation = ConfirmPaymentSms::new(id, &args.code).map_err(typed::of_flag)?;
    if let Some(token) = args.caller.token(account)? {
        confirmation = confirmation.with_user_token(token);
    }
    let pod = account.client_of(Service::ConfirmPaymentSms)?;
    let says = "The payment is confirmed.";
    let call = pod.confirm_payment_sms(confirmation);
    carry_out(call, id, says, &args.once, account).await
}
