//! The pages where a person pays: POD's own page, and the bank's gateway.

mod gateway;
mod texts;

use std::time::SystemTime;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use rust_decimal::Decimal;
use texts::{TEXTS, Texts};
use url::Url;

use super::api::Params;
use super::invoice::{
    CardSlip, EventKind, Invoice, Item, State as InvoiceState, Store, Verification,
};
use super::keys::Account;
use super::ledger::{Delegations, Pocket};
use super::links::{self as returns, WayBack};
use super::refusal::Refusal;
use super::{NAME, PodSandbox};
use crate::headers::FORM;
use crate::page::{
    Deadline, Failure, Failures, Lang, Outcome, Policy, Price, Reader, Shown, Unit, closed, inert,
    lost_for, page, status_of,
};
use crate::simulated::PayReason;
use crate::view::view;

const TITLE: &str = "POD";

const FAIL: &str = "/v1/pbc/fail";
const CLOSED: &str = "/v1/pbc/closed";

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
        .route(FAIL, post(fail))
        .route(CLOSED, get(close))
        .merge(gateway::routes())
        .with_state(pod)
}

async fn open(
    State(pod): State<PodSandbox>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Response {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    let (caller, invoice) = match enter(&pod, &params) {
        Ok(found) => found,
        Err(lost) => return render_lost(&reader, lost),
    };
    if let Err(refusal) = invoice.require_payable() {
        return match way_home(&pod, &caller.way_back, &invoice, &refusal) {
            Some(home) => home,
            None => render(&pod, &reader, &caller, &invoice, None),
        };
    }
    match caller.gateway {
        Some(Gateway::Bank) => gateway::send(&pod, &reader, &caller, &invoice),
        Some(Gateway::Simulated) if pod.settings().environment.has_sandbox() => {
            match pod.pay_by_card(invoice.id) {
                Ok(paid) => conclude(&pod, &caller.way_back, &paid),
                Err(_) => gateway::send(&pod, &reader, &caller, &invoice),
            }
        }
        Some(Gateway::Simulated) | None => render(&pod, &reader, &caller, &invoice, None),
    }
}

/// Takes the payer's choice of how to pay.
async fn choose(State(pod): State<PodSandbox>, reader: Reader, body: Bytes) -> Response {
    let params = Params::decode(&body);
    let (caller, invoice) = match enter(&pod, &params) {
        Ok(found) => found,
        Err(lost) => return render_lost(&reader, lost),
    };
    let texts = TEXTS.of(reader.lang);
    let problem = |problem| answer(&pod, &reader, &caller, &invoice, problem);
    let payer = params.id("payer").ok().flatten();
    let payer = payer.and_then(|user_id| pod.0.accounts.with_user_id(user_id));
    let foreign = payer.map(Account::user_id) != invoice.user_id;
    if matches!(caller.door, Door::InvoiceId(_)) && foreign {
        return problem(texts.foreign);
    }
    match (params.get("method"), payer) {
        (Some("card"), _) => gateway::send(&pod, &reader, &caller, &invoice),
        (Some("wallet"), Some(payer)) => {
            let (now, from) = (pod.now(), Delegations::default());
            let mut store = pod.store();
            let paid = store
                .pay_from_wallet(invoice.id, payer.user_id(), &from, now)
                .and_then(|()| store.get(invoice.id).cloned());
            drop(store);
            match paid {
                Ok(paid) => conclude(&pod, &caller.way_back, &paid),
                Err(refusal) if refusal == Refusal::NOT_ENOUGH => problem(texts.not_enough),
                Err(refusal) => turn_away(&pod, &reader, &caller, &invoice, &refusal),
            }
        }
        _ => problem(texts.no_method),
    }
}

/// Fails as the payer asks.
async fn fail(State(pod): State<PodSandbox>, reader: Reader, body: Bytes) -> Response {
    let (caller, invoice) = match enter(&pod, &Params::decode(&body)) {
        Ok(found) => found,
        Err(lost) => return render_lost(&reader, lost),
    };
    match Failure::asked(&body, offered(&invoice)) {
        Some(Failure::EmptyWallet) => {
            let problem = TEXTS.of(reader.lang).not_enough;
            answer(&pod, &reader, &caller, &invoice, problem)
        }
        Some(Failure::PayAgain) => gateway::send(&pod, &reader, &caller, &invoice),
        _ => render(&pod, &reader.at(&caller.address()), &caller, &invoice, None),
    }
}

async fn close(
    State(pod): State<PodSandbox>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Response {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    match enter(&pod, &params) {
        Ok((caller, _)) => closed(&reader, TITLE, &caller.address()),
        Err(lost) => render_lost(&reader, lost),
    }
}

/// What a payer can try at POD's own page while the invoice stands so.
fn offered(invoice: &Invoice) -> &'static [Failure] {
    match invoice.state {
        InvoiceState::Unpaid => &[Failure::EmptyWallet],
        InvoiceState::Paid | InvoiceState::AwaitingVerification => &[Failure::PayAgain],
        InvoiceState::AtGateway
        | InvoiceState::Guaranteed
        | InvoiceState::AwaitingSettlement
        | InvoiceState::Canceled => &[],
    }
}

const ELSEWHERE: &str = "the link does not lead to the invoice";

/// Pays the invoice `id` by card as a payer who opens `link`, and returns where the browser is sent.
pub(super) fn pay_by_link(pod: &PodSandbox, link: &str, id: u64) -> Result<String, PayReason> {
    let query = link
        .strip_prefix(pod.pay_url())
        .filter(|path| path.starts_with("v1/pbc/"))
        .and_then(|path| path.split_once('?'));
    let (_, query) = query.ok_or(ELSEWHERE)?;
    let entered = enter(pod, &Params::decode(query.as_bytes()));
    let (caller, invoice) = entered.map_err(|_| ELSEWHERE)?;
    if invoice.id != id {
        return Err(ELSEWHERE.into());
    }
    let paid = pod.pay_by_card(id)?;
    Ok(notify(pod, &caller.way_back, &paid))
}

/// Finds out which invoice it is about.
fn enter(pod: &PodSandbox, params: &Params) -> Result<(Caller, Invoice), Lost> {
    let caller = Caller::read(params)?;
    let invoice = caller.door.invoice(pod)?;
    Ok((caller, invoice))
}

/// Sends the payer back with the news of a payment, and calls what is to be called.
fn conclude(pod: &PodSandbox, way_back: &WayBack, invoice: &Invoice) -> Response {
    Redirect::to(&notify(pod, way_back, invoice)).into_response()
}

/// Calls what is to be called after a payment, and returns where the payer's browser goes.
fn notify(pod: &PodSandbox, way_back: &WayBack, invoice: &Invoice) -> String {
    if let Some(call) = &way_back.call {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(returns::parameters(invoice))
            .finish();
        let outbox = &pod.0.world.outbox;
        outbox.send(NAME, &invoice.id.to_string(), call, FORM, body);
    }
    match redirect_of(way_back, invoice) {
        Some(redirect) => returns::success(redirect, invoice).into(),
        None => pod.unique_number_link(invoice, &WayBack::default()),
    }
}

/// Sends the payer back with the reason why not, or shows the page with it if there is no way back.
fn turn_away(
    pod: &PodSandbox,
    reader: &Reader,
    caller: &Caller,
    invoice: &Invoice,
    refusal: &Refusal,
) -> Response {
    let texts = TEXTS.of(reader.lang);
    match way_home(pod, &caller.way_back, invoice, refusal) {
        Some(home) => home,
        None if *refusal == Refusal::TOO_LITTLE_FOR_A_CARD => {
            answer(pod, reader, caller, invoice, texts.no_card)
        }
        None if invoice.state.took_money() => {
            answer(pod, reader, caller, invoice, texts.paid_before)
        }
        None => answer(pod, reader, caller, invoice, texts.nothing_changed),
    }
}

/// Sends the payer back with the reason why not, if there is a way back.
fn way_home(
    pod: &PodSandbox,
    way_back: &WayBack,
    invoice: &Invoice,
    refusal: &Refusal,
) -> Option<Response> {
    // The document has another text for the gateway than for the services.
    let refusal = match invoice.state {
        InvoiceState::Guaranteed => &Refusal::NOT_PAYABLE,
        _ => refusal,
    };
    let redirect = redirect_of(way_back, invoice)?;
    let worded = pod.settings().worded_refusals;
    let home = returns::failure(redirect, refusal, worded);
    Some(Redirect::to(home.as_str()).into_response())
}

/// The address the link names, or else the one the business named when it issued the invoice.
fn redirect_of<'a>(way_back: &'a WayBack, invoice: &'a Invoice) -> Option<&'a Url> {
    way_back.redirect.as_ref().or(invoice.redirect.as_ref())
}

/// Shows the page as the answer to a form.
fn answer(
    pod: &PodSandbox,
    reader: &Reader,
    caller: &Caller,
    invoice: &Invoice,
    problem: &'static str,
) -> Response {
    let reader = reader.at(&caller.address());
    render(pod, &reader, caller, invoice, Some(problem))
}

fn render(
    pod: &PodSandbox,
    reader: &Reader,
    caller: &Caller,
    invoice: &Invoice,
    problem: Option<&'static str>,
) -> Response {
    let view = PayPage::of(pod, reader, caller, invoice, problem);
    let leads_to = redirect_of(&caller.way_back, invoice);
    page(
        reader,
        status_of(problem.as_ref()),
        &view,
        Policy::leads_to(leads_to),
    )
}

fn render_lost(reader: &Reader, lost: Lost) -> Response {
    type Said = fn(&Texts) -> &'static str;
    let (status, heading, text): (_, Said, Said) = match &lost {
        Lost::Page => (StatusCode::NOT_FOUND, |it| it.lost, |it| it.lost_text),
        Lost::Invoice => (
            StatusCode::NOT_FOUND,
            |it| it.lost_invoice,
            |it| it.lost_invoice_text,
        ),
        Lost::Expired => (StatusCode::GONE, |it| it.lost_link, |it| it.lost_link_text),
        Lost::Visit(_) => (
            StatusCode::GONE,
            |it| it.lost_visit,
            |it| it.lost_visit_text,
        ),
        Lost::BadAddress => (
            StatusCode::BAD_REQUEST,
            |it| it.lost_address,
            |it| it.lost_address_text,
        ),
    };
    let again = match lost {
        Lost::Visit(page) => Some(page),
        Lost::Page | Lost::Invoice | Lost::Expired | Lost::BadAddress => None,
    };
    let words = (TEXTS.pair(heading), TEXTS.pair(text));
    lost_for(reader, status, Some(TITLE), words, again)
}

/// By which link a payer comes.
#[derive(Debug)]
enum Door {
    /// Anyone may pay.
    UniqueNumber(String),
    /// Only the invoice's own user may pay.
    InvoiceId(u64),
    /// A link of service 29815: anyone may pay while it lives.
    Dispatcher(String),
}

/// A payer with what the link says.
#[derive(Debug)]
struct Caller {
    door: Door,
    way_back: WayBack,
    gateway: Option<Gateway>,
}

/// What `gateway` can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gateway {
    /// `PEP`: straight to the bank.
    Bank,
    /// `LOC`: pays by itself, where POD's sandbox is simulated.
    Simulated,
}

