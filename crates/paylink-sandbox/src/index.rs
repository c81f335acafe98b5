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
use crate::page::{Policy, Reader, Shown, bilingual, lost, page, persian};
use crate::simulated::Simulated;
use crate::sms::Sms;
use crate::view::view;
use crate::world::World;

/// Payments, webhooks and text messages shown of each kind.
pub(crate) const SHOWN: usize = 50;

/// Serves the first page, and a page for every address that leads nowhere.
pub(crate) fn router(world: &World, providers: &[Simulated]) -> Router {
    Router::new()
        .route("/", get(show))
        .fallback(nowhere)
        .with_state((world.clone(), providers.into()))
}

async fn show(
    State((world, providers)): State<(World, Arc<[Simulated]>)>,
    reader: Reader,
) -> Response {
    let view = IndexPage::of(&world, &providers, &reader);
    page(&reader, StatusCode::OK, &view, Policy::default())
}

async fn nowhere(reader: Reader) -> Response {
    let heading = bilingual("صفحه پیدا نشد", "Page not found");
    let text = bilingual(
        "در این آدرس چیزی نیست.",
        "There is nothing at this address.",
    );
    lost(&reader, None, heading, text)
}

view! {
    #[derive(Template)]
    #[template(path = "index.html")]
    struct IndexPage<'a> of (world: &World, of: &'a [Simulated], by: &'a Reader) {
        reader: &'a Reader = by,
        providers: &'a [Simulated] = of,
        webhooks: Vec<Webhook> = webhooks.collect(),
        messages: Vec<Sms> = messages.collect(),
        now: String = calendar::in_tehran(world.clock.now()).unwrap_or_default(),
        description: &'static str = DESCRIPTION,
    } with {
        let webhooks = world.outbox.webhooks().into_iter().rev().take(SHOWN);
        let messages = world.sms.messages().into_iter().rev().take(SHOWN);
    }
}

impl Webhook {
    fn attempts_made(&self) -> String {
        persian::digits(&self.attempts.len().to_string())
    }

    fn shown(&self) -> Shown {
        match self.state {
            WebhookState::Waiting => Shown::waiting("در حال ارسال", "being sent"),
            WebhookState::Delivered => Shown::good("تحویل شد", "delivered"),
            WebhookState::GivenUp => Shown::bad("تحویل نشد", "not delivered"),
            WebhookState::Refused | WebhookState::Lost => Shown::bad("فرستاده نشد", "not sent"),
        }
    }
}
