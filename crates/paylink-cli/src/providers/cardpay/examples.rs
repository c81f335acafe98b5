use crate::examples::Examples;

/// By operation; those without one are the group's. Ids are those that the seed 1 leads to.
#[rustfmt::skip]
pub(crate) const EXAMPLES: Examples = &[
    ("", r"
paylink cardpay create --price 2500000 --invoice-number 1000
paylink cardpay check --pay-id 856076
"),
    ("create", r"
paylink cardpay create --price 2500000 --invoice-number 1000
paylink cardpay create --price 2,500,000 --invoice-number 1001 --json
"),
    ("set-card", r"
paylink cardpay create --price 2500000 --invoice-number 1000
paylink cardpay set-card --pay-id 856076 --card-number 6037701689095443
"),
    ("check", r"
paylink cardpay create --price 2500000 --invoice-number 1000
paylink cardpay check --pay-id 856076
"),
    ("cards", r"
paylink cardpay cards
"),
];