/// Why a link leads to no invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lost {
    /// There is no such number.
    Page,
    /// There is no such invoice, or it was issued to no user.
    Invoice,
    /// The link does not live any more.
    Expired,
    /// The bank's gateway waits no more; the pay page is there.
    Visit(String),
    /// An address in the link is none.
    BadAddress,
}

impl Caller {
    fn read(params: &Params) -> Result<Self, Lost> {
        let url = |name| params.url(name).map_err(|_| Lost::BadAddress);
        let call = match url("callUri")? {
            None => url("callbackUri")?,
            call => call,
        };
        let gateway = match params.get("gateway") {
            Some("PEP") => Some(Gateway::Bank),
            Some("LOC") => Some(Gateway::Simulated),
            _ => None,
        };
        Ok(Self {
            door: Door::read(params)?,
            way_back: WayBack {
                redirect: url("redirectUri")?,
                call,
            },
            gateway,
        })
    }
}

impl Caller {
    /// What its link says, to be sent along again: the path, and the fields.
    fn link(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let (path, name, value) = self.door.address();
        let WayBack { redirect, call } = &self.way_back;
        let again = |name, url: &Option<Url>| url.as_ref().map(|url| (name, url.to_string()));
        let fields = [
            Some((name, value)),
            again("redirectUri", redirect),
            again("callUri", call),
        ];
        (path, fields.into_iter().flatten().collect())
    }

