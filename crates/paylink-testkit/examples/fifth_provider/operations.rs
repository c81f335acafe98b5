use std::marker::PhantomData;

use paylink_core::{
    ClientConfig, ComparedField, ContentType, DecodeError, FieldKey, Handle, Idempotency, Invalid,
    Lookup, Mismatch, Money, Operation, Request, Response, Rial,
};
use serde::Serialize;

use super::account::KioskConfig;
use super::payment::{self, Found, KioskPayment};

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
        let payment = payment::one(response)?;
        // An answer to somebody else's question is not ours.
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

/// Looks for payments; it finds one by its id, one by its order, or a page of all.
pub(crate) struct FindPayments(Vec<(&'static str, String)>);

impl FindPayments {
    pub(crate) fn by_id(id: &str) -> FindPayments {
        FindPayments(vec![("id", id.to_owned())])
    }

    pub(crate) fn by_order(order: &str) -> FindPayments {
        FindPayments(vec![("order", order.to_owned())])
    }

    pub(crate) fn page(day: Option<String>, after: Option<&str>) -> FindPayments {
        let day = day.map(|day| ("day", day));
        let after = after.map(|after| ("after", after.to_owned()));
        FindPayments(day.into_iter().chain(after).collect())
    }
}

impl Operation for FindPayments {
    type Config = KioskConfig;
    type Output = Found;

    const NAME: &'static str = "find-payments";
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, config: &KioskConfig) -> Result<Request, Invalid> {
        let pairs: Vec<(&str, &str)> = self.0.iter().map(|(name, it)| (*name, &**it)).collect();
        let endpoint = config.base_url().endpoint("payments")?.with_query(&pairs);
        Ok(Request::get(&endpoint).header(config.key()))
    }

    fn decode(&self, _: &KioskConfig, response: Response<'_>) -> Result<Found, DecodeError> {
        payment::several(response)
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
}

pub(crate) struct Confirm;
pub(crate) struct Refund;
pub(crate) struct Cancel;

impl Verb for Confirm {
    const NAME: &'static str = "confirm";
    // Kiosk says: confirming a confirmed payment changes nothing.
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
}

impl Verb for Refund {
    const NAME: &'static str = "refund";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
}

impl Verb for Cancel {
    const NAME: &'static str = "cancel";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
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

    fn decode(&self, _: &KioskConfig, response: Response<'_>) -> Result<KioskPayment, DecodeError> {
        let payment = payment::one(response)?;
        bound(ComparedField::Reference, &self.id, &payment.id)?;
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

fn bound<T: PartialEq + std::fmt::Display + ?Sized>(
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
