//! The parameters of requests, and what is refused about them.

use std::time::SystemTime;

use jalali_calendar::JalaliDateTime;
use rust_decimal::Decimal;
use url::Url;

use super::api::Params;
use super::ledger::Delegations;
use super::refusal::Refusal;
use crate::calendar;

/// The only wallet there is.
const WALLET: &str = "PODLAND_WALLET";

impl Params {
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    pub(super) fn required_id(&self, name: &str) -> Result<u64, Refusal> {
        self.id(name)?.ok_or_else(|| Refusal::missing(name))
    }

    pub(super) fn id(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.read(name, digits)
    }

    pub(super) fn ids(&self, name: &str) -> Result<Vec<u64>, Refusal> {
        self.read_all(name, digits)
    }

    /// Reads a list of positive decimals.
    pub(super) fn decimals(&self, name: &str) -> Result<Vec<Decimal>, Refusal> {
        self.read_all(name, |text| {
            decimal(text).filter(|value| *value > Decimal::ZERO)
        })
    }

    /// Reads a decimal from 0 to 1.
    pub(super) fn rate(&self, name: &str) -> Result<Option<Decimal>, Refusal> {
        self.read(name, |text| {
            decimal(text).filter(|value| *value <= Decimal::ONE)
        })
    }

    /// Reads a truth value; the SDK for Python writes it with a capital letter.
    pub(super) fn truth(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.read(name, |text| match text {
            "true" | "True" => Some(true),
            "false" | "False" => Some(false),
            _ => None,
        })
    }

    pub(super) fn url(&self, name: &str) -> Result<Option<Url>, Refusal> {
        self.read(name, web_url)
    }

    /// Reads a Jalali date as the moment at which that day begins in Tehran.
    pub(super) fn day(&self, name: &str) -> Result<Option<SystemTime>, Refusal> {
        self.read(name, day)
    }

    /// Reads a Jalali date and a time of day in Tehran.
    pub(super) fn moment(&self, name: &str) -> Result<Option<SystemTime>, Refusal> {
        self.read(name, moment)
    }

    /// Checks that the wallet is named where it must be.
    pub(super) fn required_wallet(&self) -> Result<(), Refusal> {
        match self.get("wallet") {
            Some(WALLET) => Ok(()),
            _ => Err(Refusal::WALLET_MISSING),
        }
    }

    /// Returns whether the wallet is named.
    pub(super) fn wallet(&self) -> Result<bool, Refusal> {
        match self.get("wallet") {
            None => Ok(false),
            Some(WALLET) => Ok(true),
            Some(_) => Err(Refusal::invalid("wallet")),
        }
    }

    pub(super) fn delegations(&self) -> Result<Delegations, Refusal> {
        Ok(Delegations {
            delegators: self.ids("delegatorId")?,
            hashes: self.all("delegationHash").map(str::to_owned).collect(),
            alone: self.truth("forceDelegation")?.unwrap_or(false),
        })
    }

    fn read<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        self.get(name)
            .map(|text| parse(text).ok_or_else(|| Refusal::invalid(name)))
            .transpose()
    }

    fn read_all<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Refusal> {
        self.all(name)
            .map(|text| parse(text).ok_or_else(|| Refusal::invalid(name)))
            .collect()
    }
}

/// Reads an address a browser can be sent to.
pub(super) fn web_url(text: &str) -> Option<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn digits(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn decimal(text: &str) -> Option<Decimal> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain.then(|| Decimal::from_str_exact(text).ok()).flatten()
}

/// Reads `yyyy/mm/dd` as the moment at which that day begins.
pub(super) fn day(text: &str) -> Option<SystemTime> {
    let [year, month, day] = split(text, '/', [4, 2, 2])?;
    let date = JalaliDateTime::new(i32::try_from(year).ok()?, month, day, 0, 0, 0).ok()?;
    calendar::from_tehran(&date)
}

/// Reads `yyyy/mm/dd HH:MM:SS`.
pub(super) fn moment(text: &str) -> Option<SystemTime> {
    let (date, time) = text.split_once(' ')?;
    let [year, month, day] = split(date, '/', [4, 2, 2])?;
    let [hour, minute, second] = split(time, ':', [2, 2, 2])?;
    let year = i32::try_from(year).ok()?;
    let moment = JalaliDateTime::new(year, month, day, hour, minute, second).ok()?;
    calendar::from_tehran(&moment)
}

/// Writes `yyyy/mm/dd HH:MM:SS`.
pub(super) fn write_moment(time: SystemTime) -> Option<String> {
    let there = calendar::tehran(time)?;
    Some(format!(
        "{:04}/{:02}/{:02} {:02}:{:02}:{:02}",
        there.year(),
        there.month(),
        there.day(),
        there.hour(),
        there.minute(),
        there.second()
    ))
}

/// Splits digits of exactly these lengths.
fn split(text: &str, mark: char, lengths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(mark);
    let mut numbers = [0; 3];
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let part = parts.next()?;
        let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = digits.then(|| part.parse().ok()).flatten()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn params(form: &str) -> Params {
        Params::decode(form.as_bytes())
    }

    #[test]
    fn truth_is_read_as_every_sdk_writes_it() {
        for (form, truth) in [
            ("true", true),
            ("True", true),
            ("false", false),
            ("False", false),
        ] {
            assert_eq!(params(&format!("v={form}")).truth("v"), Ok(Some(truth)));
        }
        assert_eq!(params("v=1").truth("v"), Err(Refusal::invalid("v")));
        assert_eq!(params("").truth("v"), Ok(None));
    }

    #[test]
    fn numbers_are_digits() {
        assert_eq!(params("v=007").id("v"), Ok(Some(7)));
        for bad in ["v=-1", "v=%2B1", "v=1.0", "v=%DB%B1", "v=1e3"] {
            assert!(params(bad).id("v").is_err(), "{bad}");
        }
        assert_eq!(params("v=3.5").decimals("v").unwrap().len(), 1);
        for bad in ["v=0", "v=-1", "v=1e3", "v=1,000", "v=.", "v=auto"] {
            assert!(params(bad).decimals("v").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_tehran() {
        let new_year = UNIX_EPOCH + Duration::from_secs(1_710_880_200);
        assert_eq!(day("1403/01/01"), Some(new_year));
        assert_eq!(moment("1403/01/01 00:00:00"), Some(new_year));
        let later = new_year + Duration::from_secs(13 * 3600 + 5 * 60 + 9);
        assert_eq!(moment("1403/01/01 13:05:09"), Some(later));
        assert_eq!(write_moment(later).unwrap(), "1403/01/01 13:05:09");
    }

    #[test]
    fn other_texts_are_no_dates() {
        let days = ",1403/1/1,1403-01-01,1403/13/01,1403/07/31,1404/12/30,1403/01/01 ,۱۴۰۳/۰۱/۰۱,1403/01/01/01";
        for text in days.split(',') {
            assert_eq!(day(text), None, "{text}");
        }
        let moments = "1403/01/01,1403/01/01 24:00:00,1403/01/01 1:00:00,1403/01/01T01:00:00";
        for text in moments.split(',') {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
