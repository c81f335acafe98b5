//! URLs: a browser's, a webhook's, a provider's.

pub(crate) mod endpoint;
mod return_fields;
pub(crate) mod return_url;
pub(crate) mod web_url;

pub use endpoint::{BaseUrl, Endpoint};
pub use return_fields::ReturnFields;
pub use return_url::ReturnUrl;
pub use web_url::WebUrl;
