use std::time::Duration;

/// How much time is left, as a person says it.
pub(crate) fn time_left(left: Duration) -> String {
    let seconds = left.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {seconds} s"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_comes_first() {
        let said = |seconds| time_left(Duration::from_secs(seconds));
        assert_eq!(said(0), "0 s");
        assert_eq!(said(59), "59 s");
        assert_eq!(said(60), "1 min 0 s");
        assert_eq!(said(899), "14 min 59 s");
        assert_eq!(said(7_260), "2 h 1 min");
        assert_eq!(time_left(Duration::from_millis(999)), "0 s");
    }
}
