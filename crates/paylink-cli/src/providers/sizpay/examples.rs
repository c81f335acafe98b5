use crate::examples::Examples;

/// By operation; those without one are the group's. Ids are those that the seed 1 leads to.
#[rustfmt::skip]
pub(crate) const EXAMPLES: Examples = &[
    ("", r"
paylink sizpay send-link --amount 250000 --mobile 09120000001 \
  --invoice-number 1000
paylink sizpay status --invoice-number 1000
"),
    ("send-link", r"
paylink sizpay send-link --amount 250000 --mobile 09120000001 \
  --invoice-number 1000
"),
    ("disable", r"
paylink sizpay send-link --amount 250000 --mobile 09120000001 \
  --invoice-number 1000
paylink sizpay disable --invoice-number 1000 --yes
"),
    ("resend", r"
paylink sizpay send-link --amount 250000 --mobile 09120000001 \
  --invoice-number 1000
paylink sizpay resend --send-id 477375
"),
    ("status", r"
paylink sizpay send-link --amount 250000 --mobile 09120000001 \
  --invoice-number 1000
paylink sizpay status --send-id 477375
paylink sizpay status --invoice-number 1000 --json
"),
    ("resolve", r"
paylink sizpay resolve 1000.handle
"),
];
