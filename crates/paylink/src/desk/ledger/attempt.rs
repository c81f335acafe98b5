use paylink_core::Handle;
use paylink_core::provider::{Created, ExpectedPayment, NewPayment, OrderReference};
use serde::{Deserialize, Serialize};

/// One payment that was asked for: at which account, under which reference, and how far it came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::desk) struct Attempt {
    account: String,
    /// `None` for the order's own reference, which is read from the order and not from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<OrderReference>,
    progress: Progress,
}

/// How far an attempt came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::desk) enum Progress {
    /// It may have been sent; the handle finds it.
    Asked(Box<Handle>),
    /// It is there.
    Made(Box<Created>),
    /// Nobody could tell whether it is there, and the merchant went on without it. The handle finds it if it comes late.
    GivenUp(Box<Handle>),
}

impl Attempt {
    pub(in crate::desk) fn new(
        account: &str,
        reference: Option<OrderReference>,
        handle: Handle,
    ) -> Attempt {
        Attempt {
            account: account.to_owned(),
            reference,
            progress: Progress::Asked(Box::new(handle)),
        }
    }

    /// The account it was made through.
    pub(in crate::desk) fn account(&self) -> &str {
        &self.account
    }

    /// The reference it was made under, where the order's own is `own`.
    pub(in crate::desk) fn reference<'a>(&'a self, own: &'a OrderReference) -> &'a OrderReference {
        self.reference.as_ref().unwrap_or(own)
    }

    /// The reference it was made under, where that is not the order's own.
    pub(in crate::desk) fn other_reference(&self) -> Option<&OrderReference> {
        self.reference.as_ref()
    }

    /// What the order's books expect of it, if it is there. Reference and price are the order's.
    pub(in crate::desk) fn expected(&self, order: &NewPayment) -> Option<ExpectedPayment> {
        let record = self.created()?.record().clone();
        let reference = self.reference(order.reference()).clone();
        Some(ExpectedPayment::new(reference, *order.price(), record))
    }

    /// Whether it is still to be found out if it is there.
    pub(in crate::desk) fn is_in_doubt(&self) -> bool {
        matches!(self.progress, Progress::Asked(_))
    }

    pub(in crate::desk) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(in crate::desk) fn created(&self) -> Option<&Created> {
        match &self.progress {
            Progress::Made(created) => Some(created),
            Progress::Asked(_) | Progress::GivenUp(_) => None,
        }
    }

    pub(in crate::desk) fn asked(&mut self, handle: Handle) {
        self.progress = Progress::Asked(Box::new(handle));
    }

    pub(in crate::desk) fn made(&mut self, created: Created) {
        self.progress = Progress::Made(Box::new(created));
    }

    /// Goes on without it, if it is not there.
    pub(in crate::desk) fn give_up(&mut self) {
        if let Progress::Asked(handle) = &self.progress {
            self.progress = Progress::GivenUp(handle.clone());
        }
    }
}
