//! What can befall the nodes, and in which order it does.

use paylink_tests::chance::Chance;

/// Something that befalls the nodes, or what they work with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Befall {
    /// A node is killed and started again.
    Kill,
    /// A node is killed, and is started again only after some seconds.
    KillForLonger,
    /// A node is stopped for longer than its lease, and goes on.
    Pause,
    /// The database is stopped in an orderly way, and started again.
    RestartFast,
    /// The database is stopped as in a crash, and started again.
    RestartImmediate,
    /// Every connection of every node is cut.
    CutAll,
    /// Half of the connections are cut.
    CutSome,
    /// Requests to the providers are lost, or their answers.
    Lose,
}

/// What is drawn from until next to nothing is left, and filled again: so everything comes, and about as often as it
/// stands here.
const ALL: [Befall; 14] = [
    Befall::Kill,
    Befall::Kill,
    Befall::KillForLonger,
    Befall::Pause,
    Befall::Pause,
    Befall::RestartFast,
    Befall::RestartImmediate,
    Befall::CutAll,
    Befall::CutSome,
    Befall::CutSome,
    Befall::Lose,
    Befall::Lose,
    Befall::Lose,
    Befall::Lose,
];

#[derive(Debug, Default)]
pub(super) struct Deck(Vec<Befall>);

impl Deck {
    pub(super) fn draw(&mut self, chance: &mut Chance) -> Befall {
        if self.0.len() <= 2 {
            self.0.extend(ALL);
        }
        let all = u64::try_from(self.0.len()).unwrap();
        let one = usize::try_from(chance.below(all)).unwrap();
        self.0.swap_remove(one)
    }

    /// Leaves what could not come now for later.
    pub(super) fn put_back(&mut self, befall: Befall) {
        self.0.push(befall);
    }
}
