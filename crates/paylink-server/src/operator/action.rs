//! What a person does with an order: asked first, and done through the service.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use paylink::desk::{Stage, StoredOrder};
use paylink::{Accounts, Capability};
use serde::Deserialize;

use super::frame::{Frame, Page, leads_to, shown};
use super::{Operator, filters, path_of};
use crate::api::to_the_end;
use crate::keys::{KeyLine, Right, Rights};
use crate::problem::{Problem, ProblemKind};
use crate::service::Service;
use crate::store::refunds::{Refund, RefundState};

/// Something that can be done with an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Action {
    Check,
    Acknowledge,
    Resend,
    StartOver,
    Disable,
    Refund,
}

impl Action {
    pub(super) const ALL: [Action; 6] = [
        Action::Check,
        Action::Acknowledge,
        Action::Resend,
        Action::StartOver,
        Action::Disable,
        Action::Refund,
    ];

    /// The last part of its path, which is also its word in the audit log.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Action::Check => "check",
            Action::Acknowledge => "acknowledge",
            Action::Resend => "resend-link",
            Action::StartOver => "start-over",
            Action::Disable => "disable",
            Action::Refund => "refund",
        }
    }

    fn parse(word: &str) -> Result<Action, Problem> {
        let found = Action::ALL.into_iter().find(|it| it.as_str() == word);
        let none = || Problem::new(ProblemKind::NotFound, "there is no such action");
        found.ok_or_else(none)
    }

    /// Whether it moves money or cannot be undone: then the order's name is typed.
    pub(super) fn is_final(self) -> bool {
        match self {
            Action::Check | Action::Resend => false,
            Action::Acknowledge | Action::StartOver | Action::Disable | Action::Refund => true,
        }
    }

    /// Whether it makes sense for an order that stands so, its provider offers it, and the key may do it.
    pub(super) fn is_offered(
        self,
        order: &StoredOrder,
        refund: Option<&Refund>,
        accounts: &Accounts,
        rights: Rights,
    ) -> bool {
        let ledger = order.ledger();
        let offers = |account: &str, capability| {
            let account = accounts.get(account);
            account.is_ok_and(|it| it.capabilities().support(capability).is_supported())
        };
        let is_begun = matches!(ledger.stage(), Stage::Creating | Stage::Open | Stage::Over);
        let can_be_paid = is_begun && ledger.created().is_some();
        match self {
            Action::Check | Action::StartOver => is_begun,
            Action::Acknowledge => ledger.stage() == Stage::AwaitingDelivery,
            Action::Resend => can_be_paid && offers(order.account(), Capability::Resend),
            Action::Disable => can_be_paid && offers(order.account(), Capability::Disable),
            Action::Refund => {
                let is_done = refund.is_some_and(|it| it.state == RefundState::Done);
                let paid = ledger.delivery().filter(|_| !is_done);
                rights.have(Right::Refund)
                    && paid.is_some_and(|it| offers(it.account(), Capability::Refund))
            }
        }
    }

    async fn carry_out(
        self,
        service: &Service,
        order: &str,
        reference: &str,
        who: &KeyLine,
    ) -> Result<(), Problem> {
        match self {
            Action::Check => service.check(order).await.map(drop),
            Action::Acknowledge => {
                let done = service.acknowledge(order).await.map(drop);
                self.written(service, order, who, done).await
            }
            Action::Resend => {
                let done = service.resend(order).await.map(drop);
                self.written(service, order, who, done).await
            }
            // These write what they do themselves.
            Action::StartOver => service.start_over(order, reference, who).await.map(drop),
            Action::Disable => service.disable(order, who).await.map(drop),
            Action::Refund => service.give_back(order, who).await.map(drop),
        }
    }

    /// Writes into the audit log what came of it.
    async fn written(
        self,
        service: &Service,
        order: &str,
        who: &KeyLine,
        done: Result<(), Problem>,
    ) -> Result<(), Problem> {
        let outcome = done.as_ref().map_or_else(Problem::detail, |()| "done");
        let who = who.who();
        let log = service
            .store
            .audit(&who, self.as_str(), Some(order), outcome);
        log.await?;
        done
    }
}

