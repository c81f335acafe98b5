//! What was played, counted: a run that played little has proved little.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use super::world::locked;

/// What a run of some thousand payments has to have played.
const CORNERS: &[(&str, &str)] = &[
    ("payers", "in time"),
    ("payers", "late"),
    ("payers", "never"),
    ("payers", "at the second try"),
    ("payers", "twice"),
    ("payers", "another amount"),
    ("payers", "from another card"),
    ("payers", "asked for another payment after paying"),
    ("calls", "opened twice at once"),
    ("calls", "hung up"),
    ("calls", "lost with the process"),
    ("calls", "answered by an error"),
    ("hints", "return"),
    ("hints", "return again and at once"),
    ("hints", "return before the payment"),
    ("hints", "return much later"),
    ("hints", "webhook"),
    ("hints", "forged: another order's"),
    ("hints", "forged: invented"),
    ("hints", "forged: another amount"),
    ("hints", "forged: no such order"),
    ("hints", "forged: unreadable"),
    ("events", "process killed"),
    ("events", "process replaced while it works"),
    ("events", "provider down"),
    ("events", "provider lost answers"),
    ("events", "network flapped"),
    ("events", "requests held up for longer than a call"),
    ("events", "answers later than a claim holds"),
    ("events", "clock of everybody ahead by minutes"),
    ("events", "clock of everybody ahead by hours"),
    ("events", "clock of the merchant ahead"),
    ("events", "clock of the merchant back"),
    ("events", "providers started anew"),
    ("goods", "handing out failed"),
    ("goods", "sending failed"),
    ("goods", "sending failed after it was done"),
    ("faults", "drop-before"),
    ("faults", "drop-after"),
    ("faults", "delay"),
    ("faults", "delay-after"),
    ("faults", "status"),
    ("faults", "status-after"),
    ("faults", "html"),
    ("faults", "html-after"),
    ("faults", "truncated"),
    ("webhooks", "webhook-twice"),
    ("webhooks", "webhook-late"),
    ("webhooks", "webhook-before-answer"),
    ("webhooks", "webhook-lost"),
    ("outcomes", "delivered"),
    ("outcomes", "over"),
    ("outcomes", "given back, out of reach"),
];

/// How often what was played, by group and kind.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Counts>);

type Counts = BTreeMap<&'static str, BTreeMap<String, u64>>;

impl Tally {
    pub(super) fn count(&self, group: &'static str, what: impl Into<String>) {
        self.add(group, what, 1);
    }

    pub(super) fn add(&self, group: &'static str, what: impl Into<String>, times: u64) {
        let mut counts = locked(&self.0);
        let count = counts
            .entry(group)
            .or_default()
            .entry(what.into())
            .or_default();
        *count += times;
    }

    /// Adds what another one counted.
    pub(crate) fn take_in(&self, other: &Tally) {
        for (group, counts) in &*locked(&other.0) {
            for (what, times) in counts {
                self.add(group, what.clone(), *times);
            }
        }
    }

    /// How many of the things were played that have to be.
    pub(crate) fn corners(&self) -> usize {
        CORNERS.len().saturating_sub(self.missed().len())
    }

    /// What was never played, and should be by some thousand payments.
    pub(crate) fn missed(&self) -> Vec<String> {
        let counts = locked(&self.0);
        let was_played = |group: &str, what: &str| {
            let count = counts.get(group).and_then(|group| group.get(what));
            count.is_some_and(|count| *count > 0)
        };
        let missed = CORNERS
            .iter()
            .filter(|(group, what)| !was_played(group, what));
        missed
            .map(|(group, what)| format!("{group}: {what}"))
            .collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | times |\n|---|---:|")?;
        for (group, counts) in &*locked(&self.0) {
            for (what, times) in counts {
                writeln!(f, "| {group}: {what} | {times} |")?;
            }
        }
        Ok(())
    }
}
