mod comparison;
pub(crate) mod handle;
mod mismatch;
mod proof;
pub(crate) mod resolution;

pub use comparison::{Agreement, Comparison};
pub use mismatch::{ComparedField, Difference, Mismatch};
pub use proof::{CheckResult, FieldCheck, Proof};

/// What settling a payment came to.
///
/// Both proofs say that the merchant has the money. **Neither says whether the goods went out**: the answer that said
/// [`Settled`](Settlement::Settled) can be lost, and the next one says [`AlreadySettled`](Settlement::AlreadySettled).
/// Deliver when the merchant's own record says that this order was not delivered yet, and mark it in the same step.
///
/// `V` is the provider's view of the payment.
#[derive(Debug)]
#[must_use = "a settlement says whether the merchant has the money"]
pub enum Settlement<V> {
    /// The payment was made, and this call confirmed it.
    Settled(Proof),
    /// The payment was made, and had been confirmed before.
    AlreadySettled(Proof),
    /// There is no money, or it went back. The view says why.
    NotPaid(V),
    /// The payment is not the one that the merchant's record describes. Nothing was confirmed; raise an alarm.
    Mismatch(Mismatch),
}

impl<V> Settlement<V> {
    /// The proof, where there is one.
    #[must_use]
    pub fn proof(&self) -> Option<&Proof> {
        match self {
            Settlement::Settled(proof) | Settlement::AlreadySettled(proof) => Some(proof),
            Settlement::NotPaid(_) | Settlement::Mismatch(_) => None,
        }
    }

    /// The same outcome with another view of what is not paid. Proofs stay as they are.
    pub fn map<W>(self, view: impl FnOnce(V) -> W) -> Settlement<W> {
        match self {
            Settlement::Settled(proof) => Settlement::Settled(proof),
            Settlement::AlreadySettled(proof) => Settlement::AlreadySettled(proof),
            Settlement::NotPaid(found) => Settlement::NotPaid(view(found)),
            Settlement::Mismatch(mismatch) => Settlement::Mismatch(mismatch),
        }
    }
}

