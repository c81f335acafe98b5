use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::{Lost, conclude, redirect_of, render_lost, turn_away};
use crate::page::{Policy, Reader, page, persian, status_of};
use crate::pod::PodSandbox;
use crate::pod::invoice::{Invoice, State as InvoiceState};
use crate::pod::links::{Visit, WayBack};
use crate::pod::payer::CARD;
use crate::pod::refusal::Refusal;
use crate::view::view;

pub(super) fn routes() -> Router<PodSandbox> {
    Router::new()
        .route("/v1/pbc/gateway/{token}", get(show))
        .route("/v1/pbc/gateway/{token}/pay", post(pay))
        .route("/v1/pbc/gateway/{token}/decline", post(decline))
}

/// Sends a payer to the bank's gateway.
pub(super) fn send(
    pod: &PodSandbox,
    reader: &Reader,
    way_back: &WayBack,
    invoice: &Invoice,
) -> Response {
    let token = pod.0.random.hex(2);
    let mut store = pod.store();
    if let Err(refusal) = store.open_gateway(invoice.id, pod.now()) {
        drop(store);
        return turn_away(pod, reader, way_back, invoice, &refusal);
    }
    let visit = Visit {
        invoice: invoice.id,
        way_back: way_back.clone(),
    };
    store.visits.begin(token.clone(), visit);
    Redirect::to(&path(&token)).into_response()
}

async fn show(
    State(pod): State<PodSandbox>,
    Path(token): Path<String>,
    reader: Reader,
) -> Response {
    match find(&pod, &token) {
        Some((visit, invoice)) => render(&reader, &token, &visit, &invoice, None),
        None => render_lost(&reader, Lost::Page),
    }
}

async fn pay(
    State(pod): State<PodSandbox>,
    Path(token): Path<String>,
    reader: Reader,
    body: Bytes,
) -> Response {
    let Some((visit, invoice)) = find(&pod, &token) else {
        return render_lost(&reader, Lost::Page);
    };
    let typed = form_urlencoded::parse(&body).find(|(name, _)| name == "card");
    let card = typed.map(|(_, value)| persian::typed_digits(&value));
    let card = card.unwrap_or_default().replace([' ', '-'], "");
    if !is_card(&card) {
        let problem = "شمارهٔ کارت نادرست است. مبلغی پرداخت نشد.";
        return render(&reader, &token, &visit, &invoice, Some(problem));
    }
    let slip = pod.slip(&card);
    let mut store = pod.store();
    store.visits.end(&token);
    let paid = store
        .pay_at_gateway(invoice.id, slip, pod.now())
        .and_then(|()| store.get(invoice.id).cloned());
    drop(store);
    match paid {
        Ok(paid) => conclude(&pod, &visit.way_back, &paid),
        Err(refusal) => turn_away(&pod, &reader, &visit.way_back, &invoice, &refusal),
    }
}

async fn decline(
    State(pod): State<PodSandbox>,
    Path(token): Path<String>,
    reader: Reader,
) -> Response {
    let Some((visit, invoice)) = find(&pod, &token) else {
        return render_lost(&reader, Lost::Page);
    };
    let mut store = pod.store();
    store.visits.end(&token);
    let left = store.leave_gateway(invoice.id, pod.now());
    drop(store);
    let refusal = left.err().unwrap_or(Refusal::NOT_PAID);
    let invoice = pod.invoice(invoice.id).unwrap_or(invoice);
    turn_away(&pod, &reader, &visit.way_back, &invoice, &refusal)
}

/// Finds a payer who is still waited for.
fn find(pod: &PodSandbox, token: &str) -> Option<(Visit, Invoice)> {
    let store = pod.store();
    let visit = store.visits.get(token)?.clone();
    let invoice = store.get(visit.invoice).ok()?.clone();
    (invoice.state == InvoiceState::AtGateway).then_some((visit, invoice))
}

view! {
    /// The bank's gateway.
    #[derive(Debug, Template)]
    #[template(path = "pod/gateway.html")]
    struct GatewayPage<'a> of (by: &'a Reader, token: &str, invoice: &Invoice, why: Option<&'static str>) {
        reader: &'a Reader = by,
        path: String = path(token),
        number: String = persian::digits(&invoice.payment_bill_number.to_string()),
        amount: String = persian::amount(&invoice.payable_amount()),
        card: &'static str = CARD,
        problem: Option<&'static str> = why,
    }
}

fn render(
    reader: &Reader,
    token: &str,
    visit: &Visit,
    invoice: &Invoice,
    problem: Option<&'static str>,
) -> Response {
    let view = GatewayPage::of(reader, token, invoice, problem);
    let leads_to = redirect_of(&visit.way_back, invoice);
    page(
        reader,
        status_of(problem.as_ref()),
        &view,
        Policy::leads_to(leads_to),
    )
}

fn path(token: &str) -> String {
    format!("/pod/v1/pbc/gateway/{token}")
}

/// Sixteen digits, the last of which checks the others (Luhn).
fn is_card(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 16) else {
        return false;
    };
    let weighed = digits.iter().zip([2, 1].into_iter().cycle());
    let sum: u32 = weighed
        .map(|(digit, weight)| digit * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_carry_their_check() {
        for card in [CARD, "6037997599999999", "4111111111111111"] {
            assert_eq!(is_card(card), card != "6037997599999999", "{card}");
        }
        for text in " 502229100000000 50222910000000080 502229100000000x".split(' ') {
            assert!(!is_card(text), "{text}");
        }
    }
}
