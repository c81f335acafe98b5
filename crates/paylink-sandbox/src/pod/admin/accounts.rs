use axum::extract::{Path, State};
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::{Input, Problem, Routes};
use crate::pod::PodSandbox;
use crate::pod::keys::Account;
use crate::pod::payer::PayerError;

pub(super) fn add_to(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .schema::<AccountView>()
        .schema::<WalletContent>()
        .schema::<CreditLine>()
        .schema::<CreditHash>()
        .add::<__path_list_accounts, _, _>(list_accounts)
        .add::<__path_fill_wallet, _, _>(fill_wallet)
        .add::<__path_give_credit, _, _>(give_credit)
}

/// A business or a person that the sandboxed POD knows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PodAccount)]
struct AccountView {
    user_id: u64,
    /// The business id, if it is a business.
    business_id: Option<u64>,
    name: String,
    /// The confirmed mobile number.
    mobile: Option<String>,
    /// What the wallet holds, as a decimal number of rial.
    wallet: String,
}

/// What a wallet is to hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodWalletContent)]
struct WalletContent {
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
    rial: u64,
}

/// What names a credit in `delegationHash`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PodCreditHash)]
struct CreditHash {
    hash: String,
}

/// Lists everybody the sandboxed POD knows, without their tokens.
#[utoipa::path(
    get, path = "/_sandbox/pod/accounts",
    responses((status = 200, body = Vec<AccountView>))
)]
async fn list_accounts(State(pod): State<PodSandbox>) -> Result<Json<Vec<AccountView>>, Problem> {
    let views = pod.0.accounts.all().map(|account| view(&pod, account));
    Ok(Json(views.into_iter().collect::<Result<_, _>>()?))
}

/// Fills or empties the wallet of a POD user.
#[utoipa::path(
    post, path = "/_sandbox/pod/accounts/{user_id}/wallet", params(("user_id" = u64, Path)),
    request_body = WalletContent,
    responses((status = 200, body = AccountView), (status = 404, body = Problem))
)]
async fn fill_wallet(
    State(pod): State<PodSandbox>,
    Path(user_id): Path<String>,
    Input(content): Input<WalletContent>,
) -> Result<Json<AccountView>, Problem> {
    let user_id = user_id.parse().map_err(|_| PayerError::UnknownUser)?;
    pod.set_wallet(user_id, content.rial)?;
    let account = pod.0.accounts.with_user_id(user_id);
    let account = account.ok_or(PayerError::UnknownUser)?;
    Ok(Json(view(&pod, account)?))
}

/// Lets a POD user give another a credit for purchases.
#[utoipa::path(
    post, path = "/_sandbox/pod/credits", request_body = CreditLine,
    responses((status = 200, body = CreditHash), (status = 404, body = Problem))
)]
async fn give_credit(
    State(pod): State<PodSandbox>,
    Input(line): Input<CreditLine>,
) -> Result<Json<CreditHash>, Problem> {
    let hash = pod.delegate(line.from, line.to, line.rial)?;
    Ok(Json(CreditHash { hash }))
}

fn view(pod: &PodSandbox, account: &Account) -> Result<AccountView, PayerError> {
    Ok(AccountView {
        user_id: account.user_id(),
        business_id: account.business_id(),
        name: account.name().to_owned(),
        mobile: account.mobile().map(str::to_owned),
        wallet: pod.wallet(account.user_id())?,
    })
}
