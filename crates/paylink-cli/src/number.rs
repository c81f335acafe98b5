use paylink::FieldKey;
use paylink::core::digits;

/// Reads a whole number that was typed, in digits of any of the three scripts, with thousands marks or without.
///
/// The words are put behind the flag and the value by clap.
pub(crate) fn whole<T: TryFrom<u64>>(typed: &str) -> Result<T, String> {
    let number =
        digits::whole(FieldKey::new("number", "number"), typed).map_err(|invalid| match invalid
            .remedy()
        {
            Some(remedy) => format!("it {}: {remedy}", invalid.problem()),
            None => format!("it {}", invalid.problem()),
        })?;
    T::try_from(number).map_err(|_| "it is too large".to_owned())
}

/// The same between two bounds.
pub(crate) fn within<const FIRST: u32, const LAST: u32>(typed: &str) -> Result<u32, String> {
    let number: u32 = whole(typed)?;
    if (FIRST..=LAST).contains(&number) {
        return Ok(number);
    }
    Err(match LAST {
        u32::MAX => format!("it is below {FIRST}"),
        _ => format!("{number} is not in {FIRST}..={LAST}"),
    })
}

#[cfg(test)]
mod tests {
    use super::{whole, within};

    #[test]
    fn digits_of_every_script_are_read_and_nothing_is_guessed() {
        for typed in ["1500", "۱۵۰۰", "١٥٠٠", "1,500", "۱٬۵۰۰", "۱،۵۰۰"] {
            assert_eq!(whole(typed), Ok(1500_u64), "{typed}");
            assert_eq!(within::<1, 2000>(typed), Ok(1500), "{typed}");
        }
        for typed in ["", "1,5", "-1", "1.5", "x", "01", " 1"] {
            assert!(whole::<u64>(typed).is_err(), "{typed:?}");
        }
        assert_eq!(
            whole::<u32>("4294967296"),
            Err("it is too large".to_owned())
        );
        assert_eq!(
            within::<1, 500>("۵۰۱"),
            Err("501 is not in 1..=500".to_owned())
        );
        assert_eq!(within::<1, 500>("0"), Err("0 is not in 1..=500".to_owned()));
        assert_eq!(
            within::<1, { u32::MAX }>("0"),
            Err("it is below 1".to_owned())
        );
        let error = whole::<u64>("1,5").unwrap_err();
        assert!(
            error.starts_with("it is not a whole number: write digits only"),
            "{error}"
        );
    }
}
