use proptest::prelude::*;

use crate::{Currency, Money, Rial, Toman};

fn irt(amount: &str) -> Money {
    Money::new(amount, Currency::Irt).unwrap()
}

fn irr(amount: &str) -> Money {
    Money::new(amount, Currency::Irr).unwrap()
}

#[test]
fn conversion_is_by_value() {
    assert_eq!(irt("15000.00").to_toman(), Ok(Toman::new(15_000)));
    assert_eq!(irt("15000.50").to_rial(), Ok(Rial::new(150_005)));
    assert_eq!(irr("150000.0").to_rial(), Ok(Rial::new(150_000)));
    assert_eq!(irr("150000").to_toman(), Ok(Toman::new(15_000)));
    assert_eq!(irr("0").to_toman(), Ok(Toman::new(0)));
    assert_eq!(
        irt("15000.00000000000000000000").to_rial(),
        Ok(Rial::new(150_000))
    );
}

#[test]
fn fractions_are_refused() {
    assert!(irt("15000.05").to_rial().is_err());
    assert!(irt("0.5").to_toman().is_err());
    assert!(irr("150005").to_toman().is_err());
    assert!(irr("0.9999999999999999999999999999").to_rial().is_err());
    assert_eq!(
        irr("150005").to_toman().unwrap_err().to_string(),
        "amount \"150005 IRR\" is not a whole number of toman, or too large a one: amounts are never rounded"
    );
}

#[test]
fn what_is_too_large_is_refused() {
    assert_eq!(
        irr("18446744073709551615").to_rial(),
        Ok(Rial::new(u64::MAX))
    );
    assert!(irr("18446744073709551616").to_rial().is_err());
    assert_eq!(
        irt("1844674407370955161.5").to_rial(),
        Ok(Rial::new(u64::MAX))
    );
    assert!(irt("1844674407370955161.6").to_rial().is_err());
    assert_eq!(
        irr("184467440737095516150").to_toman(),
        Ok(Toman::new(u64::MAX))
    );
    assert!(irt("79228162514264337593543950335").to_rial().is_err());
}

#[test]
fn dollars_are_not_exchanged() {
    for currency in [Currency::Usd, Currency::Usdt] {
        let money = Money::new("10", currency).unwrap();
        assert_eq!(
            money.to_rial().unwrap_err().problem(),
            "is neither in toman nor in rial"
        );
        assert_eq!(
            money.to_toman().unwrap_err().problem(),
            "is neither in toman nor in rial"
        );
    }
}

proptest! {
    #[test]
    fn whole_amounts_come_back(amount in any::<u64>()) {
        let (rial, toman) = (Rial::new(amount), Toman::new(amount));
        prop_assert_eq!(Money::from_rial(rial).to_rial(), Ok(rial));
        prop_assert_eq!(Money::from_toman(toman).to_toman(), Ok(toman));
        prop_assert_eq!(Money::from_rial(rial).to_toman().ok(), rial.to_toman().ok());
        prop_assert_eq!(Money::from_toman(toman).to_rial().ok(), toman.to_rial().ok());
    }
}
