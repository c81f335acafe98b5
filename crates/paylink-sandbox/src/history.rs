use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;

/// Something that happened to a payment; `K` says what a provider's payments can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Event<K> {
    /// The sandbox time at which it happened.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// What happened.
    pub kind: K,
}
