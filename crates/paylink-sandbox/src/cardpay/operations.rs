//! The script's four documented operations, one file each.

mod carts;
mod check;
mod create;
mod set_card;

use axum::http::Method;
use axum::response::Response;

use super::CardpaySandbox;
use super::code::Code;
use super::fields::Fields;

/// The names of the operations: the last segments of their paths.
pub(super) const NAMES: &[&str] = &["create", "setCard", "check", "carts"];

/// One of the script's operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    SetCard,
    Check,
    Carts,
}

/// A request that carries the merchant's token.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) cardpay: &'a CardpaySandbox,
    pub(super) fields: &'a Fields,
}

impl Operation {
    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [Self::Create, Self::SetCard, Self::Check, Self::Carts];
        all.into_iter().find(|operation| operation.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::SetCard => "setCard",
            Self::Check => "check",
            Self::Carts => "carts",
        }
    }

    pub(super) fn method(self) -> Method {
        match self {
            Self::Create | Self::SetCard => Method::POST,
            Self::Check | Self::Carts => Method::GET,
        }
    }

    pub(super) fn execute(self, call: &Call<'_>) -> Result<Response, Code> {
        match self {
            Self::Create => create::execute(call),
            Self::SetCard => set_card::execute(call),
            Self::Check => check::execute(call),
            Self::Carts => Ok(carts::execute(call)),
        }
    }
}
