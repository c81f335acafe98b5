use axum::extract::{Path, State};
use axum::response::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::invoices::number;
use super::view::InvoiceView;
use crate::admin::{Input, Problem, Routes};
use crate::pod::PodSandbox;
use crate::pod::pos::PosPurchase;

pub(super) fn add_to(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .schema::<PosPurchase>()
        .schema::<SmsAnswer>()
        .schema::<WalletPayment>()
        .add::<__path_pay_by_card, _, _>(pay_by_card)
        .add::<__path_pay_by_wallet, _, _>(pay_by_wallet)
        .add::<__path_open_gateway, _, _>(open_gateway)
        .add::<__path_leave_gateway, _, _>(leave_gateway)
        .add::<__path_purchase_at_pos, _, _>(purchase_at_pos)
        .add::<__path_answer_sms, _, _>(answer_sms)
}

type Answer = Result<Json<InvoiceView>, Problem>;

/// The answer to a text message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodSmsAnswer)]
struct SmsAnswer {
    /// The code in the message.
    code: String,
}

/// Whose wallet pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodWalletPayment)]
struct WalletPayment {
    /// The payer; the user it was issued to, if nobody is named.
    user_id: Option<u64>,
}

/// Pays a POD invoice by card, through the gateway.
#[utoipa::path(
    post, path = "/_sandbox/pod/invoices/{id}/pay-by-card", params(("id" = u64, Path)),
    responses(
        (status = 200, body = InvoiceView),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It cannot be paid, or not by card"),
    )
)]
async fn pay_by_card(State(pod): State<PodSandbox>, Path(id): Path<String>) -> Answer {
    Ok(Json((&pod.pay_by_card(number(&id)?)?).into()))
}

/// Pays a POD invoice from a wallet.
#[utoipa::path(
    post, path = "/_sandbox/pod/invoices/{id}/pay-by-wallet", params(("id" = u64, Path)),
    request_body = WalletPayment,
    responses(
        (status = 200, body = InvoiceView),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It cannot be paid, or the wallet has not enough"),
    )
)]
async fn pay_by_wallet(
    State(pod): State<PodSandbox>,
    Path(id): Path<String>,
    Input(payment): Input<WalletPayment>,
) -> Answer {
    let id = number(&id)?;
    let paid = match payment.user_id {
        Some(user_id) => pod.pay_by_wallet_of(id, user_id),
        None => pod.pay_by_wallet(id),
    };
    Ok(Json((&paid?).into()))
}

/// Sends the payer of a POD invoice to the gateway and leaves them there.
#[utoipa::path(
    post, path = "/_sandbox/pod/invoices/{id}/open-gateway", params(("id" = u64, Path)),
    responses(
        (status = 200, body = InvoiceView),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It cannot be paid, or not by card"),
    )
)]
async fn open_gateway(State(pod): State<PodSandbox>, Path(id): Path<String>) -> Answer {
    Ok(Json((&pod.open_gateway(number(&id)?)?).into()))
}

/// Takes the payer of a POD invoice back from the gateway without a payment.
#[utoipa::path(
    post, path = "/_sandbox/pod/invoices/{id}/leave-gateway", params(("id" = u64, Path)),
    responses(
        (status = 200, body = InvoiceView),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It was paid or cancelled"),
    )
)]
async fn leave_gateway(State(pod): State<PodSandbox>, Path(id): Path<String>) -> Answer {
    Ok(Json((&pod.leave_gateway(number(&id)?)?).into()))
}

/// Pays a POD invoice at a point of sale; the business has to report the purchase that is answered.
#[utoipa::path(
    post, path = "/_sandbox/pod/invoices/{id}/purchase-at-pos", params(("id" = u64, Path)),
    responses((status = 200, body = PosPurchase), (status = 404, body = Problem))
)]
async fn purchase_at_pos(
    State(pod): State<PodSandbox>,
    Path(id): Path<String>,
) -> Result<Json<PosPurchase>, Problem> {
    Ok(Json(pod.pos_purchase(number(&id)?)?))
}

/// Answers a text message of POD's with the code in it: its invoice is paid.
#[utoipa::path(
    post, path = "/_sandbox/pod/sms-answers", request_body = SmsAnswer,
    responses(
        (status = 200, body = InvoiceView),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It cannot be paid, or the wallet has not enough"),
    )
)]
async fn answer_sms(State(pod): State<PodSandbox>, Input(answer): Input<SmsAnswer>) -> Answer {
    Ok(Json((&pod.answer_sms(&answer.code)?).into()))
}
