use std::fmt;

/// One rule of the contract.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Case {
    /// An order that is not there.
    UnknownOrder,
    /// Many claims at once.
    OneAtATime,
    /// The end of a lease.
    LeaseEnds,
    /// Many claims at once on a lease that has ended.
    OneTakesOver,
    /// The fences of one order.
    FenceGrows,
    /// A claim that was given back.
    ReleaseFrees,
    /// A release by a claim that was taken over.
    OldClaimReleasesNothing,
    /// Two orders.
    OrdersApart,
    /// What was written, read again.
    LedgerKept,
    /// The stage beside the ledger.
    StageIsWritten,
    /// The order that a grant hands over.
    GrantIsFresh,
    /// A save by a claim that was taken over.
    OldClaimSavesNothing,
    /// A save and a takeover at once.
    SaveOrTakeover,
    /// Ledger and delivery.
    DeliverIsOneStep,
    /// A delivery by a claim that was taken over.
    OldClaimDeliversNothing,
    /// A delivery and a takeover at once.
    DeliverOrTakeover,
    /// Many that would deliver the same order.
    DeliveredOnce,
    /// The orders that are to be looked at.
    DueIsFound,
    /// Many that would take the same delivery from the outbox.
    TakenByOne,
    /// Fewer deliveries asked for than there are.
    EarliestTaken,
    /// A delivery that was put off, taken again or closed.
    PutOffOrClosed,
    /// A claim that is dropped half-way.
    ClaimDropped,
    /// A save that is dropped half-way.
    SaveDropped,
    /// A delivery that is dropped half-way.
    DeliverDropped,
}

impl Case {
    /// Every case there is, in the order in which they are run.
    pub const ALL: &'static [Case] = &[
        Case::UnknownOrder,
        Case::LedgerKept,
        Case::StageIsWritten,
        Case::OneAtATime,
        Case::LeaseEnds,
        Case::OneTakesOver,
        Case::FenceGrows,
        Case::ReleaseFrees,
        Case::OldClaimReleasesNothing,
        Case::OrdersApart,
        Case::GrantIsFresh,
        Case::OldClaimSavesNothing,
        Case::SaveOrTakeover,
        Case::DeliverIsOneStep,
        Case::OldClaimDeliversNothing,
        Case::DeliverOrTakeover,
        Case::DeliveredOnce,
        Case::DueIsFound,
        Case::TakenByOne,
        Case::EarliestTaken,
        Case::PutOffOrClosed,
        Case::ClaimDropped,
        Case::SaveDropped,
        Case::DeliverDropped,
    ];

    /// The rule, in a whole sentence.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Case::UnknownOrder => "An order that is not there is neither loaded nor claimed.",
            Case::OneAtATime => "Of many claims at once, one is granted and the others are held.",
            Case::LeaseEnds => {
                "A claim holds for its whole lease, counted from the `now` that was passed, and no longer."
            }
            Case::OneTakesOver => {
                "Of many claims at once on a lease that has ended, one is granted."
            }
            Case::FenceGrows => {
                "Each grant has a greater fence than those before it, after a release as well."
            }
            Case::ReleaseFrees => "After a release the order can be claimed at once.",
            Case::OldClaimReleasesNothing => {
                "A claim that was taken over does not release its successor's."
            }
            Case::OrdersApart => "What happens to one order does not concern another.",
            Case::LedgerKept => "A ledger comes back as it was written, load or claim.",
            Case::StageIsWritten => {
                "The stage beside a ledger is that ledger's, whether it was saved or delivered."
            }
            Case::GrantIsFresh => "A grant hands over what was written before it, always.",
            Case::OldClaimSavesNothing => "A claim that was taken over saves nothing, and is told.",
            Case::SaveOrTakeover => {
                "Comparing the fence and saving is one step: either the save comes first and the next grant shows it, or \
                 it is superseded and nobody sees it."
            }
            Case::DeliverIsOneStep => "Delivering writes the ledger and makes one delivery due.",
            Case::OldClaimDeliversNothing => {
                "A claim that was taken over delivers nothing, writes nothing, and is told."
            }
            Case::DeliverOrTakeover => {
                "Comparing the fence, writing the ledger and delivering is one step: either all of it comes before the \
                 next grant, or none of it happens."
            }
            Case::DeliveredOnce => "However many race for it, an order is delivered once.",
            Case::DueIsFound => {
                "An order is due from the moment in which its ledger is to be looked at again, unless somebody holds it; \
                 the earliest comes first."
            }
            Case::TakenByOne => {
                "A delivery is due as soon as it was written, and of many workers at once one takes it."
            }
            Case::EarliestTaken => {
                "No more deliveries are taken than were asked for, and the earliest before the others."
            }
            Case::PutOffOrClosed => {
                "A delivery comes again when its lease has ended or it was put off until then, never once it was closed, and \
                 only the newest taking puts it off."
            }
            Case::ClaimDropped => {
                "A claim that is dropped half-way changes nothing but who holds the order, and not for longer than its lease."
            }
            Case::SaveDropped => {
                "A save that is dropped half-way has written all of it or nothing."
            }
            Case::DeliverDropped => {
                "A delivery that is dropped half-way has written the ledger and made the delivery due, or neither."
            }
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
