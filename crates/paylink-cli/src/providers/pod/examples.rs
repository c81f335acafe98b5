use crate::examples::Examples;

/// By operation; those without one are the group's. Ids are those that the seed 1 leads to.
#[rustfmt::skip]
pub(crate) const EXAMPLES: Examples = &[
    ("", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod invoices --bill-number 1000
"),
    ("issue-invoice", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
"),
    ("invoices", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod invoices --bill-number 1000
paylink pod invoices --paid false --json
"),
    ("verify-invoice", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000 --verification-needed
paylink pod verify-invoice --bill-number 1000
"),
    ("verify-and-close", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000 --verification-needed
paylink pod verify-and-close --invoice-id 3418549
"),
    ("close", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod close --invoice-id 3418549
"),
    ("cancel", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod cancel --invoice-id 3418549 --yes
"),
    ("link-by-unique-number", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod link-by-unique-number --unique-number ae0b665056acd824
"),
    ("link-by-invoice", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000 --user-id 16849
paylink pod link-by-invoice --invoice-id 3418549
"),
    ("payment-link", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod payment-link --invoice-id 3418549
"),
    ("share-link", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000 --user-id 16849
paylink pod share-link --invoice-id 3418549 --user-id 16850 --as-user
"),
    ("pay-any-invoice", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod pay-any-invoice --invoice-id 3418549
"),
    ("pay-own-invoice", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000 --user-id 16849
paylink pod pay-own-invoice --invoice-id 3418549 --wallet --as-user
"),
    ("send-payment-sms", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000 --user-id 16849
paylink pod send-payment-sms --invoice-id 3418549
"),
    ("confirm-payment-sms", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000 --user-id 16849
paylink pod send-payment-sms --invoice-id 3418549 --sms-content-type 1
paylink pod confirm-payment-sms --invoice-id 3418549 --code 33722
"),
    ("mark-paid", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod mark-paid --invoice-id 3418549
"),
    ("pay-with-invoice", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
PAYLINK_POD_TOKEN=$PAYLINK_ACCOUNT_POD_OTHER_TOKEN paylink pod \
  issue-invoice --bill-number 1001 --guild-code CLOTHING_GUILD \
  --item-description cloth --item-price 150000 --user-id 11001
paylink pod pay-with-invoice --creditor-invoice-id 4179154 \
  --debtor-invoice-id 3418549
"),
    ("pay-in-future", r"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000 --user-id 16849
paylink pod pay-in-future --invoice-id 3418549 --date 1499/12/29 --wallet \
  --as-user
"),
    ("pos-payment", r#"
paylink pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
  --item-description shoes --item-price 250000
paylink pod pos-payment --invoice-id 3418549 --terminal-number 4173722 \
  --merchant-code 838043128 --reference-number 774375055684 \
  --tracking-number 819100 --transaction-date "1405/08/30 12:00:00"
"#),
    ("resolve", r"
paylink pod resolve 1000.handle
"),
];
