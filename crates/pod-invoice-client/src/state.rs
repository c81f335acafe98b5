use std::fmt;

use serde::Serialize;

use crate::Invoice;

/// What an invoice's flags say together.
///
/// POD reports no state but seven truth values. This is the reading of them; where they contradict one another, or one
/// that decides is not reported, it is [`Unclear`](State::Unclear), which is neither paid nor unpaid.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// Nobody has paid it.
    Unpaid,
    /// A payer is at the bank's gateway.
    AwaitingGateway,
    /// A three-step invoice that the merchant has not verified. Whether a payer has paid it, POD's flags do not tell:
    /// it is not called paid before it is verified. [`Pod::settle`](crate::Pod::settle) finds out.
    Unverified,
    /// The payment is guaranteed for a later day, or arranged with another invoice.
    Promised,
    /// Paid, and verified where that was needed: the money is the merchant's.
    Paid,
    /// Cancelled.
    Cancelled,
    /// The flags contradict one another, or one that decides is missing.
    Unclear,
}

impl State {
    /// Reads the flags of an invoice.
    pub(crate) fn of(invoice: &Invoice) -> State {
        let (Some(paid), Some(cancelled), Some(closed), Some(waiting)) = (
            invoice.paid,
            invoice.cancelled,
            invoice.closed,
            invoice.waiting,
        ) else {
            return State::Unclear;
        };
        // The later fields are not in every release of POD.
        let promised = invoice.will_be_paid == Some(true);
        let Some(three_steps) = invoice.verification_needed else {
            return State::Unclear;
        };
        match (paid, cancelled, closed) {
            (true, true, _) | (false, _, true) => State::Unclear,
            (true, false, _) if promised => State::Unclear,
            (true, false, _) if !waiting => State::Paid,
            // Paid at the gateway, and waiting: for what, the merchant's verification shows.
            (true, false, false) if three_steps => State::Unverified,
            (true, false, _) => State::Unclear,
            (false, true, false) => State::Cancelled,
            (false, false, false) if promised => State::Promised,
            (false, false, false) if three_steps => State::Unverified,
            (false, false, false) if waiting => State::AwaitingGateway,
            (false, false, false) => State::Unpaid,
        }
    }

    /// The state in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Unpaid => "unpaid",
            State::AwaitingGateway => "awaiting_gateway",
            State::Unverified => "unverified",
            State::Promised => "promised",
            State::Paid => "paid",
            State::Cancelled => "cancelled",
            State::Unclear => "unclear",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use paylink_core::Response;

    use super::State;
    use crate::envelope;
    use crate::invoice::WireInvoice;
    use paylink_core::json::Object;

    /// The state that these flags make; every other flag is reported as false.
    fn state(set: &[&str]) -> State {
        state_without(set, &[])
    }

    fn state_without(set: &[&str], missing: &[&str]) -> State {
        let flags = [
            "payed",
            "canceled",
            "closed",
            "waiting",
            "verificationNeeded",
            "willBePaid",
            "willBeBlocked",
        ];
        for name in set.iter().chain(missing) {
            assert!(flags.contains(name), "{name}");
        }
        let reported: String = flags
            .iter()
            .filter(|name| !missing.contains(name))
            .map(|name| format!(r#","{name}":{}"#, set.contains(name)))
            .collect();
        let text = format!(r#"{{"hasError":false,"result":{{"id":7{reported}}}}}"#);
        let response = Response::new(200, &text);
        let answered = envelope::success::<Object<WireInvoice<'_>>>("test", response)
            .and_then(envelope::Success::required)
            .unwrap();
        let Object(wire) = answered.value;
        wire.read().unwrap().state()
    }

    #[test]
    fn each_state_has_one_word() {
        for (state, word) in [
            (State::Unpaid, "unpaid"),
            (State::AwaitingGateway, "awaiting_gateway"),
            (State::Unverified, "unverified"),
            (State::Promised, "promised"),
            (State::Paid, "paid"),
            (State::Cancelled, "cancelled"),
            (State::Unclear, "unclear"),
        ] {
            assert_eq!(state.as_str(), word);
            assert_eq!(state.to_string(), word);
            assert_eq!(serde_json::to_value(state).unwrap(), word);
        }
    }

    #[test]
    fn flags_that_agree() {
        assert_eq!(state(&[]), State::Unpaid);
        assert_eq!(state(&["waiting"]), State::AwaitingGateway);
        assert_eq!(state(&["payed"]), State::Paid);
        assert_eq!(state(&["payed", "closed"]), State::Paid);
        assert_eq!(state(&["payed", "willBeBlocked"]), State::Paid);
        assert_eq!(state(&["canceled"]), State::Cancelled);
        assert_eq!(state(&["canceled", "waiting"]), State::Cancelled);
        assert_eq!(state(&["canceled", "willBePaid"]), State::Cancelled);
        assert_eq!(state(&["willBePaid"]), State::Promised);
        assert_eq!(state(&["willBePaid", "waiting"]), State::Promised);
    }

    #[test]
    fn three_steps() {
        for (flags, expected) in [
            ("", State::Unverified),
            ("waiting", State::Unverified),
            ("waiting payed", State::Unverified),
            ("payed", State::Paid),
            ("payed closed", State::Paid),
            ("canceled", State::Cancelled),
        ] {
            let others = flags.split_whitespace();
            let all: Vec<_> = ["verificationNeeded"].into_iter().chain(others).collect();
            assert_eq!(state(&all), expected, "{flags}");
        }
    }

    #[test]
    fn flags_that_contradict_one_another() {
        for flags in [
            &["payed", "canceled"][..],
            &["payed", "canceled", "closed"],
            &["payed", "waiting"],
            &["payed", "waiting", "closed"],
            &["payed", "waiting", "closed", "verificationNeeded"],
            &["payed", "willBePaid"],
            &["closed"],
            &["closed", "canceled"],
            &["closed", "verificationNeeded"],
        ] {
            assert_eq!(state(flags), State::Unclear, "{flags:?}");
        }
    }

    #[test]
    fn a_flag_that_decides_is_never_assumed() {
        for missing in [
            "payed",
            "canceled",
            "closed",
            "waiting",
            "verificationNeeded",
        ] {
            for set in [&["payed"][..], &[]] {
                let set: Vec<&str> = set
                    .iter()
                    .copied()
                    .filter(|name| *name != missing)
                    .collect();
                assert_eq!(state_without(&set, &[missing]), State::Unclear, "{missing}");
            }
        }
        let silent = state_without(&["payed"], &["willBePaid", "willBeBlocked"]);
        assert_eq!(silent, State::Paid);
    }
}
