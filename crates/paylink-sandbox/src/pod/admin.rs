//! What POD adds to the API under `/_sandbox`.

mod accounts;
mod view;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use self::view::InvoiceView;
use super::PodSandbox;
use super::payer::PayerError;
use crate::admin::{Input, Problem, Routes};
use crate::pod::refusal::{Executed, Failure};
use crate::pod::sms::PosPurchase;
use crate::pod::{Settings, service};

pub(super) fn routes(pod: PodSandbox) -> Routes {
    let routes = add_invoices(Routes::new());
    let routes = add_payer(routes);
    let routes = accounts::add_to(routes);
    let routes = add_failures(routes);
    add_settings(routes).with_state(pod)
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let status = match error {
            PayerError::UnknownInvoice | PayerError::UnknownUser | PayerError::UnknownCode => {
                StatusCode::NOT_FOUND
            }
            PayerError::Refused { .. } => StatusCode::CONFLICT,
        };
        Self::new(status, error.to_string())
    }
}

fn add_failures(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .schema::<PlannedFailure>()
        .add::<__path_list_failures, _, _>(list_failures)
        .add::<__path_plan_failure, _, _>(plan_failure)
        .add::<__path_clear_failures, _, _>(clear_failures)
}

/// A failure in POD's own envelope that the next request for an operation is to meet.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodFailure)]
struct PlannedFailure {
    #[schema(example = "pay-any-invoice")]
    operation: String,
    /// 227 the service timed out, 378 its answer was lost, 999 an internal error.
    #[schema(example = 227)]
    code: u16,
    /// Whether the service is executed all the same.
    executed: bool,
}

/// Lists the failures of POD that no request has met yet.
#[utoipa::path(
    get, path = "/_sandbox/pod/failures",
    responses((status = 200, body = Vec<PlannedFailure>))
)]
async fn list_failures(State(pod): State<PodSandbox>) -> Json<Vec<PlannedFailure>> {
    let failures = pod.failures();
    let planned = failures.pending().map(|pending| PlannedFailure {
        operation: pending.operation.clone(),
        code: pending.failure.code(),
        executed: pending.executed == Executed::Yes,
    });
    Json(planned.collect())
}

/// Lets the next request for an operation of POD fail in POD's own envelope.
#[utoipa::path(
    post, path = "/_sandbox/pod/failures", request_body = PlannedFailure,
    responses((status = 201, body = PlannedFailure), (status = 422, body = Problem))
)]
async fn plan_failure(
    State(pod): State<PodSandbox>,
    Input(planned): Input<PlannedFailure>,
) -> Result<(StatusCode, Json<PlannedFailure>), Problem> {
    let refuse = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    let operation = planned.operation.as_str();
    if !service::NAMES.contains(&operation) {
        let known = service::NAMES.join(", ");
        return Err(refuse(format!("pod has these operations: {known}")));
    }
    let failure = Failure::from_code(planned.code)
        .ok_or_else(|| refuse("`code` must be 227, 378 or 999".to_owned()))?;
    if planned.executed {
        pod.fail_after(operation, failure);
    } else {
        pod.fail_before(operation, failure);
    }
    Ok((StatusCode::CREATED, Json(planned)))
}

/// Forgets the failures of POD that are still to come.
#[utoipa::path(delete, path = "/_sandbox/pod/failures", responses((status = 204)))]
async fn clear_failures(State(pod): State<PodSandbox>) -> StatusCode {
    pod.failures().clear();
    StatusCode::NO_CONTENT
}

fn add_invoices(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .schema::<InvoiceView>()
        .add::<__path_list_invoices, _, _>(list_invoices)
        .add::<__path_read_invoice, _, _>(read_invoice)
}

/// Lists all POD invoices of all businesses, oldest first.
#[utoipa::path(
    get, path = "/_sandbox/pod/invoices", operation_id = "list_pod_invoices",
    responses((status = 200, body = Vec<InvoiceView>))
)]
async fn list_invoices(State(pod): State<PodSandbox>) -> Json<Vec<InvoiceView>> {
    Json(pod.invoices().iter().map(InvoiceView::from).collect())
}

/// Shows one POD invoice.
#[utoipa::path(
    get, path = "/_sandbox/pod/invoices/{id}", operation_id = "read_pod_invoice",
    params(("id" = u64, Path)),
    responses((status = 200, body = InvoiceView), (status = 404, body = Problem))
)]
async fn read_invoice(
    State(pod): State<PodSandbox>,
    Path(id): Path<String>,
) -> Result<Json<InvoiceView>, Problem> {
    let invoice = pod
        .invoice(number(&id)?)
        .ok_or(PayerError::UnknownInvoice)?;
    Ok(Json((&invoice).into()))
}

/// Reads an identifier in a path; what is no number names nothing.
fn number(text: &str) -> Result<u64, PayerError> {
    text.parse().map_err(|_| PayerError::UnknownInvoice)
}

fn add_payer(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
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

fn add_settings(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .schema::<Settings>()
        .add::<__path_read_settings, _, _>(read_settings)
        .add::<__path_change_settings, _, _>(change_settings)
}

/// Reads how POD behaves where its document is silent.
#[utoipa::path(
    get, path = "/_sandbox/pod/settings", operation_id = "read_pod_settings",
    responses((status = 200, body = Settings))
)]
async fn read_settings(State(pod): State<PodSandbox>) -> Json<Settings> {
    Json(pod.settings())
}

/// Chooses how POD behaves where its document is silent; what is left out stays as it is.
#[utoipa::path(
    post, path = "/_sandbox/pod/settings", operation_id = "change_pod_settings",
    request_body = Settings,
    responses((status = 200, body = Settings), (status = 422, body = Problem))
)]
async fn change_settings(
    State(pod): State<PodSandbox>,
    Input(wanted): Input<Map<String, Value>>,
) -> Result<Json<Settings>, Problem> {
    let mut all = json!(pod.settings());
    if let Value::Object(all) = &mut all {
        all.extend(wanted);
    }
    let refuse = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    let changed: Settings =
        serde_json::from_value(all).map_err(|error| refuse(error.to_string()))?;
    if changed.tax_percent > 100 {
        return Err(refuse("`tax_percent` must be at most 100".to_owned()));
    }
    pod.change_settings(|settings| *settings = changed);
    Ok(Json(changed))
}
