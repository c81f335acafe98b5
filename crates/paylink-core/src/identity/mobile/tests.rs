use proptest::prelude::*;

use super::*;
use crate::digits::scripts::SCRIPTS;

#[test]
fn every_form_people_write_is_the_same_number() {
    for text in [
        "09123452730",
        "9123452730",
        "989123452730",
        "+989123452730",
        "00989123452730",
        "0912 345 2730",
        "0912-345-27-30",
        "+98 912 345 2730",
        "۰۹۱۲۳۴۵۲۷۳۰",
        "+٩٨٩١٢٣٤٥٢٧٣٠",
        " 09123452730 ",
    ] {
        assert_eq!(
            Mobile::parse(text).unwrap().as_str(),
            "09123452730",
            "{text}"
        );
    }
}

#[test]
fn a_number_that_begins_like_the_country_code_is_not_cut() {
    assert_eq!(Mobile::parse("9812345678").unwrap().as_str(), "09812345678");
    assert_eq!(
        Mobile::parse("989812345678").unwrap().as_str(),
        "09812345678"
    );
}

#[test]
fn whatever_else_is_refused() {
    for (text, problem) in [
        ("", "does not have the length of an Iranian mobile number"),
        (
            "0912345273",
            "does not have the length of an Iranian mobile number",
        ),
        (
            "091234527300",
            "does not have the length of an Iranian mobile number",
        ),
        (
            "+98912345273",
            "does not have the length of an Iranian mobile number",
        ),
        (
            "+9809123452730",
            "does not have the length of an Iranian mobile number",
        ),
        (
            "98989123452730",
            "does not have the length of an Iranian mobile number",
        ),
        ("02188001122", "does not start with 09"),
        ("8123452730", "does not start with 09"),
        ("+988123452730", "does not start with 09"),
        (
            "+449123452730",
            "has a character that does not belong in a mobile number",
        ),
        (
            "0912345273x",
            "has a character that does not belong in a mobile number",
        ),
        (
            "(0912)3452730",
            "has a character that does not belong in a mobile number",
        ),
        (
            "0912.345.2730",
            "has a character that does not belong in a mobile number",
        ),
        (
            "09123452730\n",
            "has a character that does not belong in a mobile number",
        ),
    ] {
        let error = Mobile::parse(text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("mobile", problem),
            "{text}"
        );
    }
}

#[test]
fn debug_hides_the_middle_and_errors_everything() {
    let mobile = Mobile::parse("09123452730").unwrap();
    assert_eq!(format!("{mobile:?}"), "Mobile(0912***2730)");
    assert_eq!(mobile.to_string(), "09123452730");
    let error = Mobile::parse("091234527301").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("345273"));
}

proptest! {
    #[test]
    fn normalised_numbers_read_back(national in "9[0-9]{9}") {
        let expected = format!("0{national}");
        for write in SCRIPTS {
            for prefix in ["", "0", "98", "+98", "0098"] {
                let mobile = Mobile::parse(&write(&format!("{prefix}{national}"))).unwrap();
                prop_assert_eq!(mobile.as_str(), expected.as_str());
            }
        }
    }

    #[test]
    fn what_is_accepted_has_one_shape(text in any::<String>(), near in "[+0-9۰-۹ -]{8,16}") {
        for text in [text, near] {
            if let Ok(mobile) = text.parse::<Mobile>() {
                prop_assert_eq!(mobile.as_str().len(), 11);
                prop_assert!(mobile.as_str().starts_with("09"));
                prop_assert_eq!(Mobile::parse(mobile.as_str()), Ok(mobile));
            }
        }
    }
}
