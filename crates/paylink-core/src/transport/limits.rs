use std::time::Duration;

/// How long things may take: connect < attempt ≤ total.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// Name lookup, TCP and TLS together.
    pub connect: Duration,
    /// One attempt, from looking up the name to the last byte of the answer.
    pub attempt: Duration,
    /// The whole call with all its attempts and the waits between them.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(20),
            total: Duration::from_secs(45),
        }
    }
}

impl Timeouts {
    /// Whether the order is kept, so that each failure is recognised for what it is.
    pub(super) fn are_ordered(&self) -> bool {
        !self.connect.is_zero() && self.connect < self.attempt && self.attempt <= self.total
    }
}
