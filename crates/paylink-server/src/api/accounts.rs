//! The accounts with what they can do, their payments at the provider, and the catalogue of codes.

#![expect(
    unused_qualifications,
    reason = "the macro of utoipa writes whole paths"
)]

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use paylink::{
    Account, Advice, Cursor, Evidence, InputRule, JalaliDate, ListPayments, Party, Reason, Support,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Answer;
use super::asked::{Asked, Named};
use super::gate::{Held, Read};
use crate::service::{Service, not_found};
use crate::view::{MoneyView, Time};

/// List the accounts.
#[utoipa::path(
    get, path = "/v1/accounts", tag = "accounts", operation_id = "listAccounts",
    responses((status = 200, description = "The accounts, by name.", body = AccountList)),
)]
pub(super) async fn list(State(service): State<Arc<Service>>, _: Held<Read>) -> Json<AccountList> {
    let accounts = service.accounts().iter().map(AccountView::of).collect();
    Json(AccountList { accounts })
}

/// Read an account: what its provider counts in, can do, and takes.
#[utoipa::path(
    get, path = "/v1/accounts/{account}", tag = "accounts", operation_id = "readAccount",
    params(("account" = String, Path, description = "The account's name.")),
    responses((status = 200, description = "The account.", body = AccountView)),
)]
pub(super) async fn read(
    State(service): State<Arc<Service>>,
    _: Held<Read>,
    Named(account): Named,
) -> Answer<AccountView> {
    let account = service
        .accounts()
        .get(&account)
        .map_err(|unknown| not_found(&unknown))?;
    Ok(Json(AccountView::of(account)))
}

/// Read a page of an account's payments at its provider, where that offers a list.
#[utoipa::path(
    get, path = "/v1/accounts/{account}/payments", tag = "accounts", operation_id = "listPayments",
    params(("account" = String, Path, description = "The account's name."), PaymentFilter),
    responses((status = 200, description = "The payments.", body = PaymentList)),
)]
pub(super) async fn payments(
    State(service): State<Arc<Service>>,
    _: Held<Read>,
    Named(account): Named,
    Asked(filter): Asked<PaymentFilter>,
) -> Answer<PaymentList> {
    let mut list = ListPayments::new();
    if let Some(day) = &filter.day {
        list = list.with_day(day.parse::<JalaliDate>()?);
    }
    if let Some(after) = filter.after {
        list = list.with_after(Cursor::new(after));
    }
    let page = service.payments(&account, &list).await?;
    let payments = page.payments().iter().map(|payment| ListedPayment {
        state: payment.state().as_str().to_owned(),
        provider_state: payment.provider_state().to_owned(),
        reference: payment.reference().map(str::to_owned),
        amount: payment.amount().map(MoneyView::from),
        receipt: payment.receipt().map(str::to_owned),
        created_at: payment.created_at().map(Time),
    });
    Ok(Json(PaymentList {
        payments: payments.collect(),
        next: page.next().map(|next| next.as_str().to_owned()),
    }))
}

/// List what the providers may say, and what each of it means.
#[utoipa::path(
    get, path = "/v1/codes", tag = "accounts", operation_id = "listCodes", params(CodeFilter),
    responses((status = 200, description = "The codes.", body = CodeList)),
)]
pub(super) async fn codes(_: Held<Read>, Asked(filter): Asked<CodeFilter>) -> Json<CodeList> {
    let is_asked_for =
        |asked: &Option<String>, one: &str| asked.as_ref().is_none_or(|asked| asked == one);
    let codes = paylink::catalogue()
        .filter(|entry| is_asked_for(&filter.provider, entry.provider))
        .filter(|entry| is_asked_for(&filter.code, entry.code))
        .map(|entry| CodeView {
            provider: entry.provider,
            field: entry.field,
            operations: entry.operations,
            code: entry.code,
            reason: entry.reason,
            english: entry.explanation.english,
            persian: entry.explanation.persian,
            party: entry.explanation.party,
            visible_to_payer: entry.explanation.visible_to_payer,
            advice: entry.advice,
            evidence: entry.evidence,
        });
    Json(CodeList {
        codes: codes.collect(),
    })
}

