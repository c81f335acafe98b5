use paylink_core::text::check_name;
use paylink_core::{Invalid, checked_name};

/// The most characters of a trackid. The documented ones are UUIDs of 36.
const LONGEST_ID: usize = 64;

/// The most characters of an invoice number (document "Create Invoice"; proven).
const LONGEST_NUMBER: usize = 200;

checked_name! {
    /// ZiPay's id of an invoice: ASCII letters, digits, `-` and `_`, as it came.
    ///
    /// ```
    /// use zipay_client::TrackId;
    ///
    /// let id: TrackId = "de7d44ae-9df9-487f-a175-ade1ecfab28b".parse()?;
    /// assert!("../7".parse::<TrackId>().is_err());
    /// # Ok::<(), zipay_client::Invalid>(())
    /// ```
    TrackId("trackid", "trackid"), check_track_id
}

checked_name! {
    /// The merchant's own number of an invoice: 1 to 200 characters that can be seen, unique per terminal.
    ///
    /// ```
    /// use zipay_client::InvoiceNumber;
    ///
    /// assert!("1000".parse::<InvoiceNumber>().is_ok());
    /// assert!("".parse::<InvoiceNumber>().is_err());
    /// assert!("x".repeat(201).parse::<InvoiceNumber>().is_err());
    /// ```
    InvoiceNumber("invoice_number", "invoice number"),
    |text| check_name(InvoiceNumber::KEY, text, LONGEST_NUMBER)
}

fn check_track_id(text: &str) -> Result<(), Invalid> {
    let may_hold = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let problem = match text {
        "" => "is empty",
        text if text.len() > LONGEST_ID => "is longer than 64 characters",
        text if !text.bytes().all(may_hold) => "holds a character that no trackid has",
        _ => return Ok(()),
    };
    Err(Invalid::new(TrackId::KEY, problem)
        .with_value(text)
        .with_remedy("give it as ZiPay wrote it, such as de7d44ae-9df9-487f-a175-ade1ecfab28b"))
}
