pub(crate) mod call;
pub(crate) mod inquiry;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod search;

pub use call::{Call, Prepared, SendingWindow};
pub use inquiry::Inquiry;
pub use request::{ContentType, Header, Method, Request};
pub use response::{DecodeError, Response, Untrusted};
pub use search::{Page, Pages, SearchOutcome, search};

use crate::{BaseUrl, Handle, Idempotency, Invalid, Lookup};

/// One thing that a provider does, as a value that performs no I/O.
///
/// It turns itself into the bytes of a request and the bytes of an answer into its output; a
/// [`Transport`](crate::Transport) does what lies between. So each operation is tested without a socket.
pub trait Operation: Send + Sync {
    /// The merchant's account with the provider: credentials, addresses, options.
    type Config: ClientConfig;

    /// What a successful answer yields.
    type Output: Send;

    /// The operation's name in errors and logs, after the provider's own: `create-invoice`.
    const NAME: &'static str;

    /// What sending it twice would do.
    const IDEMPOTENCY: Idempotency;

    /// How its outcome can be found out afterwards.
    const LOOKUP: Lookup;

    /// Writes the complete, signed request.
    ///
    /// # Errors
    ///
    /// What the account lacks for this operation; nothing was sent.
    fn request(&self, config: &Self::Config) -> Result<Request, Invalid>;

    /// Reads the answer.
    ///
    /// # Errors
    ///
    /// Says whether the provider refused, failed, answered about something else, or cannot be trusted.
    fn decode(
        &self,
        config: &Self::Config,
        response: Response<'_>,
    ) -> Result<Self::Output, DecodeError>;

    /// The most bytes an answer may have: 256 KiB unless the operation says otherwise.
    fn max_response_bytes(&self, _config: &Self::Config) -> usize {
        256 * 1024
    }

    /// What the answer has to be written in, going by its content type: JSON unless the operation says otherwise.
    fn accepts(&self, _config: &Self::Config) -> MediaType {
        MediaType::Json
    }

    /// Whether the provider documents that it refuses with HTTP status 500. Without such a word a 5xx proves nothing.
    fn refusals_use_500(&self, _config: &Self::Config) -> bool {
        false
    }

    /// Whether the provider documents that it also reports with HTTP status 500, a payment's expiry say. Without such a
    /// word an output under an error status is a contradiction.
    fn reports_use_500(&self, _config: &Self::Config) -> bool {
        false
    }

    /// Why the provider does not offer this on the way that the account chose; `None` if it does.
    ///
    /// What it says becomes the error's message, of kind [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported),
    /// before anything is written.
    fn unsupported(&self, _config: &Self::Config) -> Option<&'static str> {
        None
    }

    /// Whether the answer may fail to say what it is about, so that even a read has to have a connection to itself: on a
    /// kept one, an answer that came too many would be taken for this one's.
    fn needs_fresh_connection(&self, _config: &Self::Config) -> bool {
        false
    }

    /// Adds to a fresh handle what finds this operation's outcome again. Never a secret.
    fn fill_handle(&self, config: &Self::Config, handle: Handle) -> Handle;
}

/// A merchant's account with one provider.
pub trait ClientConfig: Send + Sync {
    /// The provider's name in errors, logs and handles: `zipay`.
    const PROVIDER: &'static str;

    /// Where the provider is.
    fn base_url(&self) -> &BaseUrl;

    /// Whether answers are read whatever content type they carry. `false` unless the merchant asks for it.
    fn accepts_any_content_type(&self) -> bool {
        false
    }
}

/// What an answer is written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum MediaType {
    /// `application/json`, `text/json` or `application/…+json`.
    Json,
    /// `text/xml`, `application/xml` or `application/…+xml`.
    Xml,
}

impl MediaType {
    /// What a request that is answered in this form says in `Accept`.
    pub(crate) fn accepted(self) -> &'static str {
        match self {
            MediaType::Json => "application/json",
            MediaType::Xml => "text/xml, application/xml",
        }
    }

    /// Whether a content type names this form; its parameters do not matter.
    pub(crate) fn is_named_by(self, content_type: &str) -> bool {
        let name = match self {
            MediaType::Json => "json",
            MediaType::Xml => "xml",
        };
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let Some((kind, form)) = essence.split_once('/') else {
            return false;
        };
        let plain = form.eq_ignore_ascii_case(name);
        let suffixed = form
            .rsplit_once('+')
            .is_some_and(|(_, suffix)| suffix.eq_ignore_ascii_case(name));
        (kind.eq_ignore_ascii_case("application") && (plain || suffixed))
            || (kind.eq_ignore_ascii_case("text") && plain)
    }
}

#[cfg(test)]
mod tests {
    use super::MediaType;

    #[test]
    fn content_types_are_told_apart() {
        for good in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
            "application/problem+json",
            "text/json",
        ] {
            assert!(MediaType::Json.is_named_by(good), "{good}");
        }
        for bad in [
            "text/html",
            "text/html; x=application/json",
            "json",
            "",
            "application/jsonp",
            "text/x+json",
            "image/json",
        ] {
            assert!(!MediaType::Json.is_named_by(bad), "{bad}");
        }
        assert!(MediaType::Xml.is_named_by("text/xml; charset=utf-8"));
        assert!(MediaType::Xml.is_named_by("application/soap+xml"));
    }
}
