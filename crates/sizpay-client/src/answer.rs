//! SizPay's verdict, whichever way it came: `ResCod` 1 is success, anything else is failure.

mod aspnet;
mod contents;
pub(crate) mod json;

#[cfg(feature = "soap")]
pub(crate) use contents::Value;
pub(crate) use contents::{Contents, States};

use paylink_core::{Reason, Refusal, Rejection, Reply, Untrusted};

use crate::Via;
use crate::account::SizPayAccount;
use crate::codes;
use crate::fields::ResCod;
use crate::method::Method;

/// The contents of an answer that says success.
pub(crate) fn successful(
    account: &SizPayAccount,
    reply: Reply<'_>,
    method: Method,
) -> Result<Contents, Rejection> {
    let contents = read(account, reply, method)?;
    contents.each_once()?;
    let ResCod(code) = contents.res_cod.required("ResCod")?;
    if code == codes::SUCCESS {
        return Ok(contents);
    }
    if let Some(besides) = contents.success_besides() {
        let problem = format!("the answer says failure (ResCod {code}) and {besides}");
        return Err(Untrusted::new(problem).into());
    }
    let refusal = codes::refused(code, contents.message());
    Err(refused(account, reply, refusal, &contents))
}

/// A refusal with SizPay's own words.
pub(crate) fn refused(
    account: &SizPayAccount,
    reply: Reply<'_>,
    mut refusal: Refusal,
    contents: &Contents,
) -> Rejection {
    if let Some(message) = contents.message() {
        refusal = refusal.message_from_provider(&account.without_keys(message));
    }
    // The documents know refusals under HTTP 200 alone; beside a server's own failure they settle nothing.
    if reply.status() >= 500 || refusal.reason() == Reason::ProviderFailure {
        Rejection::Failed(Box::new(refusal))
    } else {
        Rejection::Refused(Box::new(refusal))
    }
}

#[cfg_attr(
    not(feature = "soap"),
    expect(unused_variables, reason = "SOAP alone names the method in its answer")
)]
fn read(account: &SizPayAccount, reply: Reply<'_>, method: Method) -> Result<Contents, Rejection> {
    match account.via() {
        Via::Rest => {
            aspnet::fail_on_exception(account, reply)?;
            Ok(json::bare(reply.text())?)
        }
        Via::AsmxJson => {
            aspnet::fail_on_exception(account, reply)?;
            Ok(json::unwrapped(reply.text())?)
        }
        #[cfg(feature = "soap")]
        Via::Soap | Via::SoapModel => crate::soap::read(account, reply, method),
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
