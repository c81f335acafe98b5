//! Flaws that soaking has to find: each is put into a copy of the sources, built, and soaked until something is wrong.

use std::process::Command;

use crate::scratch::{Edit, Tree};
use crate::step::Outcome;
use crate::{project, say, soak};

/// How many payments are sold for each seed, and of how many seeds.
const PAYMENTS: u64 = 6_000;
const SEEDS: u64 = 5;

/// A mistake that somebody could make.
struct Flaw {
    /// What is wrong with it.
    name: &'static str,
    edits: &'static [Edit],
}

const SETTLE: &str = "crates/paylink/src/desk/settle.rs";
const OPEN: &str = "crates/paylink/src/desk/open.rs";
const PACE: &str = "crates/paylink/src/desk/pace.rs";
const STORE: &str = "crates/paylink-books/src/store.rs";

/// An order's delivery is written a second time without a word.
const WRITTEN_AGAIN: Edit = Edit {
    file: STORE,
    find: "delivery, created_at, due_at) VALUES ($1, $2, $3, $4, $4)",
    put: "delivery, created_at, due_at) VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING",
};

const FLAWS: &[Flaw] = &[
    Flaw {
        name: "an order that was handed out is handed out again on the next hint",
        edits: &[
            WRITTEN_AGAIN,
            Edit {
                file: SETTLE,
                find: "    if let Some(at) = ledger.delivered_at() {
        return Some(Outcome::Delivered { at });
    }
    if let Some(delivery) = ledger.delivery() {
        return Some(Outcome::AwaitingDelivery(Box::new(delivery.clone())));
    }
",
                put: "",
            },
        ],
    },
    Flaw {
        name: "handing out does not compare the fence",
        edits: &[
            WRITTEN_AGAIN,
            Edit {
                file: STORE,
                find: r"private = NULL, \
     claimed_until = 0 WHERE name = $1 AND fence = $2",
                put: r"private = NULL, \
     claimed_until = 0 WHERE name = $1 AND $2 >= 0",
            },
        ],
    },
    Flaw {
        name: "the outbox's row is written though the claim was taken over",
        edits: &[Edit {
            file: STORE,
            find: "                if rows == 0 {
                    return Ok(Saved::Superseded);
                }
                sqlx::query(INTO_OUTBOX)",
            put: "                let _ = rows;
                sqlx::query(INTO_OUTBOX)",
        }],
    },
    Flaw {
        name: "a payer who returns is believed to have paid",
        edits: &[Edit {
            file: "crates/zipay-client/src/settle.rs",
            find: "        Status::Generated | Status::Waiting | Status::Rejected | Status::Refunded => {",
            put: "        Status::Generated | Status::Waiting => Ok(ended(agreement.already_settled())),
        Status::Rejected | Status::Refunded => {",
        }],
    },
    Flaw {
        name: "a payment that is made and not confirmed counts as settled",
        edits: &[Edit {
            file: "crates/zipay-client/src/settle.rs",
            find: "        Status::Pending => Ok(Read::Pending(agreement)),",
            put: "        Status::Pending => Ok(ended(agreement.already_settled())),",
        }],
    },
    Flaw {
        name: "a confirmation that is refused counts as one that came before",
        edits: &[Edit {
            file: "crates/pod-invoice-client/src/settle.rs",
            find: "        Ok(Read::ToVerify(_, invoice)) if unpaid.is_some() => Ok(Told {
            settlement: Settlement::NotPaid(*invoice),
            unpaid,
        }),",
            put: "        Ok(Read::ToVerify(agreement, _)) if unpaid.is_some() => {
            Ok(agreement.already_settled().into())
        }",
        }],
    },
    Flaw {
        name: "a payment from another card than the recorded one counts as paid",
        edits: &[Edit {
            file: "crates/cardpay-client/src/settle.rs",
            find: "        PaymentState::FirstVerification => Ok(agreement.settled()),",
            put: "        PaymentState::FirstVerification | PaymentState::PaidFromAnotherCard => {
            Ok(agreement.settled())
        }",
        }],
    },
    Flaw {
        name: "what was settled before counts as not paid",
        edits: &[Edit {
            file: SETTLE,
            find: "            Settlement::Settled(proof) | Settlement::AlreadySettled(proof) => proof,",
            put: "            Settlement::Settled(proof) => proof,
            Settlement::AlreadySettled(_) => return Ok(Outcome::NotOpened),",
        }],
    },
    Flaw {
        name: "a create whose outcome is unknown is taken for failed",
        edits: &[Edit {
            file: OPEN,
            find: "                Effect::Unknown => self.doubt(turn, error).await,",
            put: "                Effect::Unknown => {
                    self.take_back(turn, before, None).await?;
                    Err(error.into())
                }",
        }],
    },
    Flaw {
        name: "what is not found is taken for never created before the settling time is over",
        edits: &[Edit {
            file: "crates/paylink-core/src/operation/inquiry.rs",
            find: "            None => Resolution::NotExecuted,
            Some(retry_after) => Resolution::StillUnknown { retry_after },",
            put: "            _ => Resolution::NotExecuted,",
        }],
    },
    Flaw {
        name: "a payment is created before what finds it again is written",
        edits: &[Edit {
            file: OPEN,
            find: "        turn.begin(attempt, self.runtime.now(), self.min_pause);
        self.save(turn).await?;",
            put: "        turn.begin(attempt, self.runtime.now(), self.min_pause);",
        }],
    },
    Flaw {
        name: "another payment is asked for though the one before is paid",
        edits: &[Edit {
            file: OPEN,
            find: "            kept => return Ok(Reopened::Kept(kept)),",
            put: "            kept => drop(kept),",
        }],
    },
    Flaw {
        name: "nobody looks again after trouble",
        edits: &[Edit {
            file: PACE,
            find: "        Sight::Gone => return None,",
            put: "        Sight::Gone | Sight::Trouble { .. } => return None,",
        }],
    },
    Flaw {
        name: "the pauses between two looks heed no deadline of the provider's",
        edits: &[
            Edit {
                file: PACE,
                find: "        let within = self.settlement_window.map(|within| within / 3);",
                put: "        let within: Option<Duration> = None;",
            },
            Edit {
                file: PACE,
                find: "const PART_OF_AGE: u32 = 20;",
                put: "const PART_OF_AGE: u32 = 1;",
            },
        ],
    },
    Flaw {
        name: "a payment that comes after the watch has ended is not looked at",
        edits: &[Edit {
            file: SETTLE,
            find: "        if hinted.is_some() {
            turn.ledger_mut()",
            put: "        if is_over && hinted.is_none() {
            return Ok(Seen::Written(Outcome::NotOpened));
        }
        if hinted.is_some() {
            turn.ledger_mut()",
        }],
    },
    Flaw {
        name: "rial are taken for toman",
        edits: &[Edit {
            file: "crates/paylink-core/src/provider/capabilities.rs",
            find: "Ok(Money::from(Toman::try_from(*price)?))",
            put: "Ok(Money::new(&Rial::try_from(*price)?.get().to_string(), Currency::Irt)?)",
        }],
    },
    Flaw {
        name: "goods that could not be sent count as sent",
        edits: &[Edit {
            file: "crates/paylink/src/desk/outbox.rs",
            find: "        Ok(sent) => sent.map_err(|problem| problem.to_string())?,",
            put: "        Ok(_) => {}",
        }],
    },
];

