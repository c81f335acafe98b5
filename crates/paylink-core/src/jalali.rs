//! Dates and times of the Jalali calendar, and what the clock shows in Tehran.

mod date;
mod date_time;

pub use date::JalaliDate;
pub use date_time::JalaliDateTime;

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use icu_calendar::Date;
    use icu_calendar::cal::{Iso, Persian};
    use proptest::prelude::*;

    use crate::digits::scripts::SCRIPTS;
    use crate::{JalaliDate, JalaliDateTime};

    /// The leap years from 1300 to 1499, from the instants of the spring equinox (Meeus, Astronomical Algorithms,
    /// chapter 27) and the rule of the law: the year begins on the day before whose noon in Iran the equinox falls.
    const LEAP_YEARS: [i32; 49] = [
        1300, 1304, 1309, 1313, 1317, 1321, 1325, 1329, 1333, 1337, 1342, 1346, 1350, 1354, 1358,
        1362, 1366, 1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420,
        1424, 1428, 1432, 1436, 1441, 1445, 1449, 1453, 1457, 1461, 1465, 1469, 1474, 1478, 1482,
        1486, 1490, 1494, 1498,
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

    /// The calendar of the Unicode consortium's own library, which reckons by tables of the observatory.
    #[test]
    fn every_day_is_the_one_of_another_library_in_both_directions() {
        let first = Date::try_new_iso(1921, 3, 21).unwrap().to_rata_die();
        for day in 0..73_049 {
            let theirs = Date::from_rata_die(first + day, Persian);
            let (year, month) = (theirs.year().extended_year(), theirs.month().ordinal);
            let date = JalaliDate::new(year, month.into(), theirs.day_of_month().0.into()).unwrap();
            let (year, month, day_of_month) = date.to_gregorian();
            let theirs = Date::from_rata_die(first + day, Iso);
            assert_eq!(year, theirs.year().extended_year(), "{date}");
            assert_eq!(month, u32::from(theirs.month().ordinal), "{date}");
            assert_eq!(day_of_month, u32::from(theirs.day_of_month().0), "{date}");
            let back = JalaliDate::from_gregorian(year, month, day_of_month);
            assert_eq!(back, Ok(date));
        }
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
            let problem = "is not a day of the Jalali calendar";
            let told = (error.label(), error.problem());
            assert_eq!(told, ("date", problem), "{year}/{month}/{day}");
        }
        for year in [i32::MIN, -1399, 0, 99, 1299, 1500, 2021, i32::MAX] {
            let error = JalaliDate::new(year, 1, 1).unwrap_err();
            let problem = "is not in the years 1300 to 1499";
            assert_eq!(error.problem(), problem, "{year}");
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
            let read = JalaliDate::from_gregorian(year, month, day);
            assert!(read.is_err(), "{year}-{month}-{day}");
        }
    }

    /// The summers of Tehran from 1992 on in the tz database (`Asia/Tehran`, release 2025b), in Unix seconds:
    /// the first second of summer time and the first after it.
    const SUMMERS: [(i64, i64); 29] = [
        (701_209_800, 717_103_800),
        (732_745_800, 748_639_800),
        (764_281_800, 780_175_800),
        (795_817_800, 811_711_800),
        (827_353_800, 843_247_800),
        (858_976_200, 874_870_200),
        (890_512_200, 906_406_200),
        (922_048_200, 937_942_200),
        (953_584_200, 969_478_200),
        (985_206_600, 1_001_100_600),
        (1_016_742_600, 1_032_636_600),
        (1_048_278_600, 1_064_172_600),
        (1_079_814_600, 1_095_708_600),
        (1_111_437_000, 1_127_331_000),
        (1_206_045_000, 1_221_939_000),
        (1_237_667_400, 1_253_561_400),
        (1_269_203_400, 1_285_097_400),
        (1_300_739_400, 1_316_633_400),
        (1_332_275_400, 1_348_169_400),
        (1_363_897_800, 1_379_791_800),
        (1_395_433_800, 1_411_327_800),
        (1_426_969_800, 1_442_863_800),
        (1_458_505_800, 1_474_399_800),
        (1_490_128_200, 1_506_022_200),
        (1_521_664_200, 1_537_558_200),
        (1_553_200_200, 1_569_094_200),
        (1_584_736_200, 1_600_630_200),
        (1_616_358_600, 1_632_252_600),
        (1_647_894_600, 1_663_788_600),
    ];

    const HOUR: i64 = 3600;

    /// 1992-01-01 and 2040-01-01: between them the table is complete.
    const KNOWN: std::ops::Range<i64> = 694_224_000..2_208_988_800;

    fn instant(seconds: i64) -> SystemTime {
        let distance = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 {
            SystemTime::UNIX_EPOCH - distance
        } else {
            SystemTime::UNIX_EPOCH + distance
        }
    }

    fn read(instant: SystemTime) -> JalaliDateTime {
        JalaliDateTime::from_system_time(instant).unwrap()
    }

    fn shown(seconds: i64) -> String {
        read(instant(seconds)).to_string()
    }

    /// What a clock shows that is `ahead` of UTC.
    fn clock(seconds: i64, ahead: i64) -> String {
        let local = seconds + ahead;
        let day =
            JalaliDate::new(1348, 10, 11).unwrap().seconds() + local.div_euclid(86_400) * 86_400;
        let date = JalaliDate::from_seconds(day).unwrap();
        let time = local.rem_euclid(86_400);
        let (hour, minute, second) = (time / HOUR, time / 60 % 60, time % 60);
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }

    #[test]
    fn clocks_change_when_they_changed() {
        for (begin, end) in SUMMERS {
            let year = JalaliDate::from_system_time(instant(begin)).unwrap().year();
            assert_eq!(shown(begin - 1), format!("{year}/01/01 23:59:59"));
            assert_eq!(shown(begin), format!("{year}/01/02 01:00:00"));
            assert_eq!(shown(end - 1), format!("{year}/06/30 23:59:59"));
            assert_eq!(shown(end), format!("{year}/06/30 23:00:00"));
        }
    }

    #[test]
    fn every_half_hour_agrees_with_the_tz_database() {
        for seconds in KNOWN.step_by(1800) {
            let is_in = |&(begin, end): &(i64, i64)| (begin..end).contains(&seconds);
            let hours = if SUMMERS.iter().any(is_in) { 4 } else { 3 };
            let ahead = hours * HOUR + HOUR / 2;
            assert_eq!(shown(seconds), clock(seconds, ahead), "{seconds}");
        }
    }

    #[test]
    fn the_hour_shown_twice_is_taken_the_first_time() {
        for (_, end) in SUMMERS {
            for seconds in [end - HOUR, end - 1] {
                let time = read(instant(seconds));
                assert_eq!(time, read(instant(seconds + HOUR)));
                assert_eq!(time.to_system_time(), instant(seconds));
            }
        }
    }

    #[test]
    fn the_hour_never_shown_is_counted_on() {
        for (begin, _) in SUMMERS {
            let date = JalaliDate::from_system_time(instant(begin)).unwrap();
            let never = JalaliDateTime::new(date, 0, 30, 0).unwrap();
            assert_eq!(never.to_system_time(), instant(begin + HOUR / 2));
        }
    }

    #[test]
    fn fractions_of_a_second_belong_to_the_second_they_began_in() {
        let before_epoch = SystemTime::UNIX_EPOCH - Duration::from_nanos(1);
        assert_eq!(read(before_epoch).to_string(), "1348/10/11 03:29:59");
        let after = SystemTime::UNIX_EPOCH + Duration::from_nanos(999_999_999);
        assert_eq!(read(after).to_string(), "1348/10/11 03:30:00");
    }

    #[test]
    fn instants_outside_the_years_are_refused() {
        let [first, last] = ["1300/01/01 00:00:00", "1499/12/29 23:59:59"].map(|text| {
            let time = JalaliDateTime::parse(text).unwrap().to_system_time();
            assert_eq!(read(time).to_string(), text);
            time
        });
        let second = Duration::from_secs(1);
        let farthest = [instant(i64::MAX), instant(i64::MIN + 1)];
        for outside in farthest.into_iter().chain([first - second, last + second]) {
            let error = JalaliDateTime::from_system_time(outside).unwrap_err();
            assert_eq!(error.label(), "time");
            assert!(JalaliDate::from_system_time(outside).is_err());
        }
    }

    proptest! {
        #[test]
        fn instants_come_back(seconds in -1_539_000_000_i64..4_771_000_000) {
            let repeated = SUMMERS.iter().any(|(_, end)| (*end..end + HOUR).contains(&seconds));
            let expected = if repeated { seconds - HOUR } else { seconds };
            let time = read(instant(seconds));
            prop_assert_eq!(time.to_system_time(), instant(expected));
            prop_assert_eq!(time.date(), JalaliDate::from_system_time(instant(seconds)).unwrap());
        }

        /// Other years have other rules of leap years, and none of them is guessed.
        #[test]
        fn no_day_outside_the_years_is_a_date(year in -9_999_i32..=9_999, month in 1_u32..=12, day in 1_u32..=29) {
            let is_inside = (1300..=1499).contains(&year);
            prop_assert_eq!(JalaliDate::new(year, month, day).is_ok(), is_inside);
            let text = format!("{year:04}/{month:02}/{day:02}");
            prop_assert_eq!(JalaliDate::parse(&text).is_ok(), is_inside);
            let gregorian = JalaliDate::from_gregorian(year, month, day.min(28));
            let is_inside = ((1921, 3, 21)..(2121, 3, 21)).contains(&(year, month, day.min(28)));
            prop_assert_eq!(gregorian.is_ok(), is_inside);
        }

        #[test]
        fn no_instant_panics(seconds in any::<i64>()) {
            let distance = Duration::from_secs(seconds.unsigned_abs());
            let epoch = SystemTime::UNIX_EPOCH;
            for instant in [epoch.checked_add(distance), epoch.checked_sub(distance)].into_iter().flatten() {
                let _ = JalaliDateTime::from_system_time(instant);
            }
        }
    }

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
            let date = JalaliDate::parse(text).unwrap();
            assert_eq!(date.to_string(), "1399/01/05", "{text}");
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
            let told = (error.label(), error.problem());
            assert_eq!(told, ("date", "is not a date"), "{text}");
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
            let time = JalaliDateTime::parse(text).unwrap();
            assert_eq!(time.to_string(), "1399/11/21 14:05:09", "{text}");
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
            let told = (error.label(), error.problem());
            assert_eq!(told, ("time", "is not a date with a time"), "{text}");
        }
        for text in [
            "1399/11/21 24:00:00",
            "1399/11/21 00:60:00",
            "1399/11/21 23:59:60",
        ] {
            let error = JalaliDateTime::parse(text).unwrap_err();
            assert_eq!(error.problem(), "is not a time of day", "{text}");
        }
        let error = JalaliDateTime::parse("1399/12/31 00:00:00").unwrap_err();
        assert_eq!(error.label(), "date");
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
            let date = serde_json::from_str::<JalaliDate>(document);
            let time = serde_json::from_str::<JalaliDateTime>(document);
            assert!(date.is_err() && time.is_err(), "{document}");
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
}
