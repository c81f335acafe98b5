use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a completed invoice answers to being verified again, on which ZiPay's document is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecondVerify {
    /// With success and the completed invoice; the money does not move again.
    #[default]
    AnswersCompleted,
    /// With a refusal.
    Refuses,
}

/// The form of a webhook's body, on which ZiPay's document is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WebhookEncoding {
    /// `application/x-www-form-urlencoded`.
    #[default]
    Form,
    /// `application/json`.
    Json,
}

/// What can be chosen about the sandboxed ZiPay while it runs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Settings {
    pub(super) second_verify: SecondVerify,
    pub(super) webhook_encoding: WebhookEncoding,
}
