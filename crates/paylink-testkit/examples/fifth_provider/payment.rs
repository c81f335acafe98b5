use paylink_core::json::{Wire, from_object};
use paylink_core::{
    DecodeError, FieldKey, Money, Reason, Refusal, Response, Rial, Untrusted, WebUrl,
};
use serde::Deserialize;

/// A payment as Kiosk reports it. Every field decides about money, so none has a default.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct KioskPayment {
    pub(crate) id: String,
    pub(crate) order: String,
    pub(crate) shop: String,
    pub(crate) amount: Money,
    pub(crate) state: String,
    pub(crate) link: WebUrl,
    /// In seconds since 1970.
    pub(crate) payable_until: u64,
}

/// Payments, and where their list goes on.
pub(crate) struct Found {
    pub(crate) payments: Vec<KioskPayment>,
    pub(crate) next: Option<String>,
}

/// Reads one payment.
pub(crate) fn one(response: Response<'_>) -> Result<KioskPayment, DecodeError> {
    accepted(response)?;
    let wire: WirePayment = from_object(response.text())?;
    Ok(wire.read()?)
}

/// Reads a list of payments.
pub(crate) fn several(response: Response<'_>) -> Result<Found, DecodeError> {
    accepted(response)?;
    let wire: WireFound = from_object(response.text())?;
    let payments = wire.payments.required("payments")?.into_iter();
    Ok(Found {
        payments: payments
            .map(|paylink_core::json::Object(it)| it.read())
            .collect::<Result<_, _>>()?,
        next: wire.next.optional("next")?,
    })
}

#[derive(Deserialize)]
struct WirePayment {
    #[serde(default)]
    id: Wire<String>,
    #[serde(default)]
    order: Wire<String>,
    #[serde(default)]
    shop: Wire<String>,
    #[serde(default)]
    rial: Wire<u64>,
    #[serde(default)]
    state: Wire<String>,
    #[serde(default)]
    link: Wire<String>,
    #[serde(default)]
    payable_until: Wire<u64>,
}

#[derive(Deserialize)]
struct WireFound {
    #[serde(default)]
    payments: Wire<Vec<paylink_core::json::Object<WirePayment>>>,
    #[serde(default)]
    next: Wire<String>,
}

/// Kiosk refuses with a status of 4xx and `{"error":"…"}`; without that envelope a status proves nothing.
#[derive(Deserialize)]
struct WireError {
    #[serde(default)]
    error: Wire<String>,
}

impl WirePayment {
    fn read(self) -> Result<KioskPayment, Untrusted> {
        let link = self.link.required("link")?;
        Ok(KioskPayment {
            id: self.id.required("id")?,
            order: self.order.required("order")?,
            shop: self.shop.required("shop")?,
            amount: Money::from(Rial::new(self.rial.required("rial")?)),
            state: self.state.required("state")?,
            link: WebUrl::parse(FieldKey::new("link", "link"), &link)
                .map_err(|_| Untrusted::new("link is no URL"))?,
            payable_until: self.payable_until.required("payable_until")?,
        })
    }
}

fn accepted(response: Response<'_>) -> Result<(), DecodeError> {
    if response.is_success() {
        return Ok(());
    }
    let wire: WireError = from_object(response.text())?;
    let code = wire.error.required("error")?;
    let reason = match code.as_str() {
        "bad-key" => Reason::BadCredentials,
        "no-such-payment" => Reason::NotFound,
        "order-taken" => Reason::DuplicateOrder,
        _ => Reason::Other,
    };
    Err(DecodeError::Refused(Box::new(Refusal::new(&code, reason))))
}
