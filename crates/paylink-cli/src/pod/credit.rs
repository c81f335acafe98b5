use clap::Args;
use paylink::FieldKey;
use paylink::pod::{Delegation, UserToken};

use super::account::PodAccount;
use crate::typed;
use crate::usage_error::UsageError;

const DELEGATOR_ID: FieldKey = FieldKey::new("delegator_id", "delegator id");

/// Credit that others let the payer use.
#[derive(Debug, Args)]
pub(super) struct CreditArgs {
    /// A user whose credit is to be used; repeat it in the order in which they are
    #[arg(long = "delegator-id", value_name = "ID")]
    delegator_ids: Vec<String>,
    /// The hash of a credit that is to be used; repeat it for several
    #[arg(long = "delegation-hash", value_name = "HASH")]
    delegation_hashes: Vec<String>,
    /// Whether such credit alone may pay, or the wallet the rest; POD's choice if it is not said
    #[arg(long, value_name = "TRUTH")]
    force_delegation: Option<bool>,
}

impl CreditArgs {
    /// The credit, if anything was said of it.
    pub(super) fn read(&self) -> Result<Option<Delegation>, UsageError> {
        if self.delegator_ids.is_empty()
            && self.delegation_hashes.is_empty()
            && self.force_delegation.is_none()
        {
            return Ok(None);
        }
        let mut credit = Delegation::new();
        for id in &self.delegator_ids {
            credit = credit.with_user(typed::read(DELEGATOR_ID, id)?);
        }
        for hash in &self.delegation_hashes {
            credit = credit.with_credit(hash).map_err(typed::of_flag)?;
        }
        Ok(Some(match self.force_delegation {
            Some(true) => credit.without_wallet(),
            Some(false) => credit.with_wallet(),
            None => credit,
        }))
    }
}

/// In whose name a call is made.
#[derive(Debug, Args)]
pub(super) struct CallerArgs {
    /// Call as the user whose token is configured, in place of the business
    #[arg(long)]
    as_user: bool,
}

impl CallerArgs {
    pub(super) fn token(&self, account: &PodAccount<'_>) -> Result<Option<UserToken>, UsageError> {
        self.as_user.then(|| account.user_token()).transpose()
    }
}
