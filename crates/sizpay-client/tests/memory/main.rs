//! What a day's list costs in memory, counted from the first byte asked for to the payments that are handed out.

#[cfg(test)]
mod server;

#[cfg(test)]
mod tests {
    use std::alloc::System;

    use sizpay_client::{JalaliDate, PayStatus, SizPay};
    use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

    use crate::server::answering;

    #[global_allocator]
    static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

    /// What the connection and the request take, whatever the answer.
    const FIXED: usize = 256 * 1024;

    const CAP: usize = 4 * 1024 * 1024;

    fn links(count: usize) -> String {
        let link = |n: usize| {
            format!(
                r#"{{"PayLinkSendID":{},"InvoiceNo":"{n}","PayLinkStatus":{},"PayLinkRefNo":"{}"}}"#,
                26_000 + n,
                n % 2,
                if n % 2 == 1 { "880012345678" } else { "" }
            )
        };
        (1..=count).map(link).collect::<Vec<_>>().join(",")
    }

    /// As many of these as fit into an answer.
    fn repeated(element: &str) -> String {
        let one = element.replace('"', "\\\"").len() + 1;
        vec![element; (CAP - 200) / one].join(",")
    }

    fn in_array(elements: &str) -> String {
        format!(r#"{{"ResCod":1,"PayLinkListStatus":[{elements}]}}"#)
    }

    fn in_text(elements: &str) -> String {
        let quoted = elements.replace('"', "\\\"");
        format!(r#"{{"ResCod":1,"Message":"","prmPayLinkListStatus":"[{quoted}]"}}"#)
    }

    /// All that was ever allocated for one call, freed or not, and how many payments it told; `None` if it was refused.
    fn cost(answer: &str) -> (usize, usize, Option<usize>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let sizpay = SizPay::builder("k1", "k2", "hosseini").base_url(answering(answer));
        let sizpay = sizpay.build().unwrap();
        let day = JalaliDate::new(1399, 11, 21).unwrap();
        let region = Region::new(ALLOCATOR);
        let payments = runtime.block_on(sizpay.pay_status(PayStatus::of_day(day)));
        let change = region.change();
        let payments = payments.ok().map(|payments| payments.len());
        (change.bytes_allocated, change.allocations, payments)
    }

    /// One test, so that nothing else is counted.
    #[test]
    fn it_stays_in_proportion_to_the_answer() {
        let few = r#"{"id":1}"#;
        let undecided = r#"{"PayLinkSendID":1}"#;
        for (elements, told) in [
            (links(500), Some(500)),
            (links(5_000), Some(5_000)),
            (links(30_000), Some(30_000)),
            (repeated("{}"), None),
            (repeated("7"), None),
            (repeated(few), None),
            (repeated(undecided), None),
            (vec!["{}"; 500].join(","), Some(500)),
            (vec!["{}"; 600].join(","), None),
        ] {
            for answer in [in_array(&elements), in_text(&elements)] {
                let (bytes, allocations, payments) = cost(&answer);
                println!(
                    "{} bytes of answer: {bytes} bytes in {allocations} allocations, {payments:?}",
                    answer.len()
                );
                let shown = answer.get(..80).unwrap_or(&answer);
                assert_eq!(payments, told, "{shown}");
                assert!(bytes <= 8 * answer.len() + FIXED, "{shown}");
            }
        }
    }
}