/// Puts each flaw into a copy of the sources and soaks it: all of them, or those whose names hold one of these texts.
pub(crate) fn find(names: &[String]) -> Outcome {
    let is_meant =
        |flaw: &&Flaw| names.is_empty() || names.iter().any(|it| flaw.name.contains(it.as_str()));
    let tree = Tree::copied("soak")?;
    // A flaw that is out of date is told before anything is built.
    for flaw in FLAWS {
        tree.put(flaw.name, flaw.edits)?;
        tree.take_out(flaw.edits)?;
    }
    let mut table = "| flaw | found by | seed | payments |\n|---|---|---:|---:|\n".to_owned();
    let mut missed = Vec::new();
    for flaw in FLAWS.iter().filter(is_meant) {
        say::line(&format!("\n{}", flaw.name));
        match soaked(&tree, flaw)? {
            Some(Found {
                seed,
                payments,
                wrong,
            }) => {
                table.push_str(&format!(
                    "| {} | {wrong} | {seed} | {payments} |\n",
                    flaw.name
                ));
            }
            None => missed.push(flaw.name),
        }
    }
    say::line(&format!("\n{table}"));
    match &missed[..] {
        [] => Ok(()),
        _ => Err(format!("these flaws were not found: {}", missed.join("; "))),
    }
}

/// How a flaw was found.
struct Found {
    seed: u64,
    /// After how many payments.
    payments: String,
    /// By what.
    wrong: String,
}

/// Builds the flaw, soaks it with one seed after another, and takes it out again.
fn soaked(tree: &Tree, flaw: &Flaw) -> Result<Option<Found>, String> {
    tree.put(flaw.name, flaw.edits)?;
    let found = build(tree).and_then(|()| soak(tree));
    tree.take_out(flaw.edits)?;
    found
}

/// Builds it so that the next flaw is soon built as well: the members are optimised a little, and built incrementally.
fn build(tree: &Tree) -> Outcome {
    let members = project::members()?.into_iter();
    let little = members.map(|it| format!("--config=profile.release.package.{it}.opt-level=1"));
    tree.at(soak::build().arguments(&little.collect::<Vec<_>>()))
        .env("CARGO_INCREMENTAL", "1")
        .run()
}

fn soak(tree: &Tree) -> Result<Option<Found>, String> {
    for seed in 1..=SEEDS {
        let mut soak = Command::new(tree.build.join("release/soak"));
        soak.args([
            "--payments",
            &PAYMENTS.to_string(),
            "--seed",
            &seed.to_string(),
        ]);
        let output = soak.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout);
        let wrong = said
            .lines()
            .find_map(|line| line.strip_prefix("after ")?.split_once(" payments, "));
        if let Some((payments, rest)) = wrong {
            let mut parts = rest.split(": ");
            let wrong = parts.nth(1).unwrap_or_default().to_owned();
            say::line(&format!("    found by seed {seed}: {wrong}"));
            return Ok(Some(Found {
                seed,
                payments: payments.to_owned(),
                wrong,
            }));
        }
        if !output.status.success() {
            let problem = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "soaking failed and says nothing is wrong: {problem}"
            ));
        }
    }
    Ok(None)
}