    /// Its link.
    fn address(&self) -> String {
        let (path, fields) = self.link();
        format!("{path}?{}", encoded(&fields))
    }
}

fn encoded(fields: &[(&'static str, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

impl Door {
    fn read(params: &Params) -> Result<Self, Lost> {
        if let Some(number) = params.get("uniqueNumber") {
            return Ok(Self::UniqueNumber(number.to_owned()));
        }
        if let Some(hash) = params.get("h") {
            return Ok(Self::Dispatcher(hash.to_owned()));
        }
        match params.id("invoiceId") {
            Ok(Some(id)) => Ok(Self::InvoiceId(id)),
            Ok(None) => Err(Lost::Page),
            Err(_) => Err(Lost::Invoice),
        }
    }

    /// Finds the invoice behind it.
    fn invoice(&self, pod: &PodSandbox) -> Result<Invoice, Lost> {
        let store = pod.store();
        match self {
            Self::UniqueNumber(number) => store.with_unique_number(number).ok_or(Lost::Page),
            Self::InvoiceId(id) => match store.get(*id) {
                Ok(invoice) if invoice.user_id.is_some() => Ok(invoice),
                _ => Err(Lost::Invoice),
            },
            Self::Dispatcher(hash) => {
                let id = store.links.follow(hash, pod.now());
                let id = id.ok_or(Lost::Expired)?;
                store.get(id).map_err(|_| Lost::Invoice)
            }
        }
        .cloned()
    }

    /// Returns when it leads nowhere any more.
    fn end(&self, pod: &PodSandbox) -> Option<SystemTime> {
        match self {
            Self::Dispatcher(hash) => pod.store().links.end(hash),
            Self::UniqueNumber(_) | Self::InvoiceId(_) => None,
        }
    }

    /// The path and the parameter that lead back here.
    fn address(&self) -> (&'static str, &'static str, String) {
        match self {
            Self::UniqueNumber(number) => (
                "/pod/v1/pbc/payInvoiceByUniqueNumber",
                "uniqueNumber",
                number.clone(),
            ),
            Self::InvoiceId(id) => ("/pod/v1/pbc/payinvoice/", "invoiceId", id.to_string()),
            Self::Dispatcher(hash) => ("/pod/v1/pbc/PayInvoiceDispatcher/", "h", hash.clone()),
        }
    }
}

view! {
    /// What the payer sees of an invoice.
    #[derive(Debug, Template)]
    #[template(path = "pod/pay.html")]
    struct PayPage<'a> of (
        pod: &'a PodSandbox, by: &'a Reader, caller: &'a Caller, invoice: &'a Invoice,
        why: Option<&'static str>
    ) {
        reader: &'a Reader = by,
        texts: &'static Texts = texts,
        business: &'a str = business(pod, invoice),
        number: u64 = invoice.id,
        order: Option<String> = invoice.bill_number.as_deref().map(inert),
        description: Option<String> = invoice.description.as_deref().map(inert),
        lines: Vec<Line> = invoice.items.iter().map(|item| Line::of(by.lang, item)).collect(),
        vat: Option<String> = (!invoice.vat.is_zero()).then(|| decimal(by.lang, invoice.vat)),
        price: Price = Price::of(by, label, &invoice.payable_amount(), Unit::Rial),
        state: Shown = invoice.state.shown(),
        paid_at: Option<String> = paid.map(|payment| by.lang.moment(payment.at)),
        slip: Option<&'a CardSlip> = paid.and_then(|payment| payment.card.as_ref()),
        deadline: Option<Deadline> = deadline(pod, by, caller, invoice),
        /// How it can be paid, while it can.
        form: Option<Form<'a>> = is_payable.then(|| Form::of(pod, by.lang, caller, invoice)),
        /// What has become of it, or of the last try.
        outcome: Option<Outcome> = outcome(invoice, texts),
        problem: Option<&'static str> = why,
        has_way_back: bool = redirect_of(&caller.way_back, invoice).is_some(),
        failures: Failures = Failures {
            action: format!("/{NAME}{FAIL}"),
            failures: offered(invoice).to_vec(),
            closed: is_payable.then(|| format!("/{NAME}{CLOSED}?{}", encoded(&fields))),
            hidden: fields,
        },
    } with {
        let texts = TEXTS.of(by.lang);
        let paid = invoice.payment.as_ref().filter(|_| invoice.state.took_money());
        let is_payable = invoice.require_payable().is_ok();
        let label = if is_payable { texts.to_pay } else { texts.invoice_amount };
        let (_, fields) = caller.link();
    }
}

view! {
    #[derive(Debug)]
    struct Line of (lang: Lang, item: &Item) {
        description: String = inert(&item.description),
        quantity: String = decimal(lang, item.quantity),
        price: String = decimal(lang, item.price),
    }
}

view! {
    #[derive(Debug)]
    struct Form<'a> of (pod: &'a PodSandbox, lang: Lang, caller: &Caller, invoice: &Invoice) {
        path: &'static str = path,
        hidden: Vec<(&'static str, String)> = fields,
        /// Whether a card can pay it.
        by_card: bool = invoice.require_payable_by_card().is_ok(),
        payers: Vec<Payer<'a>> = payers.into(),
        /// Whether the link is for one payer alone.
        personal: bool = matches!(caller.door, Door::InvoiceId(_)),
    } with {
        let (path, fields) = caller.link();
        let chosen = invoice.user_id.unwrap_or(pod.user().user_id());
        let store = pod.store();
        let payers = pod.0.accounts.all().map(|account| Payer::of(lang, account, &store, chosen));
    }
}

view! {
    #[derive(Debug)]
    struct Payer<'a> of (lang: Lang, account: &'a Account, store: &Store, chosen_id: u64) {
        user_id: u64 = account.user_id(),
        name: &'a str = account.name(),
        balance: String = decimal(lang, store.ledger.balance(&Pocket::Wallet(account.user_id()))),
        chosen: bool = account.user_id() == chosen_id,
    }
}

/// Returns the name of the business that issued an invoice.
fn business<'a>(pod: &'a PodSandbox, invoice: &Invoice) -> &'a str {
    let issuer = pod.0.accounts.with_user_id(invoice.issuer);
    issuer.map(Account::name).unwrap_or_default()
}