/// The accounts.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountList {
    accounts: Vec<AccountView>,
}

/// An account, and what its provider offers.
#[derive(Serialize, ToSchema)]
#[schema(title = "Account")]
pub(super) struct AccountView {
    name: String,
    provider: &'static str,
    /// What the provider counts in. Rial and toman convert, exactly or not at all.
    currencies: Vec<&'static str>,
    capabilities: Vec<CapabilityView>,
    inputs: Vec<InputView>,
}

/// Whether the provider offers something.
#[derive(Serialize, ToSchema)]
struct CapabilityView {
    #[schema(value_type = String, example = "refund")]
    name: paylink::Capability,
    supported: bool,
    /// Why not, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

/// What the provider does with an input of an order.
#[derive(Serialize, ToSchema)]
struct InputView {
    /// The field of an order; `return_url` and `notify_url` are the service's own.
    #[schema(value_type = String, example = "mobile")]
    name: paylink::Input,
    /// `required`, `optional`, or `unsupported`: an order that has it is refused.
    #[schema(value_type = RuleWord)]
    rule: &'static str,
    /// Why not, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes the words above")]
enum RuleWord {
    Required,
    Optional,
    Unsupported,
}

impl AccountView {
    fn of(account: &Account) -> AccountView {
        let declared = account.capabilities();
        let capabilities = paylink::Capability::ALL.iter().map(|name| {
            let why = match declared.support(*name) {
                Support::Supported => None,
                Support::Unsupported(why) => Some(why),
            };
            CapabilityView {
                name: *name,
                supported: why.is_none(),
                why,
            }
        });
        let inputs = paylink::Input::ALL.iter().map(|name| {
            let (rule, why) = match declared.input(*name) {
                InputRule::Required => ("required", None),
                InputRule::Optional => ("optional", None),
                InputRule::Unsupported(why) => ("unsupported", Some(why)),
            };
            InputView {
                name: *name,
                rule,
                why,
            }
        });
        AccountView {
            name: account.name().to_owned(),
            provider: declared.provider(),
            currencies: declared.currencies().iter().map(|it| it.code()).collect(),
            capabilities: capabilities.collect(),
            inputs: inputs.collect(),
        }
    }
}

/// Which payments are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PaymentFilter {
    /// The day, in the Jalali calendar, where the provider lists by day: `1405/09/09`.
    day: Option<String>,
    /// The page behind the one that gave this as `next`.
    after: Option<String>,
}

/// A page of payments, as the provider reports them. None of it proves anything.
#[derive(Serialize, ToSchema)]
pub(super) struct PaymentList {
    payments: Vec<ListedPayment>,
    /// Give it back as `after` for the next page; null on the last one.
    next: Option<String>,
}

/// A payment, as the provider reports it.
#[derive(Serialize, ToSchema)]
struct ListedPayment {
    #[schema(example = "paid")]
    state: String,
    /// The provider's own word for it.
    provider_state: String,
    reference: Option<String>,
    amount: Option<MoneyView>,
    receipt: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<Time>,
}

/// Which codes are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CodeFilter {
    /// Only those of this provider.
    provider: Option<String>,
    /// Only those with this code.
    code: Option<String>,
}

/// Codes.
#[derive(Serialize, ToSchema)]
pub(super) struct CodeList {
    codes: Vec<CodeView>,
}

/// Something that a provider may say.
#[derive(Serialize, ToSchema)]
#[schema(title = "Code")]
struct CodeView {
    provider: &'static str,
    /// Where it stands in the provider's answer.
    field: &'static str,
    /// The operations in which it is meant so; empty for all.
    operations: &'static [&'static str],
    code: &'static str,
    #[schema(value_type = Option<String>, example = "not_paid_yet")]
    reason: Option<Reason>,
    english: &'static str,
    persian: &'static str,
    /// Who can do something about it.
    #[schema(value_type = String, example = "payer")]
    party: Party,
    /// Whether a payer may see the text.
    visible_to_payer: bool,
    #[schema(value_type = String, example = "retry_later")]
    advice: Advice,
    /// How it is known.
    #[schema(value_type = String, example = "documented")]
    evidence: Evidence,
}
