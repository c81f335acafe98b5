//! The pages where a person pays: POD's own page, and the bank's gateway.

mod door;
mod gateway;
mod view;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use url::Url;

use super::gateway::WayBack;
use super::invoice::{Invoice, State as InvoiceState};
use super::ledger::Delegations;
use super::params::Params;
use super::refusal::Refusal;
use super::returns;
use super::{NAME, PodSandbox};
use crate::outbox::Message;
use crate::page::page;
use door::{Caller, Door, Gateway, Lost};
use view::{LostPage, PayPage};

/// Serves the pages, relative to the provider's root.
pub(super) fn routes(pod: PodSandbox) -> Router {
    let door = || get(open).post(choose);
    Router::new()
        .route("/v1/pbc/payInvoiceByUniqueNumber", door())
        .route("/v1/pbc/payInvoiceByUniqueNumber/", door())
        .route("/v1/pbc/payinvoice", door())
        .route("/v1/pbc/payinvoice/", door())
        .route("/v1/pbc/PayInvoiceDispatcher", door())
        .route("/v1/pbc/PayInvoiceDispatcher/", door())
        .merge(gateway::routes())
        .with_state(pod)
}

async fn open(State(pod): State<PodSandbox>, RawQuery(query): RawQuery) -> Response {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    let (caller, invoice) = match enter(&pod, &params) {
        Ok(found) => found,
        Err(lost) => return render_lost(lost),
    };
    if let Err(refusal) = invoice.require_payable() {
        return turn_away(&pod, &caller.way_back, &invoice, &refusal);
    }
    match caller.gateway {
        Some(Gateway::Bank) => gateway::send(&pod, &caller.way_back, &invoice),
        Some(Gateway::Simulated) if pod.settings().environment.has_sandbox() => {
            match pod.pay_by_card(invoice.id) {
                Ok(paid) => conclude(&pod, &caller.way_back, &paid),
                Err(_) => gateway::send(&pod, &caller.way_back, &invoice),
            }
        }
        Some(Gateway::Simulated) | None => render(&pod, &caller, &invoice, None),
    }
}

/// Takes the payer's choice of how to pay.
async fn choose(State(pod): State<PodSandbox>, body: Bytes) -> Response {
    let params = Params::decode(&body);
    let (caller, invoice) = match enter(&pod, &params) {
        Ok(found) => found,
        Err(lost) => return render_lost(lost),
    };
    let payer = params.id("payer").ok().flatten();
    let payer = payer.and_then(|user_id| pod.0.accounts.with_user_id(user_id));
    let foreign = payer.map(super::account::Account::user_id) != invoice.user_id;
    if matches!(caller.door, Door::InvoiceId(_)) && foreign {
        let problem = "فاکتور یافت نشد: این فاکتور به نام پرداخت‌کنندهٔ دیگری صادر شده است.";
        return render(&pod, &caller, &invoice, Some(problem));
    }
    match (params.get("method"), payer) {
        (Some("card"), _) => gateway::send(&pod, &caller.way_back, &invoice),
        (Some("wallet"), Some(payer)) => {
            let (now, from) = (pod.now(), Delegations::default());
            let mut store = pod.store();
            let paid = store
                .pay_from_wallet(invoice.id, payer.user_id(), &from, now)
                .and_then(|()| store.get(invoice.id).cloned());
            drop(store);
            match paid {
                Ok(paid) => conclude(&pod, &caller.way_back, &paid),
                Err(refusal) if refusal == Refusal::NOT_ENOUGH => {
                    let problem = "موجودی این کیف پول کافی نیست. مبلغی پرداخت نشد.";
                    render(&pod, &caller, &invoice, Some(problem))
                }
                Err(refusal) => turn_away(&pod, &caller.way_back, &invoice, &refusal),
            }
        }
        _ => {
            let problem = "روش پرداخت و پرداخت‌کننده را انتخاب کنید.";
            render(&pod, &caller, &invoice, Some(problem))
        }
    }
}

/// Finds out which invoice it is about.
fn enter(pod: &PodSandbox, params: &Params) -> Result<(Caller, Invoice), Lost> {
    let caller = Caller::read(params)?;
    let invoice = caller.door.invoice(pod)?;
    Ok((caller, invoice))
}

/// Sends the payer back with the news of a payment, and calls what is to be called.
fn conclude(pod: &PodSandbox, way_back: &WayBack, invoice: &Invoice) -> Response {
    if let Some(call) = way_back.call.clone() {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(returns::parameters(invoice))
            .finish();
        pod.0.world.outbox.send(Message {
            provider: NAME,
            url: call,
            content_type: "application/x-www-form-urlencoded",
            body,
        });
    }
    match redirect_of(way_back, invoice) {
        Some(redirect) => Redirect::to(returns::success(redirect, invoice).as_str()),
        None => Redirect::to(&pod.unique_number_link(invoice, &WayBack::default())),
    }
    .into_response()
}

/// Sends the payer back with the reason why not, or shows it if there is no way back.
fn turn_away(
    pod: &PodSandbox,
    way_back: &WayBack,
    invoice: &Invoice,
    refusal: &Refusal,
) -> Response {
    // The document has another text for the gateway than for the services.
    let refusal = match invoice.state {
        InvoiceState::Guaranteed => &Refusal::NOT_PAYABLE,
        _ => refusal,
    };
    match redirect_of(way_back, invoice) {
        Some(redirect) => {
            let worded = pod.settings().worded_refusals;
            Redirect::to(returns::failure(redirect, refusal, worded).as_str()).into_response()
        }
        None => page(
            StatusCode::OK,
            &PayPage::closed(pod, invoice, refusal),
            None,
        ),
    }
}

/// The address the link names, or else the one the business named when it issued the invoice.
fn redirect_of<'a>(way_back: &'a WayBack, invoice: &'a Invoice) -> Option<&'a Url> {
    way_back.redirect.as_ref().or(invoice.redirect.as_ref())
}

fn render(
    pod: &PodSandbox,
    caller: &Caller,
    invoice: &Invoice,
    problem: Option<&'static str>,
) -> Response {
    let status = match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let view = PayPage::open(pod, caller, invoice, problem);
    page(status, &view, redirect_of(&caller.way_back, invoice))
}

fn render_lost(lost: Lost) -> Response {
    page(lost.status(), &LostPage::of(lost), None)
}
