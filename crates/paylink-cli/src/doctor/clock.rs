use std::time::{Duration, SystemTime};

use super::check::Check;
use super::head::Head;
use crate::time_left::time_left;

const SUBJECT: &str = "clock";

/// How far this machine's clock may be from a provider's. Deadlines of payments are minutes.
const TOLERANCE: Duration = Duration::from_secs(120);

/// Holds this machine's clock against the one of whoever answered.
pub(super) fn check(head: &Head) -> Check {
    let Some(theirs) = head.date else {
        return Check::ok(SUBJECT, "the provider does not tell the time");
    };
    let (apart, way) = apart(head.came_at, theirs);
    if apart <= TOLERANCE {
        return Check::ok(SUBJECT, "it agrees with the provider's");
    }
    let finding = format!("this machine is {} {way} the provider", time_left(apart));
    let remedy =
        "set the clock, by NTP say: how long a payment can be paid and confirmed hangs on it";
    Check::warning(SUBJECT, finding, remedy)
}

fn apart(ours: SystemTime, theirs: SystemTime) -> (Duration, &'static str) {
    match ours.duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::check::Verdict;

    fn at(ours: u64, theirs: Option<u64>) -> Check {
        let time = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        check(&Head {
            status: 200,
            date: theirs.map(time),
            came_at: time(ours),
        })
    }

    #[test]
    fn two_minutes_are_tolerated() {
        for (ours, theirs) in [(1_000, 1_000), (1_120, 1_000), (1_000, 1_120)] {
            assert_eq!(at(ours, Some(theirs)).verdict, Verdict::Ok);
        }
        let ahead = at(1_121, Some(1_000));
        assert_eq!(ahead.verdict, Verdict::Warning);
        assert_eq!(
            ahead.finding,
            "this machine is 2 min 1 s ahead of the provider"
        );
        let behind = at(1_000, Some(8_200));
        assert_eq!(
            behind.finding,
            "this machine is 2 h 0 min behind the provider"
        );
        assert_eq!(at(1_000, None).verdict, Verdict::Ok);
    }
}
