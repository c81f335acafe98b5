//! What SizPay adds to the API under `/_sandbox`.

mod settings;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;

use super::SizpaySandbox;
use super::link::Link;
use super::payer::PayerError;
use crate::admin::{Problem, Routes};

pub(super) fn routes(sizpay: SizpaySandbox) -> Routes {
    settings::add_to(Routes::new())
        .schema::<Link>()
        .add::<__path_list_links, _, _>(list_links)
        .add::<__path_read_link, _, _>(read_link)
        .add::<__path_pay_link, _, _>(pay_link)
        .add::<__path_decline_link, _, _>(decline_link)
        .with_state(sizpay)
}

/// Lists all SizPay pay links of all merchants, oldest first.
#[utoipa::path(get, path = "/_sandbox/sizpay/links", responses((status = 200, body = Vec<Link>)))]
async fn list_links(State(sizpay): State<SizpaySandbox>) -> Json<Vec<Link>> {
    Json(sizpay.links())
}

/// Shows one SizPay pay link.
#[utoipa::path(
    get, path = "/_sandbox/sizpay/links/{send_id}", params(("send_id" = u64, Path)),
    responses((status = 200, body = Link), (status = 404, body = Problem))
)]
async fn read_link(
    State(sizpay): State<SizpaySandbox>,
    Path(send_id): Path<u64>,
) -> Result<Json<Link>, Problem> {
    let link = sizpay.link(send_id).ok_or(PayerError::UnknownLink)?;
    Ok(Json(link))
}

/// Pays a SizPay pay link as the payer.
#[utoipa::path(
    post, path = "/_sandbox/sizpay/links/{send_id}/pay", params(("send_id" = u64, Path)),
    responses(
        (status = 200, body = Link),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It was paid or disabled before"),
    )
)]
async fn pay_link(
    State(sizpay): State<SizpaySandbox>,
    Path(send_id): Path<u64>,
) -> Result<Json<Link>, Problem> {
    Ok(Json(sizpay.pay(send_id)?))
}

/// Declines to pay a SizPay pay link as the payer; it can still be paid.
#[utoipa::path(
    post, path = "/_sandbox/sizpay/links/{send_id}/decline", params(("send_id" = u64, Path)),
    responses(
        (status = 200, body = Link),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It was paid or disabled before"),
    )
)]
async fn decline_link(
    State(sizpay): State<SizpaySandbox>,
    Path(send_id): Path<u64>,
) -> Result<Json<Link>, Problem> {
    Ok(Json(sizpay.decline(send_id)?))
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let status = match error {
            PayerError::UnknownLink => StatusCode::NOT_FOUND,
            PayerError::AlreadyPaid | PayerError::Disabled => StatusCode::CONFLICT,
        };
        Self::new(status, error.to_string())
    }
}
