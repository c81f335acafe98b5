//! What a server does, connection after connection.

use crate::{Behaviour, Certificate};

/// One behaviour for each connection in turn; the last is repeated for all that follow.
///
/// ```
/// use paylink_testkit::{Answer, Script, faults};
///
/// // Twice a reset, then a server in good health.
/// let script: Script = faults::reset_on_accept()
///     .then(faults::reset_on_accept())
///     .then(faults::answer(&Answer::json("{}")));
/// ```
#[derive(Clone, Debug)]
pub struct Script {
    turns: Vec<Behaviour>,
    last: Behaviour,
}

impl Script {
    /// Adds the behaviour for the connections after those.
    #[must_use]
    pub fn then(mut self, next: Behaviour) -> Self {
        self.turns.push(std::mem::replace(&mut self.last, next));
        self
    }

    /// The behaviour for the connection after `earlier` others.
    pub(crate) fn turn(&self, earlier: usize) -> &Behaviour {
        self.turns.get(earlier).unwrap_or(&self.last)
    }

    pub(crate) fn wants_small_window(&self) -> bool {
        self.behaviours().any(|behaviour| behaviour.small_window)
    }

    pub(crate) fn wants_tls(&self) -> bool {
        self.behaviours()
            .any(|behaviour| behaviour.certificate != Certificate::Trusted)
    }

    fn behaviours(&self) -> impl Iterator<Item = &Behaviour> {
        self.turns.iter().chain([&self.last])
    }
}

impl Behaviour {
    /// Begins a script: this for the first connection, `next` for those that follow.
    #[must_use]
    pub fn then(self, next: Self) -> Script {
        Script::from(self).then(next)
    }
}

impl From<Behaviour> for Script {
    /// Makes a script that does the same with every connection.
    fn from(behaviour: Behaviour) -> Self {
        Self {
            turns: Vec::new(),
            last: behaviour,
        }
    }
}
