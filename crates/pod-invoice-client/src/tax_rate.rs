use std::fmt;
use std::str::FromStr;

use paylink_core::{Currency, FieldKey, Invalid, Money, digits};

const TAX_RATE: FieldKey = FieldKey::new("tax_rate", "tax rate");

/// A tax as a part of the amount, from 0 to 1, exact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TaxRate(String);

impl FromStr for TaxRate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<TaxRate, Invalid> {
        let wrong = || {
            Invalid::new(TAX_RATE, "is not a part of the amount")
                .value(text)
                .remedy("write it from 0 to 1, such as 0.1 for ten per cent")
        };
        // An amount is read as a plain decimal too, in any of the three scripts.
        let exact = Money::new(text, Currency::Irr).map_err(|_| wrong())?;
        let plain = digits::latin(&exact.amount()).into_owned();
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let up_to_one = match whole {
            "0" => true,
            "1" => fraction.bytes().all(|digit| digit == b'0'),
            _ => false,
        };
        if up_to_one {
            Ok(TaxRate(plain))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for TaxRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::TaxRate;

    #[test]
    fn rates_are_parts() {
        for (text, read) in [
            ("0", "0"),
            ("0.09", "0.09"),
            ("۰٫۱", "0.1"),
            ("1", "1"),
            ("1.0", "1.0"),
        ] {
            assert_eq!(text.parse::<TaxRate>().unwrap().to_string(), read);
        }
        for bad in ["", "9", "1.01", "-0.1", "9%", ".1", "10"] {
            assert!(bad.parse::<TaxRate>().is_err(), "{bad}");
        }
    }
}
