//! The first page: the simulated providers, and what has happened.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::admin::DESCRIPTION;
use crate::calendar;
use crate::outbox::{Webhook, WebhookState};
use crate::page::{lost, page, persian};
use crate::simulated::{Payment, Simulated};
use crate::sms::Sms;
use crate::world::World;

/// Payments, webhooks and text messages shown of each kind.
const SHOWN: usize = 50;

/// Serves the first page, and a page for every address that leads nowhere.
pub(crate) fn router(world: &World, providers: &[Simulated]) -> Router {
    Router::new()
        .route("/", get(show))
        .fallback(nowhere)
        .with_state(Index {
            world: world.clone(),
            providers: providers.into(),
        })
}

#[derive(Clone)]
struct Index {
    world: World,
    providers: Arc<[Simulated]>,
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    providers: Vec<ProviderView>,
    webhooks: Vec<WebhookView>,
    messages: Vec<Sms>,
    now: String,
    description: &'static str,
}

struct ProviderView {
    title: &'static str,
    base_url: String,
    payments: Vec<Payment>,
}

struct WebhookView {
    url: String,
    state: &'static str,
    tone: &'static str,
    attempts: String,
    refusal: Option<String>,
}

async fn show(State(index): State<Index>) -> Response {
    let providers = index.providers.iter().map(|provider| ProviderView {
        title: provider.title(),
        base_url: provider.base_url(),
        payments: provider.payments().into_iter().take(SHOWN).collect(),
    });
    let webhooks = index.world.outbox.webhooks().into_iter().rev().take(SHOWN);
    let messages = index.world.sms.messages().into_iter().rev().take(SHOWN);
    let view = IndexPage {
        providers: providers.collect(),
        webhooks: webhooks.map(WebhookView::from).collect(),
        messages: messages.collect(),
        now: calendar::in_tehran(index.world.clock.now()).unwrap_or_default(),
        description: DESCRIPTION,
    };
    page(StatusCode::OK, &view, None)
}

async fn nowhere() -> Response {
    let text = "در این نشانی چیزی نیست.";
    lost(StatusCode::NOT_FOUND, None, "صفحه پیدا نشد", text)
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        let (state, tone) = match webhook.state {
            WebhookState::Waiting => ("در حال ارسال", "waiting"),
            WebhookState::Delivered => ("تحویل شد", "good"),
            WebhookState::GivenUp => ("تحویل نشد", "bad"),
            WebhookState::Refused => ("فرستاده نشد", "bad"),
        };
        Self {
            url: webhook.url,
            state,
            tone,
            attempts: persian::digits(&webhook.attempts.len().to_string()),
            refusal: webhook.refusal,
        }
    }
}