pub use handle::Handle;
pub use resolution::Resolution;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, Money};

    fn money(amount: &str, currency: Currency) -> Money {
        Money::new(amount, currency).unwrap()
    }

    fn price() -> Money {
        money("100.99", Currency::Usd)
    }

    /// A comparison in which everything is equal but what is reported of one field.
    fn compared(other: Option<ComparedField>) -> Result<Agreement, Mismatch> {
        let reported = |field, own: &'static str| {
            if other == Some(field) { "another" } else { own }
        };
        let paid = match other {
            Some(ComparedField::Amount) => money("100.98", Currency::Usd),
            Some(ComparedField::Currency) => money("100.99", Currency::Usdt),
            _ => price(),
        };
        Comparison::new("example")
            .money(&price(), &paid)
            .equal(
                ComparedField::Order,
                "1000",
                reported(ComparedField::Order, "1000"),
            )
            .equal(
                ComparedField::Merchant,
                "1003",
                reported(ComparedField::Merchant, "1003"),
            )
            .equal(
                ComparedField::Reference,
                "id-7",
                reported(ComparedField::Reference, "id-7"),
            )
            .equal(
                ComparedField::Payer,
                "6037",
                reported(ComparedField::Payer, "6037"),
            )
            .finish()
    }

    fn proof() -> Proof {
        let settlement: Settlement<()> = compared(None).unwrap().with_receipt("880012").settled();
        match settlement {
            Settlement::Settled(proof) => proof,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_proof_tells_what_was_compared() {
        let proof = proof();
        assert_eq!(proof.provider(), "example");
        assert_eq!(proof.amount(), &price());
        assert_eq!(proof.order(), "1000");
        assert_eq!(proof.reference(), "id-7");
        assert_eq!(proof.receipt(), Some("880012"));
        let checks = proof.checks().iter();
        let told: Vec<_> = checks
            .map(|check| (check.field(), check.expected(), check.result()))
            .collect();
        let expected = [
            (ComparedField::Currency, "USD"),
            (ComparedField::Amount, "100.99"),
            (ComparedField::Order, "1000"),
            (ComparedField::Merchant, "1003"),
            (ComparedField::Reference, "id-7"),
            (ComparedField::Payer, "6037"),
        ];
        assert_eq!(
            told,
            expected.map(|(field, value)| (field, value, CheckResult::Equal))
        );
    }

    #[test]
    fn a_proof_as_it_is_stored() {
        let stored = serde_json::to_value(proof()).unwrap();
        assert_eq!(stored["provider"], "example");
        assert_eq!(stored["receipt"], "880012");
        let order = serde_json::json!({"field": "order", "expected": "1000", "checked": "equal"});
        assert_eq!(stored["checks"][2], order);
        let without: Settlement<()> = compared(None).unwrap().already_settled();
        let stored = serde_json::to_value(without.proof()).unwrap();
        assert!(stored.get("receipt").is_none());
    }

    #[test]
    fn a_difference_in_any_one_field_is_a_mismatch_in_that_field() {
        for field in ComparedField::ALL.into_iter().chain([ComparedField::Payer]) {
            let mismatch = compared(Some(field)).unwrap_err();
            let [difference] = mismatch.differences() else {
                panic!("{mismatch}");
            };
            assert_eq!(difference.field(), field);
            assert_ne!(difference.expected(), difference.found());
            for other in ComparedField::ALL {
                assert_eq!(mismatch.has(other), other == field, "{other:?}");
            }
        }
    }

    #[test]
    fn a_field_that_was_forgotten_is_a_mismatch_and_a_payer_may_be() {
        let without_payer = Comparison::new("example")
            .money(&price(), &price())
            .equal(ComparedField::Order, "1000", "1000")
            .not_reported(ComparedField::Merchant, "1003")
            .equal(ComparedField::Reference, "id-7", "id-7");
        assert!(without_payer.finish().is_ok());
        let forgotten = Comparison::new("example").equal(ComparedField::Order, "1", "1");
        let mismatch = forgotten.finish().unwrap_err();
        let fields: Vec<ComparedField> = mismatch
            .differences()
            .iter()
            .map(Difference::field)
            .collect();
        assert_eq!(
            fields,
            [
                ComparedField::Amount,
                ComparedField::Currency,
                ComparedField::Merchant,
                ComparedField::Reference
            ]
        );
        // Named field by field, the amount is none that could stand in a proof.
        let no_amount = ComparedField::ALL
            .into_iter()
            .fold(Comparison::new("example"), |it, field| {
                it.equal(field, "1", "1")
            });
        assert!(no_amount.finish().unwrap_err().has(ComparedField::Amount));
    }

    #[test]
    fn a_mismatch_reads_as_a_list_of_differences() {
        let one = Mismatch::new(ComparedField::Order, "1000", "1001");
        assert_eq!(one.to_string(), "order is \"1001\", expected \"1000\"");
        let mismatch = Comparison::new("example")
            .money(&price(), &money("5", Currency::Usd))
            .equal(ComparedField::Order, "1000", "1001")
            .equal(ComparedField::Merchant, "a", "a")
            .equal(ComparedField::Reference, "b", "b")
            .finish()
            .unwrap_err();
        assert_eq!(
            mismatch.to_string(),
            "amount is \"5\", expected \"100.99\"; order is \"1001\", expected \"1000\""
        );
        let stored = serde_json::to_value(&one).unwrap();
        let difference = serde_json::json!({"field": "order", "expected": "1000", "found": "1001"});
        assert_eq!(stored, serde_json::json!([difference]));
    }

    #[test]
    fn fields_are_named_alike_in_texts_and_documents() {
        for field in ComparedField::ALL.into_iter().chain([ComparedField::Payer]) {
            assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
        }
    }

    #[test]
    fn only_the_two_proofs_prove_and_only_what_is_not_paid_has_a_view() {
        let agreement = || compared(None).unwrap();
        let settled: Settlement<u8> = agreement().settled();
        assert!(matches!(settled, Settlement::Settled(_)) && settled.proof().is_some());
        let before: Settlement<u8> = agreement().already_settled();
        assert!(matches!(before, Settlement::AlreadySettled(_)) && before.proof().is_some());
        let mapped = before.map(|it| it + 1);
        assert!(matches!(mapped, Settlement::AlreadySettled(_)));
        assert!(matches!(settled.map(|it| it + 1), Settlement::Settled(_)));
        let unpaid = Settlement::NotPaid(7).map(|it| it + 1);
        assert!(matches!(unpaid, Settlement::NotPaid(8)) && unpaid.proof().is_none());
        let mismatch = Mismatch::new(ComparedField::Order, "1", "2");
        let other: Settlement<u8> = Settlement::Mismatch(mismatch.clone()).map(|it: u8| it + 1);
        assert!(other.proof().is_none());
        assert!(matches!(other, Settlement::Mismatch(found) if found == mismatch));
    }
}