/// The time that runs out: of the payment to be verified, of the gateway, or of the link.
fn deadline(
    pod: &PodSandbox,
    reader: &Reader,
    caller: &Caller,
    invoice: &Invoice,
) -> Option<Deadline> {
    let common = reader.common();
    let (label, end) = match invoice.state {
        InvoiceState::AwaitingVerification => (common.time_left_to_verify, invoice.due?),
        InvoiceState::AtGateway => (common.time_left, invoice.due?),
        InvoiceState::Unpaid => (TEXTS.of(reader.lang).link_lives, caller.door.end(pod)?),
        InvoiceState::Guaranteed
        | InvoiceState::AwaitingSettlement
        | InvoiceState::Paid
        | InvoiceState::Canceled => return None,
    };
    Some(Deadline::of(reader, label, end, pod.now()))
}

fn outcome(invoice: &Invoice, texts: &Texts) -> Option<Outcome> {
    let last = invoice.history.last().map(|event| event.kind);
    let (heading, text) = match (invoice.state, last, invoice.verification) {
        _ if invoice.closed => (texts.closed, texts.closed_text),
        (InvoiceState::Unpaid, Some(EventKind::LeftGateway), _) => {
            (texts.left_gateway, texts.left_gateway_text)
        }
        (InvoiceState::Unpaid, Some(EventKind::GivenBack), _) => {
            (texts.given_back, texts.given_back_text)
        }
        (InvoiceState::Unpaid, _, _) => return None,
        (InvoiceState::Paid, _, _) => (texts.paid, texts.paid_text),
        (InvoiceState::AwaitingVerification, _, Verification::AutomaticAfterTimeout) => {
            (texts.awaiting, texts.awaiting_itself_text)
        }
        (InvoiceState::AwaitingVerification, _, _) => (texts.awaiting, texts.awaiting_text),
        (InvoiceState::AtGateway, _, _) => (texts.at_gateway, texts.at_gateway_text),
        (InvoiceState::Guaranteed, _, _) => (texts.guaranteed, texts.guaranteed_text),
        (InvoiceState::AwaitingSettlement, _, _) => (texts.settling, texts.settling_text),
        (InvoiceState::Canceled, _, _) => (texts.canceled, texts.canceled_text),
    };
    Some(Outcome { heading, text })
}

fn decimal(lang: Lang, number: Decimal) -> String {
    lang.number(&number.normalize().to_string())
}
