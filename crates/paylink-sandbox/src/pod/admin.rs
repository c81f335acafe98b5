//! What POD adds to the API under `/_sandbox`.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::invoice::{EventKind, Invoice, State};
use super::keys::Account;
use super::payer::PayerError;
use super::refusal::PendingFailure;
use super::{NAME, PodSandbox};
use crate::admin::{Described, Problem, Routes, require_operation};
use crate::history::Event;
use crate::simulated::Served;
use crate::view::view;

const NOT_BY_CARD: &str = "`refused-by-pod`: it cannot be paid, or not by card.";
const NOT_ENOUGH: &str = "`refused-by-pod`: it cannot be paid, or the wallet has not enough.";

pub(super) fn routes(pod: PodSandbox) -> Described {
    let operations = pod.operations();
    let routes = add_invoices(Routes::new(NAME, pod));
    add_failures(add_accounts(routes), &operations)
        .settings("POD", PodSandbox::settings, |pod, wanted| {
            if wanted.tax_percent > 100 {
                return Err(Problem::unusable("`tax_percent` must be at most 100"));
            }
            pod.change_settings(|settings| *settings = wanted);
            Ok(())
        })
        .done()
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let (status, code) = match error {
            PayerError::UnknownInvoice => (StatusCode::NOT_FOUND, "unknown-invoice"),
            PayerError::UnknownUser => (StatusCode::NOT_FOUND, "unknown-user"),
            PayerError::UnknownCode => (StatusCode::NOT_FOUND, "unknown-code"),
            PayerError::Refused { .. } => (StatusCode::CONFLICT, "refused-by-pod"),
        };
        Self::new(status, error.to_string()).coded(code)
    }
}

fn add_invoices(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .list(
            "/invoices",
            "Lists all POD invoices of all businesses, oldest first.",
            |pod| pod.invoices().iter().map(InvoiceView::of).collect(),
        )
        .find("/invoices/{id}", "Shows one POD invoice.", |pod, id: u64| {
            let invoice = pod.invoice(id).ok_or(PayerError::UnknownInvoice)?;
            Ok(InvoiceView::of(&invoice))
        })
        .act(
            "/invoices/{id}/pay-by-card",
            "Pays a POD invoice by card, through the gateway.",
            |pod, id: u64| Ok(InvoiceView::of(&pod.pay_by_card(id)?)),
        )
        .refuses(StatusCode::CONFLICT, NOT_BY_CARD)
        .act_with(
            "/invoices/{id}/pay-by-wallet",
            "Pays a POD invoice from a wallet.",
            |pod, id: u64, payment: WalletPayment| {
                let paid = match payment.user_id {
                    Some(user_id) => pod.pay_by_wallet_of(id, user_id),
                    None => pod.pay_by_wallet(id),
                };
                Ok(InvoiceView::of(&paid?))
            },
        )
        .refuses(StatusCode::CONFLICT, NOT_ENOUGH)
        .act(
            "/invoices/{id}/open-gateway",
            "Sends the payer of a POD invoice to the gateway and leaves them there.",
            |pod, id: u64| Ok(InvoiceView::of(&pod.open_gateway(id)?)),
        )
        .refuses(StatusCode::CONFLICT, NOT_BY_CARD)
        .act(
            "/invoices/{id}/leave-gateway",
            "Takes the payer of a POD invoice back from the gateway without a payment.",
            |pod, id: u64| Ok(InvoiceView::of(&pod.leave_gateway(id)?)),
        )
        .refuses(StatusCode::CONFLICT, "`refused-by-pod`: it was paid or cancelled.")
        .act(
            "/invoices/{id}/purchase-at-pos",
            "Pays a POD invoice at a point of sale; the business has to report the purchase that is answered.",
            |pod, id: u64| Ok(pod.pos_purchase(id)?),
        )
        .post(
            "/sms-answers",
            "Answers a text message of POD's with the code in it: its invoice is paid.",
            |pod, answer: SmsAnswer| Ok(InvoiceView::of(&pod.answer_sms(&answer.code)?)),
        )
        .refuses(StatusCode::NOT_FOUND, "`unknown-code`: no text message with this code waits.")
        .refuses(StatusCode::CONFLICT, "`refused-by-pod`: its invoice cannot be paid.")
}

/// The answer to a text message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodSmsAnswer)]
struct SmsAnswer {
    /// The code in the message.
    #[schema(example = "12345")]
    code: String,
}

