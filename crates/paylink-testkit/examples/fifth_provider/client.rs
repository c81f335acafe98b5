use std::fmt;
use std::marker::PhantomData;

use paylink_core::json::{Wire, from_object};
use paylink_core::{
    BaseUrl, Call, ClientConfig, ComparedField, ContentType, DecodeError, FieldKey, Handle, Header,
    Idempotency, Invalid, Lookup, Mismatch, Money, Operation, Reason, Refusal, Request, Response,
    Rial, Transport, Untrusted, WebUrl,
};
use serde::{Deserialize, Serialize};

/// A shop's account with Kiosk. Its `Debug` shows no key.
pub(crate) struct KioskConfig {
    base_url: BaseUrl,
    key: Header,
    shop: String,
}

/// A client of Kiosk.
pub(crate) struct Kiosk {
    transport: Transport,
    config: KioskConfig,
}

impl Kiosk {
    /// A client of the shop of this number.
    pub(crate) fn new(
        base_url: &str,
        key: &str,
        shop: &str,
        transport: Transport,
    ) -> Result<Kiosk, Invalid> {
        let config = KioskConfig {
            base_url: BaseUrl::parse(base_url)?,
            key: Header::secret("x-kiosk-key", key)?,
            shop: shop.to_owned(),
        };
        Ok(Kiosk { transport, config })
    }

    pub(crate) fn shop(&self) -> &str {
        self.config.shop()
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Reads an answer as the transport would have it read.
    #[cfg(test)]
    pub(crate) fn decode<O: Operation<Config = KioskConfig>>(
        &self,
        operation: &O,
        response: Response<'_>,
    ) -> Result<O::Output, DecodeError> {
        operation.decode(&self.config, response)
    }

    /// Any of Kiosk's operations, ready to go.
    pub(crate) fn call<O: Operation<Config = KioskConfig>>(&self, operation: O) -> Call<'_, O> {
        Call::new(&self.transport, &self.config, operation)
    }
}

impl KioskConfig {
    pub(crate) fn key(&self) -> &Header {
        &self.key
    }

    pub(crate) fn shop(&self) -> &str {
        &self.shop
    }
}

impl ClientConfig for KioskConfig {
    const PROVIDER: &'static str = "kiosk";

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }
}

impl fmt::Debug for Kiosk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kiosk")
            .field("shop", &self.config.shop)
            .finish_non_exhaustive()
    }
}

/// Creates a payment.
#[derive(Serialize)]
pub(crate) struct CreatePayment {
    pub(crate) order: String,
    #[serde(serialize_with = "number")]
    pub(crate) rial: Rial,
    pub(crate) return_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

impl Operation for CreatePayment {
    type Config = KioskConfig;
    type Output = KioskPayment;

    const NAME: &'static str = "create-payment";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByReference;

    fn request(&self, config: &KioskConfig) -> Result<Request, Invalid> {
        post(config, "payments", self)
    }

    fn decode(
        &self,
        config: &KioskConfig,
        response: Response<'_>,
    ) -> Result<KioskPayment, DecodeError> {
        let payment = one(response)?;
        // The answer to another question proves nothing about this one.
        bound(ComparedField::Order, &self.order, &payment.order)?;
        bound(ComparedField::Merchant, config.shop(), &payment.shop)?;
        bound(
            ComparedField::Amount,
            &Money::from(self.rial),
            &payment.amount,
        )?;
        Ok(payment)
    }

    fn fill_handle(&self, config: &KioskConfig, handle: Handle) -> Handle {
        handle
            .with_reference(&self.order)
            .with_merchant(config.shop())
            .with_amount(Money::from(self.rial))
    }
}

/// Looks for payments: one by its id, one by its order, or a page of all.
pub(crate) struct FindPayments {
    filters: Vec<(&'static str, String)>,
    wanted: Wanted,
}

/// What the answer may hold, whatever the server makes of the filters.
enum Wanted {
    Id(String),
    Order(String),
    Page,
}

impl FindPayments {
    pub(crate) fn by_id(id: &str) -> FindPayments {
        FindPayments {
            filters: vec![("id", id.to_owned())],
            wanted: Wanted::Id(id.to_owned()),
        }
    }

    pub(crate) fn by_order(order: &str) -> FindPayments {
        FindPayments {
            filters: vec![("order", order.to_owned())],
            wanted: Wanted::Order(order.to_owned()),
        }
    }

    pub(crate) fn page(day: Option<String>, after: Option<&str>) -> FindPayments {
        let day = day.map(|day| ("day", day));
        let after = after.map(|after| ("after", after.to_owned()));
        FindPayments {
            filters: day.into_iter().chain(after).collect(),
            wanted: Wanted::Page,
        }
    }
}

impl Operation for FindPayments {
    type Config = KioskConfig;
    type Output = Found;

