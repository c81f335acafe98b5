use url::form_urlencoded;

use crate::{FieldKey, Invalid, ReturnUrl};

/// The most bytes of a query, or of a form that a provider posts.
const MAX_BYTES: usize = 16 * 1024;

const QUERY: FieldKey = FieldKey::new("query", "query");

/// The parameters that a provider writes behind an address that it comes back to: the name of each, and the field under
/// which it is refused.
///
/// One list serves both ways: an address leaves these names free, and what comes back is read by them.
///
/// ```
/// use paylink_core::{FieldKey, ReturnFields, ReturnUrl};
///
/// const ID: FieldKey = FieldKey::new("invoice_id", "invoice id");
/// const FIELDS: ReturnFields<1> = ReturnFields::new([("invoiceId", ID)]);
///
/// assert!(FIELDS.leave_free(ReturnUrl::KEY, "https://shop.example/back?invoiceId=7").is_err());
/// let [id] = FIELDS.read_all("?order=1000&invoiceId=32157")?;
/// assert_eq!(id, "32157");
/// assert_eq!(FIELDS.read_all("order=1000").unwrap_err().key(), "invoice_id");
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReturnFields<const N: usize>([(&'static str, FieldKey); N]);

impl<const N: usize> ReturnFields<N> {
    /// Names the parameters.
    #[must_use]
    pub const fn new(fields: [(&'static str, FieldKey); N]) -> ReturnFields<N> {
        ReturnFields(fields)
    }

    /// Takes an address whose query holds none of these names; `field` is the one under which it is refused.
    ///
    /// # Errors
    ///
    /// As [`ReturnUrl::check_query_names`], and what cannot be an address: correct it.
    pub fn leave_free(
        &self,
        field: FieldKey,
        url: impl TryInto<ReturnUrl, Error: Into<Invalid>>,
    ) -> Result<ReturnUrl, Invalid> {
        let url = url
            .try_into()
            .map_err(|refused| refused.into().under(field))?;
        url.check_query_names(field, &self.0.map(|(name, _)| name))?;
        Ok(url)
    }

    /// Reads the values of these parameters from a query, with or without `?`, or from a form. Other names are the
    /// merchant's own and are passed over.
    ///
    /// # Errors
    ///
    /// More than 16 KiB, or a name that comes twice, of which a later reader may take either: ignore the request, and look
    /// the order up instead.
    pub fn read(&self, text: &str) -> Result<[Option<String>; N], Invalid> {
        if text.len() > MAX_BYTES {
            return Err(Invalid::new(QUERY, "is larger than 16 KiB").with_remedy("ignore it"));
        }
        let query = text.strip_prefix('?').unwrap_or(text);
        let mut values = [const { None }; N];
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            for ((known, field), slot) in self.0.iter().zip(values.iter_mut()) {
                if name == *known && slot.replace(value.clone().into_owned()).is_some() {
                    return Err(
                        Invalid::new(*field, "came twice").with_remedy("ignore the request")
                    );
                }
            }
        }
        Ok(values)
    }

    /// Reads the values as [`read`](ReturnFields::read) does, where each of them has to be there.
    ///
    /// # Errors
    ///
    /// As `read`, and a value that is missing: ignore the request, and look the order up instead.
    pub fn read_all(&self, text: &str) -> Result<[String; N], Invalid> {
        let values = self.read(text)?;
        for ((_, field), value) in self.0.iter().zip(&values) {
            if value.is_none() {
                return Err(Invalid::new(*field, "is missing")
                    .with_remedy("ignore the request; look the order up instead"));
            }
        }
        Ok(values.map(Option::unwrap_or_default))
    }
}
