use crate::JalaliDate;

/// The leap years from 1300 to 1499, from the instants of the spring equinox (Meeus, Astronomical Algorithms,
/// chapter 27) and the rule of the law: the year begins on the day before whose noon in Iran the equinox falls.
const LEAP_YEARS: [i32; 49] = [
    1300, 1304, 1309, 1313, 1317, 1321, 1325, 1329, 1333, 1337, 1342, 1346, 1350, 1354, 1358, 1362,
    1366, 1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428,
    1432, 1436, 1441, 1445, 1449, 1453, 1457, 1461, 1465, 1469, 1474, 1478, 1482, 1486, 1490, 1494,
    1498,
];

fn days_of_month(year: i32, month: u32) -> u32 {
    match month {
        1..=6 => 31,
        7..=11 => 30,
        _ if LEAP_YEARS.contains(&year) => 30,
        _ => 29,
    }
}

fn next_gregorian_day((year, month, day): (i32, u32, u32)) -> (i32, u32, u32) {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let february = if leap { 29 } else { 28 };
    let length = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    match (month, day) {
        (12, 31) => (year + 1, 1, 1),
        (_, day) if day == length => (year, month + 1, 1),
        (_, day) => (year, month, day + 1),
    }
}

#[test]
fn every_day_of_two_hundred_years_is_right() {
    let mut gregorian = (1921, 3, 21);
    let mut days = 0_i64;
    let first = JalaliDate::new(1300, 1, 1).unwrap();
    let mut before = None;
    for year in 1300..=1499 {
        for month in 1..=12 {
            for day in 1..=days_of_month(year, month) {
                let date = JalaliDate::new(year, month, day).unwrap();
                assert_eq!((date.year(), date.month(), date.day()), (year, month, day));
                assert_eq!(date.to_gregorian(), gregorian, "{date}");
                let (g_year, g_month, g_day) = gregorian;
                assert_eq!(JalaliDate::from_gregorian(g_year, g_month, g_day), Ok(date));
                assert_eq!(date.seconds(), first.seconds() + days * 86_400, "{date}");
                assert_eq!(
                    JalaliDate::from_seconds(date.seconds() + 86_399),
                    Some(date)
                );
                assert!(before < Some(date), "{date}");
                before = Some(date);
                gregorian = next_gregorian_day(gregorian);
                days += 1;
            }
            let beyond = days_of_month(year, month) + 1;
            assert!(
                JalaliDate::new(year, month, beyond).is_err(),
                "{year}/{month}/{beyond}"
            );
        }
    }
    assert_eq!(gregorian, (2121, 3, 21));
    assert_eq!(days, 73_049);
}

#[test]
fn seconds_count_from_1970() {
    assert_eq!(JalaliDate::new(1348, 10, 11).unwrap().seconds(), 0);
    assert_eq!(
        JalaliDate::new(1399, 11, 21).unwrap().seconds(),
        1_612_828_800
    );
}

#[test]
fn days_that_do_not_exist_are_refused() {
    for (year, month, day) in [
        (1399, 0, 1),
        (1399, 13, 1),
        (1399, 1, 0),
        (1399, 1, 32),
        (1399, 7, 31),
    ] {
        let error = JalaliDate::new(year, month, day).unwrap_err();
        let told = (error.label(), error.problem());
        assert_eq!(
            told,
            ("date", "is not a day of the Jalali calendar"),
            "{year}/{month}/{day}"
        );
    }
    for year in [i32::MIN, -1399, 0, 99, 1299, 1500, 2021, i32::MAX] {
        let error = JalaliDate::new(year, 1, 1).unwrap_err();
        assert_eq!(
            error.problem(),
            "is not in the years 1300 to 1499",
            "{year}"
        );
    }
}

#[test]
fn gregorian_days_that_do_not_fit_are_refused() {
    for (year, month, day) in [
        (1921, 3, 20),
        (2121, 3, 21),
        (2021, 2, 29),
        (2021, 0, 1),
        (2021, 13, 1),
        (2021, 1, 0),
        (2021, 4, 31),
        (1399, 11, 21),
        (i32::MAX, 1, 1),
        (i32::MIN, 1, 1),
    ] {
        assert!(
            JalaliDate::from_gregorian(year, month, day).is_err(),
            "{year}-{month}-{day}"
        );
    }
}