    const NAME: &'static str = "find-payments";
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, config: &KioskConfig) -> Result<Request, Invalid> {
        let filters = self.filters.iter();
        let pairs: Vec<(&str, &str)> = filters.map(|(name, it)| (*name, &**it)).collect();
        let endpoint = config.base_url().endpoint("payments")?.with_query(&pairs);
        Ok(Request::get(&endpoint).header(config.key()))
    }

    fn decode(&self, config: &KioskConfig, response: Response<'_>) -> Result<Found, DecodeError> {
        let found = several(response)?;
        // A filter that was passed over brings payments that nobody asked for.
        for payment in &found.payments {
            bound(ComparedField::Merchant, config.shop(), &payment.shop)?;
            match &self.wanted {
                Wanted::Id(id) => bound(ComparedField::Reference, id, &payment.id)?,
                Wanted::Order(order) => bound(ComparedField::Order, order, &payment.order)?,
                Wanted::Page => {}
            }
        }
        let is_one = found.payments.len() <= 1 && found.next.is_none();
        if is_one || matches!(self.wanted, Wanted::Page) {
            Ok(found)
        } else {
            Err(Untrusted::new("more than one payment came, or a list that goes on").into())
        }
    }

    /// An empty list does not say what it answers.
    fn needs_fresh_connection(&self, _: &KioskConfig) -> bool {
        true
    }

    fn fill_handle(&self, _: &KioskConfig, handle: Handle) -> Handle {
        handle
    }
}

/// Changes a payment: [`Confirm`], [`Refund`] or [`Cancel`].
#[derive(Serialize)]
pub(crate) struct Change<V> {
    id: String,
    #[serde(skip)]
    verb: PhantomData<V>,
}

pub(crate) trait Verb: Send + Sync {
    const NAME: &'static str;
    const IDEMPOTENCY: Idempotency;
    /// The state of a payment that was changed.
    const LEADS_TO: &'static str;
}

pub(crate) struct Confirm;
pub(crate) struct Refund;
pub(crate) struct Cancel;

impl Verb for Confirm {
    const NAME: &'static str = "confirm";
    // Kiosk says: confirming a confirmed payment changes nothing.
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const LEADS_TO: &'static str = "confirmed";
}

impl Verb for Refund {
    const NAME: &'static str = "refund";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LEADS_TO: &'static str = "refunded";
}

impl Verb for Cancel {
    const NAME: &'static str = "cancel";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LEADS_TO: &'static str = "cancelled";
}

impl<V> Change<V> {
    pub(crate) fn of(id: &str) -> Change<V> {
        Change {
            id: id.to_owned(),
            verb: PhantomData,
        }
    }
}

impl<V: Verb> Operation for Change<V> {
    type Config = KioskConfig;
    type Output = KioskPayment;

    const NAME: &'static str = V::NAME;
    const IDEMPOTENCY: Idempotency = V::IDEMPOTENCY;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &KioskConfig) -> Result<Request, Invalid> {
        post(config, V::NAME, self)
    }

    fn decode(
        &self,
        config: &KioskConfig,
        response: Response<'_>,
    ) -> Result<KioskPayment, DecodeError> {
        let payment = one(response)?;
        bound(ComparedField::Reference, &self.id, &payment.id)?;
        bound(ComparedField::Merchant, config.shop(), &payment.shop)?;
        if payment.state != V::LEADS_TO {
            return Err(
                Untrusted::new("the payment is not in the state that was asked for").into(),
            );
        }
        Ok(payment)
    }

    fn fill_handle(&self, config: &KioskConfig, handle: Handle) -> Handle {
        handle.with_merchant(config.shop()).with_id("id", &self.id)
    }
}

fn post(config: &KioskConfig, path: &str, body: &impl Serialize) -> Result<Request, Invalid> {
    let body = serde_json::to_vec(body)
        .map_err(|_| Invalid::new(FieldKey::new("body", "body"), "cannot be written as JSON"))?;
    let endpoint = config.base_url().endpoint(path)?;
    Ok(Request::post(&endpoint, ContentType::Json, body).header(config.key()))
}

fn bound<T: PartialEq + fmt::Display + ?Sized>(
    field: ComparedField,
    asked: &T,
    answered: &T,
) -> Result<(), Mismatch> {
    if asked == answered {
        return Ok(());
    }
    Err(Mismatch::new(field, asked, answered))
}

/// Kiosk wants the amount as a bare number.
fn number<S: serde::Serializer>(rial: &Rial, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(rial.get())
}

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
