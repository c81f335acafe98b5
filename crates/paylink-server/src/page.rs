//! What all pages for people share: their style and their policy.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The whole style, inline in every page: nothing is fetched.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// The style of the page itself, forms that lead to the service, and nothing from elsewhere.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});
