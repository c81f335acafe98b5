//! [`Money`] as `{"amount":"100.99","currency":"USD"}`, and nothing else as [`Money`].

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Money, exact};
use crate::{Invalid, from_text};

const AMOUNT: &str = "amount";
const CURRENCY: &str = "currency";

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut money = serializer.serialize_struct("Money", 2)?;
        money.serialize_field(AMOUNT, &self.amount())?;
        money.serialize_field(CURRENCY, &self.currency())?;
        money.end()
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        deserializer.deserialize_struct("Money", &[AMOUNT, CURRENCY], MoneyVisitor)
    }
}

/// Written by hand because a derived one would take an array for the two fields.
struct MoneyVisitor;

impl<'de> Visitor<'de> for MoneyVisitor {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with amount and currency")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Money, A::Error> {
        let mut amount = None;
        let mut currency = None;
        while let Some(field) = map.next_key()? {
            match field {
                Field::Amount if amount.is_some() => return Err(A::Error::duplicate_field(AMOUNT)),
                Field::Amount => amount = Some(map.next_value::<Amount>()?.0),
                Field::Currency if currency.is_some() => {
                    return Err(A::Error::duplicate_field(CURRENCY));
                }
                Field::Currency => currency = Some(map.next_value()?),
            }
        }
        Ok(Money {
            amount: amount.ok_or_else(|| A::Error::missing_field(AMOUNT))?,
            currency: currency.ok_or_else(|| A::Error::missing_field(CURRENCY))?,
        })
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Field {
    Amount,
    Currency,
}

struct Amount(Decimal);

impl FromStr for Amount {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Amount, Invalid> {
        exact::read(text).map(Amount)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        from_text::deserialize(deserializer)
    }
}