#[derive(Template)]
#[template(path = "operator/confirm.html")]
struct Confirm<'a> {
    frame: &'a Frame,
    action: Action,
    name: &'a str,
    order: &'a StoredOrder,
    reference: String,
    typed_wrong: bool,
}

impl Confirm<'_> {
    fn path(&self) -> String {
        format!("{}/{}", path_of(self.name), self.action.as_str())
    }
}

/// Asks whether it is to be done.
pub(super) async fn ask(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Path((name, word)): Path<(String, String)>,
) -> Page {
    let (action, order) = of(&operator, &frame, &name, &word).await?;
    let own = order.payment().reference();
    let next = order.ledger().attempts().len().saturating_add(1);
    let page = Confirm {
        frame: &frame,
        action,
        name: &name,
        order: &order,
        reference: format!("{own}-{next}"),
        typed_wrong: false,
    };
    Ok(shown(StatusCode::OK, &page))
}

#[derive(Deserialize)]
pub(super) struct Confirmed {
    #[serde(default)]
    order: String,
    #[serde(default)]
    reference: String,
}

/// Does it.
pub(super) async fn carry_out(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Path((name, word)): Path<(String, String)>,
    Form(confirmed): Form<Confirmed>,
) -> Page {
    let (action, order) = of(&operator, &frame, &name, &word).await?;
    let Confirmed {
        order: typed,
        reference,
    } = confirmed;
    if action.is_final() && !is_name(&typed, &name) {
        let page = Confirm {
            frame: &frame,
            action,
            name: &name,
            order: &order,
            reference,
            typed_wrong: true,
        };
        return Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let who = Arc::clone(frame.key()?);
    let back = format!("{}?done={word}", path_of(&name));
    to_the_end(operator.service(), async move |service: Arc<Service>| {
        let done = action.carry_out(&service, &name, reference.trim(), &who);
        done.await
    })
    .await?;
    Ok(leads_to(&back))
}

/// The action and its order, if it is offered there.
async fn of(
    operator: &Operator,
    frame: &Frame,
    name: &str,
    word: &str,
) -> Result<(Action, StoredOrder), Problem> {
    let service = operator.service();
    let action = Action::parse(word)?;
    let order = service.desk.order(name).await?;
    let refund = service.store.refund(name).await?;
    let rights = frame.key()?.rights;
    if action == Action::Refund && !rights.have(Right::Refund) {
        let detail = "the API key has not the right refund: log in with one that has";
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    }
    if !action.is_offered(&order, refund.as_ref(), service.accounts(), rights) {
        let detail =
            "the order does not stand so, or its provider does not offer it: read the order";
        return Err(Problem::new(ProblemKind::Kept, detail));
    }
    Ok((action, order))
}

/// Whether a person typed an order's name: as it is or as it is shown, with the digits of any keyboard.
fn is_name(typed: &str, name: &str) -> bool {
    let latin = paylink::core::digits::latin;
    let shown = paylink::core::text::excerpt(name, 1_000);
    let typed = latin(typed.trim());
    typed == latin(name.trim()) || typed == latin(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_path_of_its_own() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()).ok(), Some(action));
        }
        assert!(Action::parse("settle").is_err());
    }

    #[test]
    fn a_name_is_typed_on_any_keyboard() {
        assert!(is_name(" ۱۰۰۰ ", "1000"));
        assert!(is_name("سفارش 7", "سفارش ۷"));
        assert!(is_name("a\u{202e}b", "a\u{202e}b") && is_name("a\\u{202e}b", "a\u{202e}b"));
        for typed in ["", "100", "10000", "order"] {
            assert!(!is_name(typed, "1000"), "{typed}");
        }
    }
}
