use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use crate::{JalaliDate, JalaliDateTime};

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

fn shown(seconds: i64) -> String {
    JalaliDateTime::from_system_time(instant(seconds))
        .unwrap()
        .to_string()
}

/// What a clock shows that is `ahead` of UTC.
fn clock(seconds: i64, ahead: i64) -> String {
    let local = seconds + ahead;
    let day = JalaliDate::new(1348, 10, 11).unwrap().seconds() + local.div_euclid(86_400) * 86_400;
    let date = JalaliDate::from_seconds(day).unwrap();
    let time = local.rem_euclid(86_400);
    format!(
        "{date} {:02}:{:02}:{:02}",
        time / HOUR,
        time / 60 % 60,
        time % 60
    )
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
        let summer = SUMMERS
            .iter()
            .any(|(begin, end)| (*begin..*end).contains(&seconds));
        let ahead = if summer {
            4 * HOUR + HOUR / 2
        } else {
            3 * HOUR + HOUR / 2
        };
        assert_eq!(shown(seconds), clock(seconds, ahead), "{seconds}");
    }
}

#[test]
fn the_hour_shown_twice_is_taken_the_first_time() {
    for (_, end) in SUMMERS {
        for seconds in [end - HOUR, end - 1] {
            let time = JalaliDateTime::from_system_time(instant(seconds)).unwrap();
            assert_eq!(
                time,
                JalaliDateTime::from_system_time(instant(seconds + HOUR)).unwrap()
            );
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
    assert_eq!(
        JalaliDateTime::from_system_time(before_epoch)
            .unwrap()
            .to_string(),
        "1348/10/11 03:29:59"
    );
    let after = SystemTime::UNIX_EPOCH + Duration::from_nanos(999_999_999);
    assert_eq!(
        JalaliDateTime::from_system_time(after).unwrap().to_string(),
        "1348/10/11 03:30:00"
    );
}

#[test]
fn instants_outside_the_years_are_refused() {
    let first = JalaliDateTime::parse("1300/01/01 00:00:00")
        .unwrap()
        .to_system_time();
    let last = JalaliDateTime::parse("1499/12/29 23:59:59")
        .unwrap()
        .to_system_time();
    let second = Duration::from_secs(1);
    assert_eq!(
        JalaliDateTime::from_system_time(first).unwrap().to_string(),
        "1300/01/01 00:00:00"
    );
    assert_eq!(
        JalaliDateTime::from_system_time(last).unwrap().to_string(),
        "1499/12/29 23:59:59"
    );
    for outside in [
        first - second,
        last + second,
        instant(i64::MAX),
        instant(i64::MIN + 1),
    ] {
        assert_eq!(
            JalaliDateTime::from_system_time(outside)
                .unwrap_err()
                .label(),
            "time"
        );
        assert!(JalaliDate::from_system_time(outside).is_err());
    }
}

proptest! {
    #[test]
    fn instants_come_back(seconds in -1_539_000_000_i64..4_771_000_000) {
        let repeated = SUMMERS.iter().any(|(_, end)| (*end..end + HOUR).contains(&seconds));
        let expected = if repeated { seconds - HOUR } else { seconds };
        let time = JalaliDateTime::from_system_time(instant(seconds)).unwrap();
        prop_assert_eq!(time.to_system_time(), instant(expected));
        prop_assert_eq!(time.date(), JalaliDate::from_system_time(instant(seconds)).unwrap());
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
