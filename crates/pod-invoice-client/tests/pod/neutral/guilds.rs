//! POD issues no invoice without a guild.

use paylink_core::{Effect, ErrorKind, PaymentProvider};
use pod_invoice_client::Environment;

use super::{ISSUE, builder, issued, payment};
use crate::provider::{KEY, Provider, good};

#[tokio::test]
async fn without_a_guild_nothing_is_created_and_the_error_says_how_to_set_one() {
    let provider = Provider::start().await;
    provider.answer(ISSUE, good(issued()));
    let pod = provider.builder(Environment::Production).key(KEY);
    let pod: Box<dyn PaymentProvider> = Box::new(pod.build().unwrap());
    for error in [
        pod.prepare(&payment()).unwrap_err(),
        pod.create(&payment()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.to_string().contains(".guild(code)"), "{error}");
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_guild_that_cannot_be_one_is_refused_when_the_client_is_built() {
    let provider = Provider::start().await;
    for bad in ["", " ", "A\nB", " A"] {
        let error = builder(&provider).guild(bad).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{bad:?}");
        assert!(error.to_string().contains("guild"), "{error}");
    }
}
