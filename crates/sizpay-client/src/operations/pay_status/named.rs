use paylink_core::{
    Answer, Class, Handle, Invalid, JalaliDate, Lookup, Operation, Rejection, Reply, Request,
};

use super::{Asked, PER_REQUEST, ReadPayStatus};
use crate::account::SizPayAccount;
use crate::{Payment, SendId};

/// A question by send ids whose answer counts only if it names every link that it is about
/// ([`SizPay::named_status`](crate::SizPay::named_status)).
///
/// Such an answer cannot be taken for another question's, so that it may come over a connection that was kept.
#[derive(Clone, Debug)]
pub(crate) struct NamedPayStatus(ReadPayStatus);

impl NamedPayStatus {
    /// The most ids in one.
    pub(crate) const MOST: usize = PER_REQUEST;

    /// A question about at least one link, and at most [`MOST`](NamedPayStatus::MOST).
    pub(crate) fn new(sent_on: JalaliDate, ids: Vec<SendId>) -> NamedPayStatus {
        NamedPayStatus(ReadPayStatus {
            sent_on,
            asked: Asked::SendIds(ids),
        })
    }
}

impl Operation for NamedPayStatus {
    type Account = SizPayAccount;
    type Output = Vec<Payment>;

    const NAME: &'static str = ReadPayStatus::NAME;
    const CLASS: Class = ReadPayStatus::CLASS;
    const LOOKUP: Lookup = ReadPayStatus::LOOKUP;

    fn request(&self, account: &SizPayAccount) -> Result<Request, Invalid> {
        self.0.request(account)
    }

    fn decode(&self, account: &SizPayAccount, reply: Reply<'_>) -> Result<Vec<Payment>, Rejection> {
        self.0.decode(account, reply)
    }

    fn answer(&self, account: &SizPayAccount) -> Answer {
        self.0.answer(account)
    }

    fn largest_answer(&self, account: &SizPayAccount) -> usize {
        self.0.largest_answer(account)
    }

    fn refuses_with_500(&self, account: &SizPayAccount) -> bool {
        self.0.refuses_with_500(account)
    }

    fn describe(&self, account: &SizPayAccount, handle: Handle) -> Handle {
        self.0.describe(account, handle)
    }
}
