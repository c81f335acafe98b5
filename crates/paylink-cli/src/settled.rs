use std::io::{self, Write};

use paylink::{CheckResult, Proof};
use serde::Serialize;

use crate::report::Report;
use crate::text::{amount, write_facts};

/// The money is there, and this is the evidence.
#[derive(Debug, Serialize)]
pub(crate) struct Settled {
    settlement: Outcome,
    proof: Proof,
    #[serde(skip)]
    reference: &'static str,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Settled,
    AlreadySettled,
}

impl Settled {
    /// It was settled by this; `reference` is what the provider calls its id of a payment.
    pub(crate) fn now(proof: Proof, reference: &'static str) -> Settled {
        Settled {
            settlement: Outcome::Settled,
            proof,
            reference,
        }
    }

    /// It had been settled before.
    pub(crate) fn before(proof: Proof, reference: &'static str) -> Settled {
        Settled {
            settlement: Outcome::AlreadySettled,
            proof,
            reference,
        }
    }
}

impl Report for Settled {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let proof = &self.proof;
        let settled = match self.settlement {
            Outcome::Settled => "Settled",
            Outcome::AlreadySettled => "Settled before",
        };
        writeln!(out, "{settled}: the money is yours.\n")?;
        let mut facts = vec![
            ("Invoice", proof.order().to_owned()),
            ("Amount", amount(proof.amount())),
            (self.reference, proof.reference().to_owned()),
        ];
        let compared: Vec<&str> = proof
            .checks()
            .iter()
            .filter(|check| check.result() == CheckResult::Equal)
            .map(|check| check.field().as_str())
            .collect();
        if !compared.is_empty() {
            facts.push(("Compared", compared.join(", ")));
        }
        write_facts(out, &facts)?;
        writeln!(
            out,
            "\nDeliver, unless your own record says that it was delivered before."
        )
    }
}
