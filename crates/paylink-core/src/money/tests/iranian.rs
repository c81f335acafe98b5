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
    assert_eq!(Toman::try_from(irt("15000.00")), Ok(Toman::new(15_000)));
    assert_eq!(Rial::try_from(irt("15000.50")), Ok(Rial::new(150_005)));
    assert_eq!(Rial::try_from(irr("150000.0")), Ok(Rial::new(150_000)));
    assert_eq!(Toman::try_from(irr("150000")), Ok(Toman::new(15_000)));
    assert_eq!(Toman::try_from(irr("0")), Ok(Toman::new(0)));
    assert_eq!(
        Rial::try_from(irt("15000.00000000000000000000")),
        Ok(Rial::new(150_000))
    );
}

#[test]
fn fractions_are_refused() {
    assert!(Rial::try_from(irt("15000.05")).is_err());
    assert!(Toman::try_from(irt("0.5")).is_err());
    assert!(Toman::try_from(irr("150005")).is_err());
    assert!(Rial::try_from(irr("0.9999999999999999999999999999")).is_err());
    assert_eq!(
        Toman::try_from(irr("150005")).unwrap_err().to_string(),
        "amount \"150005 IRR\" is not a whole number of toman, or too large a one: amounts are never rounded"
    );
}

#[test]
fn what_is_too_large_is_refused() {
    assert_eq!(
        Rial::try_from(irr("18446744073709551615")),
        Ok(Rial::new(u64::MAX))
    );
    assert!(Rial::try_from(irr("18446744073709551616")).is_err());
    assert_eq!(
        Rial::try_from(irt("1844674407370955161.5")),
        Ok(Rial::new(u64::MAX))
    );
    assert!(Rial::try_from(irt("1844674407370955161.6")).is_err());
    assert_eq!(
        Toman::try_from(irr("184467440737095516150")),
        Ok(Toman::new(u64::MAX))
    );
    assert!(Rial::try_from(irt("79228162514264337593543950335")).is_err());
}

#[test]
fn dollars_are_not_exchanged() {
    for currency in [Currency::Usd, Currency::Usdt] {
        let money = Money::new("10", currency).unwrap();
        assert_eq!(
            Rial::try_from(money).unwrap_err().problem(),
            "is neither in toman nor in rial"
        );
        assert_eq!(
            Toman::try_from(money).unwrap_err().problem(),
            "is neither in toman nor in rial"
        );
    }
}

proptest! {
    #[test]
    fn whole_amounts_come_back(amount in any::<u64>()) {
        let (rial, toman) = (Rial::new(amount), Toman::new(amount));
        prop_assert_eq!(Rial::try_from(Money::from(rial)), Ok(rial));
        prop_assert_eq!(Toman::try_from(Money::from(toman)), Ok(toman));
        prop_assert_eq!(Toman::try_from(Money::from(rial)).ok(), rial.to_toman().ok());
        prop_assert_eq!(Rial::try_from(Money::from(toman)).ok(), toman.to_rial().ok());
    }
}