/// Whose wallet pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodWalletPayment)]
struct WalletPayment {
    /// The payer; by default the user to whom it was issued.
    user_id: Option<u64>,
}

view! {
    /// A POD invoice as the sandbox keeps it.
    #[derive(Debug, Serialize, ToSchema)]
    #[schema(as = PodInvoice)]
    struct InvoiceView of (invoice: &Invoice) {
        id: u64 = invoice.id,
        unique_number: String = invoice.unique_number.clone(),
        bill_number: Option<String> = invoice.bill_number.clone(),
        /// The user id of the business that issued it.
        issuer: u64 = invoice.issuer,
        user_id: Option<u64> = invoice.user_id,
        /// What is to be paid, as a decimal number of rial.
        payable_amount: String = invoice.payable_amount(),
        state: State = invoice.state,
        closed: bool = invoice.closed,
        /// The invoice whose debt this one's money is blocked for.
        blocked_for: Option<u64> = invoice.blocked_for,
        /// How often it was paid; more than once only if the money went back in between.
        times_paid: usize = invoice.times_paid(),
        /// How often its payment was verified.
        times_verified: usize = invoice.times_verified(),
        /// Where the payer's browser goes back to, if the business named an address on issuing.
        return_url: Option<String> = invoice.return_url(),
        history: Vec<Event<EventKind>> = invoice.history.clone(),
    }
}

fn add_accounts(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .list(
            "/accounts",
            "Lists the accounts of the sandboxed POD, without their tokens.",
            |pod| {
                let all = pod.0.accounts.all();
                all.map(|account| AccountView::of(pod, account)).into()
            },
        )
        .act_with(
            "/accounts/{user_id}/wallet",
            "Fills or empties the wallet of a POD user.",
            |pod, user_id: u64, content: WalletContent| {
                pod.set_wallet(user_id, content.rial)?;
                let account = pod.0.accounts.with_user_id(user_id);
                let account = account.ok_or(PayerError::UnknownUser)?;
                Ok(AccountView::of(pod, account))
            },
        )
        .post(
            "/credits",
            "Gives a POD user another user's credit for purchases.",
            |pod, line: CreditLine| {
                let hash = pod.delegate(line.from, line.to, line.rial)?;
                Ok(CreditHash { hash })
            },
        )
        .refuses(
            StatusCode::NOT_FOUND,
            "`unknown-user`: there is no such user.",
        )
}

view! {
    /// A business or a person that the sandboxed POD knows.
    #[derive(Debug, Serialize, ToSchema)]
    #[schema(as = PodAccount)]
    struct AccountView of (pod: &PodSandbox, account: &Account) {
        user_id: u64 = account.user_id(),
        /// The business id, if it is a business.
        business_id: Option<u64> = account.business_id(),
        name: String = account.name().to_owned(),
        /// The confirmed mobile number.
        mobile: Option<String> = account.mobile().map(str::to_owned),
        /// What the wallet holds, as a decimal number of rial.
        wallet: String = pod.wallet(account.user_id()).unwrap_or_default(),
    }
}

/// What a wallet is to hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodWalletContent)]
struct WalletContent {
    #[schema(example = 250_000)]
    rial: u64,
}

/// A credit for purchases.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodCredit)]
struct CreditLine {
    /// Who gives it.
    from: u64,
    /// Who may use it.
    to: u64,
    #[schema(example = 50_000)]
    rial: u64,
}

/// What names a credit in `delegationHash`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PodCreditHash)]
struct CreditHash {
    hash: String,
}

fn add_failures(routes: Routes<PodSandbox>, operations: &[&str]) -> Routes<PodSandbox> {
    routes
        .list(
            "/failures",
            "Lists the failures of POD that no request has met yet.",
            |pod| pod.failures().pending(),
        )
        .create(
            "/failures",
            "Makes the next request for an operation of POD fail in POD's own envelope.",
            plan_failure,
        )
        .delete(
            "/failures",
            "Forgets the failures of POD that are still to come.",
            |pod| pod.failures().clear(),
        )
        .knows::<PendingFailure>("operation", operations)
}

fn plan_failure(pod: &PodSandbox, planned: PendingFailure) -> Result<PendingFailure, Problem> {
    require_operation(NAME, &pod.operations(), &planned.operation)?;
    pod.failures().plan(planned.clone());
    Ok(planned)
}
