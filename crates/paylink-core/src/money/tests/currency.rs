use crate::Currency;

#[test]
fn codes_are_read_in_either_case() {
    for currency in Currency::ALL {
        assert_eq!(currency.code().parse(), Ok(currency));
        assert_eq!(currency.code().to_lowercase().parse(), Ok(currency));
    }
}

#[test]
fn what_is_not_a_code_is_refused() {
    for code in [
        "",
        "US",
        "USDTT",
        " USD",
        "EUR",
        "rial",
        "تومان",
        "U\u{17f}D",
    ] {
        let error = Currency::parse(code).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("currency", "is not known"),
            "{code}"
        );
    }
}

#[test]
fn the_remedy_names_every_currency() {
    let error = Currency::parse("EUR").unwrap_err();
    for currency in Currency::ALL {
        assert!(
            error.remedy().unwrap().contains(currency.code()),
            "{currency}"
        );
    }
}

#[test]
fn serde_uses_the_code() {
    assert_eq!(serde_json::to_string(&Currency::Irt).unwrap(), "\"IRT\"");
    assert_eq!(
        serde_json::from_str::<Currency>("\"IRT\"").unwrap(),
        Currency::Irt
    );
    for document in ["\"EUR\"", "0", "null", "{\"Usd\":null}"] {
        assert!(
            serde_json::from_str::<Currency>(document).is_err(),
            "{document}"
        );
    }
}
