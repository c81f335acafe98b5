//! SizPay's verdict, whichever way it came: `ResCod` 1 is success, anything else is failure.

mod aspnet;

use paylink_core::json::{Wire, from_object};
use paylink_core::{Rejection, Reply, Untrusted};
use serde::de::DeserializeOwned;

use crate::Via;
use crate::account::SizPayAccount;
use crate::codes;
use crate::fields::ResCod;

/// The fields of an answer, as one method's answers have them.
pub(crate) trait Answered: DeserializeOwned {
    /// The ASMX method that answers so, if there is one: SOAP names it in the answer.
    #[cfg(feature = "soap")]
    const ASMX_METHOD: Option<crate::method::AsmxMethod>;

    fn res_cod(&self) -> Wire<ResCod>;

    fn message(&self) -> Option<&str>;

    /// What speaks against a failure although `ResCod` says so.
    fn success_besides(&self) -> Option<&'static str> {
        None
    }

    #[cfg(feature = "soap")]
    fn from_xml(fields: &crate::soap::Fields) -> Self;
}

/// The fields of an answer that says success.
pub(crate) fn successful<A: Answered>(
    account: &SizPayAccount,
    reply: Reply<'_>,
) -> Result<A, Rejection> {
    let answer = read::<A>(account, reply)?;
    let ResCod(code) = answer.res_cod().required("ResCod")?;
    if code == codes::SUCCESS {
        return Ok(answer);
    }
    if let Some(besides) = answer.success_besides() {
        let problem = format!("the answer says failure (ResCod {code}) and {besides}");
        return Err(Untrusted::new(problem).into());
    }
    let mut refusal = codes::refused(code);
    if let Some(message) = answer.message() {
        refusal = refusal.message_from_provider(&account.without_keys(message));
    }
    // The documents know the code under HTTP 200 alone; beside a server's own failure it settles nothing.
    Err(if reply.status() >= 500 {
        Rejection::Failed(Box::new(refusal))
    } else {
        Rejection::Refused(Box::new(refusal))
    })
}

fn read<A: Answered>(account: &SizPayAccount, reply: Reply<'_>) -> Result<A, Rejection> {
    match account.via() {
        Via::Rest => {
            aspnet::fail_on_exception(account, reply)?;
            Ok(from_object(reply.text())?)
        }
        Via::AsmxJson => {
            aspnet::fail_on_exception(account, reply)?;
            Ok(aspnet::unwrapped(reply.text())?)
        }
        #[cfg(feature = "soap")]
        Via::Soap | Via::SoapModel => crate::soap::read(account, reply),
    }
}

/// The text of a field, if it is there.
pub(crate) fn text(field: &Wire<String>) -> Option<&str> {
    match field {
        Wire::Is(text) => Some(text),
        Wire::Absent | Wire::Null | Wire::Wrong(_) => None,
    }
}

/// A message without the stack trace that .NET may have written below it: that is for SizPay's developers.
pub(crate) fn without_stack_trace(message: &str) -> &str {
    let begin = message
        .split_inclusive('\n')
        .scan(0, |at, line| {
            let begin = *at;
            *at += line.len();
            Some((begin, line))
        })
        .find(|(_, line)| line.trim_start().starts_with("at ") && line.contains('('))
        .map_or(message.len(), |(begin, _)| begin);
    message.get(..begin).unwrap_or(message).trim_end()
}

#[cfg(test)]
mod tests {
    use super::without_stack_trace;

    #[test]
    fn stack_traces_end_where_they_begin() {
        let fault = "System.NullReferenceException: Object reference not set.\r\n   \
                     at Kimia.PayLinkSend.Save(Link link) in C:\\src\\PayLink.cs:line 40\r\n   at X.Y()";
        assert_eq!(
            without_stack_trace(fault),
            "System.NullReferenceException: Object reference not set."
        );
        assert_eq!(without_stack_trace("meet me at noon"), "meet me at noon");
        assert_eq!(without_stack_trace("two\nlines"), "two\nlines");
        assert_eq!(without_stack_trace(""), "");
    }
}
