use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar;

/// Something that happened to a payment; `K` says what a provider's payments can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[non_exhaustive]
pub struct Event<K> {
    /// The sandbox time at which it happened.
    #[serde(with = "calendar::moment")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// What happened.
    pub kind: K,
}
