//! Waiting for something that a provider has to be asked for again and again.

use std::time::Duration;

use paylink::ErrorKind;

/// Questions in a row without an answer before nobody waits any longer.
pub(crate) const PATIENCE: u32 = 20;

/// The pause between two questions: a few seconds while a payer is likely to pay, more after that.
pub(crate) fn pause_after(waited: Duration) -> Duration {
    Duration::from_secs((waited.as_secs() / 20).clamp(3, 30))
}

/// Whether asking again can come to something else.
pub(crate) fn may_pass(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::Refused
            | ErrorKind::Indeterminate
            | ErrorKind::Redirected
            | ErrorKind::Tls
            | ErrorKind::Invalid
            | ErrorKind::Configuration
            | ErrorKind::Unsupported
            | ErrorKind::Mismatch
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_with_the_time() {
        let pause = |waited| pause_after(Duration::from_secs(waited)).as_secs();
        assert_eq!(
            [0, 60, 100, 400, 600, 90_000].map(pause),
            [3, 3, 5, 20, 30, 30]
        );
    }
}
