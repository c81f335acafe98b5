use proptest::prelude::*;

use crate::digits::scripts::SCRIPTS;
use crate::{JalaliDate, JalaliDateTime};

#[test]
fn dates_are_read_in_their_forms() {
    for text in [
        "1399/01/05",
        "1399-01-05",
        "1399/1/5",
        "1399/1/05",
        "۱۳۹۹/۰۱/۰۵",
        "١٣٩٩-١-٥",
    ] {
        assert_eq!(
            JalaliDate::parse(text).unwrap().to_string(),
            "1399/01/05",
            "{text}"
        );
    }
}

#[test]
fn other_forms_of_dates_are_refused() {
    for text in [
        "",
        "1399",
        "1399/01",
        "1399/01/05/",
        "1399/01-05",
        "99/01/05",
        "01399/01/05",
        "1399/001/05",
        "1399/+1/05",
        "1399//05",
        "1399/01/",
        " 1399/01/05",
        "1399/01/05 ",
        "13990105",
        "1399.01.05",
        "-1399/01/05",
        "1399/x/05",
    ] {
        let error = JalaliDate::parse(text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("date", "is not a date"),
            "{text}"
        );
    }
    assert_eq!(
        JalaliDate::parse("2021/02/09").unwrap_err().to_string(),
        "date \"2021/02/09\" is not in the years 1300 to 1499: write a Jalali date, such as 1399/11/21"
    );
}

#[test]
fn times_are_read_in_their_form() {
    for text in [
        "1399/11/21 14:05:09",
        "1399-11-21 14:05:09",
        "۱۳۹۹/۱۱/۲۱ ۱۴:۰۵:۰۹",
        "١٣٩٩/١١/٢١ ١٤:٠٥:٠٩",
    ] {
        assert_eq!(
            JalaliDateTime::parse(text).unwrap().to_string(),
            "1399/11/21 14:05:09",
            "{text}"
        );
    }
}

#[test]
fn other_forms_of_times_are_refused() {
    for text in [
        "",
        "1399/11/21",
        "14:05:09",
        "1399/11/21T14:05:09",
        "1399/11/21  14:05:09",
        "1399/11/21 14:05",
        "1399/11/21 14:05:09.5",
        "1399/11/21 14:05:09 ",
        "1399/11/21 1:05:09",
        "1399/11/21 14:5:9",
        "1399/11/21 14:05:09:00",
        "1399/11/21 14:05:+9",
    ] {
        let error = JalaliDateTime::parse(text).unwrap_err();
        assert_eq!(
            (error.label(), error.problem()),
            ("time", "is not a date with a time"),
            "{text}"
        );
    }
    for text in [
        "1399/11/21 24:00:00",
        "1399/11/21 00:60:00",
        "1399/11/21 23:59:60",
    ] {
        assert_eq!(
            JalaliDateTime::parse(text).unwrap_err().problem(),
            "is not a time of day",
            "{text}"
        );
    }
    assert_eq!(
        JalaliDateTime::parse("1399/12/31 00:00:00")
            .unwrap_err()
            .label(),
        "date"
    );
}

#[test]
fn debug_is_readable() {
    let time = JalaliDateTime::parse("1399/11/21 14:05:09").unwrap();
    assert_eq!(format!("{:?}", time.date()), "JalaliDate(1399/11/21)");
    assert_eq!(format!("{time:?}"), "JalaliDateTime(1399/11/21 14:05:09)");
}

#[test]
fn serde_uses_the_text() {
    let time = JalaliDateTime::parse("1399/11/21 14:05:09").unwrap();
    let stored = serde_json::to_string(&(time.date(), time)).unwrap();
    assert_eq!(stored, r#"["1399/11/21","1399/11/21 14:05:09"]"#);
    let read: (JalaliDate, JalaliDateTime) = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, (time.date(), time));
    for document in ["13991121", "null", "\"1399/12/31\"", "[1399,11,21]"] {
        assert!(
            serde_json::from_str::<JalaliDate>(document).is_err(),
            "{document}"
        );
        assert!(
            serde_json::from_str::<JalaliDateTime>(document).is_err(),
            "{document}"
        );
    }
}

proptest! {
    #[test]
    fn dates_and_times_read_back_in_every_script(
        (year, month, day) in (1300..=1499, 1_u32..=12, 1_u32..=29),
        (hour, minute, second) in (0_u32..24, 0_u32..60, 0_u32..60),
    ) {
        let date = JalaliDate::new(year, month, day).unwrap();
        let time = JalaliDateTime::new(date, hour, minute, second).unwrap();
        prop_assert_eq!((time.hour(), time.minute(), time.second()), (hour, minute, second));
        for write in SCRIPTS {
            prop_assert_eq!(JalaliDate::parse(&write(&date.to_string())), Ok(date));
            prop_assert_eq!(JalaliDateTime::parse(&write(&time.to_string())), Ok(time));
        }
    }

    #[test]
    fn times_are_ordered_as_their_text_is(a in 0_u32..86_400, b in 0_u32..86_400, days in 1_u32..=2) {
        let time = |day, of_day: u32| {
            let date = JalaliDate::new(1399, 1, day).unwrap();
            JalaliDateTime::new(date, of_day / 3600, of_day / 60 % 60, of_day % 60).unwrap()
        };
        let (left, right) = (time(1, a), time(days, b));
        prop_assert_eq!(left.cmp(&right), left.to_string().cmp(&right.to_string()));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), near in "[0-9۰-۹/: -]{0,20}") {
        for text in [text, near] {
            if let Ok(date) = text.parse::<JalaliDate>() {
                prop_assert_eq!(JalaliDate::parse(&date.to_string()), Ok(date));
            }
            if let Ok(time) = text.parse::<JalaliDateTime>() {
                prop_assert_eq!(JalaliDateTime::parse(&time.to_string()), Ok(time));
            }
        }
    }
}
