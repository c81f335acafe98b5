use crate::examples::Examples;

/// By operation; those without one are the group's. Ids are those that the seed 1 leads to.
#[rustfmt::skip]
pub(crate) const EXAMPLES: Examples = &[
    ("", r"
paylink zipay create-invoice --invoice-number 1000 --amount 250000 \
  --currency IRT --callback https://shop.example/back
paylink zipay list --status generated
"),
    ("create-invoice", r"
paylink zipay create-invoice --invoice-number 1000 --amount 250000 \
  --currency IRT --callback https://shop.example/back
"),
    ("status", r"
paylink zipay create-invoice --invoice-number 1000 --amount 250000 \
  --currency IRT --callback https://shop.example/back
paylink zipay status --trackid 4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
"),
    ("verify", r"
paylink zipay create-invoice --invoice-number 1000 --amount 250000 \
  --currency IRT --callback https://shop.example/back
paylink zipay verify --trackid 4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
"),
    ("settle", r"
paylink zipay create-invoice --invoice-number 1000 --amount 250000 \
  --currency IRT --callback https://shop.example/back
paylink zipay settle --trackid 4d27c0ea-b9df-42c7-a66b-5d19b526b2d0 \
  --invoice-number 1000 --amount 250000 --currency IRT
"),
    ("list", r"
paylink zipay list --limit 10 --sort asc
paylink zipay list --all --json
"),
    ("refund", r"
paylink zipay create-invoice --invoice-number 1000 --amount 250000 \
  --currency IRT --callback https://shop.example/back
paylink zipay verify --trackid 4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
paylink zipay refund --trackid 4d27c0ea-b9df-42c7-a66b-5d19b526b2d0 --yes
"),
    ("resolve", r"
paylink zipay resolve 1000.handle
"),
];
