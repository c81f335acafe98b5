use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::texts::{TEXTS, Texts};
use super::{
    Caller, Lost, TITLE, business, conclude, redirect_of, render_lost, turn_away, way_home,
};
use crate::luhn::passes_luhn;
use crate::page::{
    Deadline, Failure, Failures, Policy, Price, Reader, Unit, closed, page, persian, status_of,
};
use crate::pod::PodSandbox;
use crate::pod::invoice::{Invoice, State as InvoiceState};
use crate::pod::links::Visit;
use crate::pod::payer::CARD;
use crate::pod::refusal::Refusal;
use crate::view::view;

pub(super) fn routes() -> Router<PodSandbox> {
    Router::new()
        .route("/v1/pbc/gateway/{token}", get(show))
        .route("/v1/pbc/gateway/{token}/pay", post(pay))
        .route("/v1/pbc/gateway/{token}/decline", post(decline))
        .route("/v1/pbc/gateway/{token}/fail", post(fail))
        .route("/v1/pbc/gateway/{token}/closed", get(close))
}

/// Sends a payer to the bank's gateway.
pub(super) fn send(
    pod: &PodSandbox,
    reader: &Reader,
    caller: &Caller,
    invoice: &Invoice,
) -> Response {
    let token = pod.0.random.hex(2);
    let mut store = pod.store();
    if let Err(refusal) = store.open_gateway(invoice.id, pod.now()) {
        drop(store);
        return turn_away(pod, reader, caller, invoice, &refusal);
    }
    let visit = Visit {
        invoice: invoice.id,
        way_back: caller.way_back.clone(),
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
        Ok((visit, invoice)) => render(&pod, &reader, &token, &visit, &invoice, None),
        Err(lost) => render_lost(&reader, lost),
    }
}

async fn pay(
    State(pod): State<PodSandbox>,
    Path(token): Path<String>,
    reader: Reader,
    body: Bytes,
) -> Response {
    let (visit, invoice) = match find(&pod, &token) {
        Ok(found) => found,
        Err(lost) => return render_lost(&reader, lost),
    };
    let typed = form_urlencoded::parse(&body).find(|(name, _)| name == "card");
    let card = typed.map(|(_, value)| persian::typed_digits(&value));
    let card = match card.unwrap_or_default().replace([' ', '-'], "") {
        nothing if nothing.is_empty() => CARD.to_owned(),
        card => card,
    };
    if !is_card(&card) {
        let reader = reader.at(&path(&token));
        return render(&pod, &reader, &token, &visit, &invoice, Some(Problem::Card));
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
        Err(refusal) => leave(&pod, &visit, &invoice, &refusal),
    }
}

async fn decline(
    State(pod): State<PodSandbox>,
    Path(token): Path<String>,
    reader: Reader,
) -> Response {
    let (visit, invoice) = match find(&pod, &token) {
        Ok(found) => found,
        Err(lost) => return render_lost(&reader, lost),
    };
    let mut store = pod.store();
    store.visits.end(&token);
    let left = store.leave_gateway(invoice.id, pod.now());
    drop(store);
    let refusal = left.err().unwrap_or(Refusal::NOT_PAID);
    let invoice = pod.invoice(invoice.id).unwrap_or(invoice);
    leave(&pod, &visit, &invoice, &refusal)
}

/// Fails as the payer asks: the bank refuses, and the payer is still at the gateway.
async fn fail(
    State(pod): State<PodSandbox>,
    Path(token): Path<String>,
    reader: Reader,
    body: Bytes,
) -> Response {
    let (visit, invoice) = match find(&pod, &token) {
        Ok(found) => found,
        Err(lost) => return render_lost(&reader, lost),
    };
    let failure = Failure::asked(&body, &Failure::OF_THE_BANK);
    let refused = failure.and_then(|failure| failure.of_the_bank(&reader));
    let reader = reader.at(&path(&token));
    render(
        &pod,
        &reader,
        &token,
        &visit,
        &invoice,
        refused.map(Problem::Bank),
    )
}

async fn close(
    State(pod): State<PodSandbox>,
    Path(token): Path<String>,
    reader: Reader,
) -> Response {
    match find(&pod, &token) {
        Ok(_) => closed(&reader, TITLE, &path(&token)),
        Err(lost) => render_lost(&reader, lost),
    }
}

/// Sends the payer back without a payment; without a way back, to the pay page.
fn leave(pod: &PodSandbox, visit: &Visit, invoice: &Invoice, refusal: &Refusal) -> Response {
    let page = || Redirect::to(&pod.unique_number_link(invoice, &visit.way_back)).into_response();
    way_home(pod, &visit.way_back, invoice, refusal).unwrap_or_else(page)
}

/// Finds a payer who is still waited for.
fn find(pod: &PodSandbox, token: &str) -> Result<(Visit, Invoice), Lost> {
    let store = pod.store();
    let visit = store.visits.get(token).ok_or(Lost::Page)?.clone();
    let invoice = store.get(visit.invoice).map_err(|_| Lost::Page)?.clone();
    drop(store);
    match invoice.state {
        InvoiceState::AtGateway => Ok((visit, invoice)),
        _ => Err(Lost::Visit(
            pod.unique_number_link(&invoice, &visit.way_back),
        )),
    }
}

/// Why nothing was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Card,
    /// What the bank says.
    Bank(&'static str),
}

view! {
    /// The bank's gateway.
    #[derive(Debug, Template)]
    #[template(path = "pod/gateway.html")]
    struct GatewayPage<'a> of (
        pod: &'a PodSandbox, by: &'a Reader, token: &str, invoice: &'a Invoice,
        why: Option<Problem>
    ) {
        reader: &'a Reader = by,
        texts: &'static Texts = texts,
        business: &'a str = business(pod, invoice),
        number: u64 = invoice.payment_bill_number,
        price: Price = Price::of(by, texts.to_pay, &invoice.payable_amount(), Unit::Rial),
        deadline: Option<Deadline> = invoice.due.map(|end| {
            Deadline::of(by, by.common().time_left, end, pod.now())
        }),
        card: String = pod.slip(CARD).masked,
        is_card_wrong: bool = why == Some(Problem::Card),
        bank_problem: Option<&'static str> = match why {
            Some(Problem::Bank(says)) => Some(says),
            Some(Problem::Card) | None => None,
        },
        failures: Failures = Failures {
            action: format!("{path}/fail"),
            hidden: Vec::new(),
            failures: Failure::OF_THE_BANK.to_vec(),
            closed: Some(format!("{path}/closed")),
        },
        path: String = path,
    } with {
        let texts = TEXTS.of(by.lang);
        let path = path(token);
    }
}

fn render(
    pod: &PodSandbox,
    reader: &Reader,
    token: &str,
    visit: &Visit,
    invoice: &Invoice,
    problem: Option<Problem>,
) -> Response {
    let view = GatewayPage::of(pod, reader, token, invoice, problem);
    let policy = Policy::leads_to(redirect_of(&visit.way_back, invoice));
    page(reader, status_of(problem.as_ref()), &view, policy)
}

fn path(token: &str) -> String {
    format!("/pod/v1/pbc/gateway/{token}")
}

/// Sixteen digits, the last of which checks the others (Luhn).
fn is_card(text: &str) -> bool {
    text.len() == 16 && passes_luhn(text)
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
