use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::PaymentState;
use crate::core::text::excerpt;
use crate::desk::Outcome;

/// Nothing but the template's style, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; \
style-src 'sha256-XZRJi5YXPpkqU/YlWZhYoP34+uk3EnYhE3T1E7Q7ut8='; \
base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The most characters of an order's name that are shown.
const LONGEST_ORDER: usize = 200;

/// After how many seconds the page of an order that is being looked at is asked for again.
const AGAIN: &str = "5";

/// A page that says one thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PlainPage {
    status: StatusCode,
    heading: &'static str,
    text: &'static str,
    /// Whether it changes by itself before long.
    changes: bool,
}

/// The page in HTML. The template escapes every value.
#[derive(Template)]
#[template(path = "plain_page.html")]
struct Markup<'a> {
    heading: &'static str,
    text: &'static str,
    order: String,
    shop: Option<&'a str>,
}

impl PlainPage {
    pub(super) const UNSURE: PlainPage = PlainPage {
        status: StatusCode::SERVICE_UNAVAILABLE,
        heading: "نتیجهٔ پرداخت هنوز مشخص نیست",
        text: "لطفاً دوباره پرداخت نکنید. این صفحه به‌صورت خودکار به‌روز می‌شود؛ بعداً هم می‌توانید آن را باز کنید.",
        changes: true,
    };

    pub(super) const UNKNOWN: PlainPage = PlainPage {
        status: StatusCode::NOT_FOUND,
        heading: "سفارشی با این شماره نیست",
        text: "نشانی را بررسی کنید یا با فروشگاه تماس بگیرید.",
        changes: false,
    };

    const CHECKING: PlainPage = PlainPage {
        status: StatusCode::OK,
        heading: "پرداخت در حال بررسی است",
        text: "لطفاً دوباره پرداخت نکنید. این صفحه تا چند لحظهٔ دیگر به‌صورت خودکار به‌روز می‌شود.",
        changes: true,
    };

    const MISMATCH: PlainPage = says(
        "پرداخت با سفارش شما مطابقت ندارد",
        "لطفاً دوباره پرداخت نکنید؛ با فروشگاه تماس بگیرید و شمارهٔ سفارش را اعلام کنید.",
    );

    /// The shop has shown nothing to pay; the provider may have sent a link by itself.
    const LOST: PlainPage = says(
        "نتیجهٔ ایجاد پرداخت مشخص نیست",
        "لطفاً دوباره پرداخت نکنید. اگر لینک پرداخت برایتان پیامک شده است، پیش از پرداخت با فروشگاه تماس بگیرید و \
         شمارهٔ سفارش را اعلام کنید.",
    );

    pub(super) fn of(outcome: &Outcome) -> PlainPage {
        match outcome {
            Outcome::DeliverNow(_) | Outcome::AwaitingDelivery(_) | Outcome::Delivered { .. } => {
                says(
                    "پرداخت شما تأیید شد",
                    "سفارش پرداخت شده است. می‌توانید این صفحه را ببندید.",
                )
            }
            Outcome::NotPaid(payment) => PlainPage::not_paid(payment.state()),
            Outcome::TooSoon {
                seen: Some(seen), ..
            } => PlainPage {
                changes: true,
                ..PlainPage::not_paid(seen)
            },
            Outcome::TooSoon { seen: None, .. } => PlainPage::CHECKING,
            Outcome::Mismatch(_) => PlainPage::MISMATCH,
            Outcome::Unresolved { .. } | Outcome::Busy { .. } => PlainPage::CHECKING,
            Outcome::NotOpened => says(
                "پرداختی برای این سفارش آماده نیست",
                "برای پرداخت به صفحهٔ سفارش در فروشگاه بروید.",
            ),
            Outcome::Lost(_) => PlainPage::LOST,
        }
    }

    fn not_paid(state: &PaymentState) -> PlainPage {
        const PAID_ANYWAY: &str = "اگر مبلغی از حساب شما کسر شده است، دوباره پرداخت نکنید؛ با فروشگاه تماس بگیرید و شمارهٔ سفارش را اعلام کنید.";
        match state {
            PaymentState::Unconfirmed => PlainPage::CHECKING,
            PaymentState::Unpaid | PaymentState::Paying => says(
                "هنوز پرداختی نرسیده است",
                "اگر پرداخت کرده‌اید، دوباره پرداخت نکنید و چند لحظهٔ دیگر این صفحه را باز کنید.",
            ),
            PaymentState::Promised => says(
                "پرداخت برای روز دیگری تعهد شده است",
                "سفارش پس از رسیدن مبلغ تحویل می‌شود.",
            ),
            PaymentState::Expired => says("مهلت پرداخت تمام شد", PAID_ANYWAY),
            PaymentState::Failed => says("پرداخت انجام نشد", PAID_ANYWAY),
            PaymentState::Cancelled => says("این پرداخت لغو شده است", PAID_ANYWAY),
            PaymentState::Refunded => says(
                "مبلغ این سفارش بازگردانده شده است",
                "این سفارش دیگر پرداخت‌شده به شمار نمی‌آید.",
            ),
            _ => says(
                "وضعیت این پرداخت مشخص نیست",
                "لطفاً دوباره پرداخت نکنید؛ با فروشگاه تماس بگیرید و شمارهٔ سفارش را اعلام کنید.",
            ),
        }
    }

    /// The page for this order, with a link to the shop. The order's name came from a URL: it is escaped, for the page and for
    /// the eye.
    pub(super) fn response(self, order: &str, shop: Option<&str>) -> Response {
        let page = Markup {
            heading: self.heading,
            text: self.text,
            order: excerpt(order, LONGEST_ORDER),
            shop: shop.filter(|address| leads_to_a_page(address)),
        };
        // Writing into memory does not fail; the status is right without the words too.
        let html = page.render().unwrap_or_default();
        let headers = [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        let mut response = (self.status, headers, Html(html)).into_response();
        if self.changes {
            let again = header::HeaderValue::from_static(AGAIN);
            response
                .headers_mut()
                .insert(header::REFRESH, again.clone());
            if self.status == StatusCode::SERVICE_UNAVAILABLE {
                response.headers_mut().insert(header::RETRY_AFTER, again);
            }
        }
        response
    }
}

/// Whether an address is a path of the same site, or one on the web: anything else could run as a script.
fn leads_to_a_page(address: &str) -> bool {
    // Browsers read a backslash as a slash, and what follows two as another site.
    let path = address.strip_prefix('/');
    let is_path = path.is_some_and(|path| !path.starts_with(['/', '\\']));
    is_path || address.starts_with("https://") || address.starts_with("http://")
}

const fn says(heading: &'static str, text: &'static str) -> PlainPage {
    PlainPage {
        status: StatusCode::OK,
        heading,
        text,
        changes: false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::Payment;

    const STATES: [PaymentState; 9] = [
        PaymentState::Unpaid,
        PaymentState::Unconfirmed,
        PaymentState::Paid,
        PaymentState::Promised,
        PaymentState::Expired,
        PaymentState::Failed,
        PaymentState::Cancelled,
        PaymentState::Refunded,
        PaymentState::Paying,
    ];

    fn not_paid(state: PaymentState) -> PlainPage {
        let payment = Payment::new("example", state, "STATE 7");
        PlainPage::of(&Outcome::NotPaid(Box::new(payment)))
    }

    #[test]
    fn the_policy_allows_the_style_and_no_other() {
        let page = Markup {
            heading: "",
            text: "",
            order: String::new(),
            shop: None,
        };
        let html = page.render().unwrap();
        let style = html.split("<style>").nth(1).unwrap();
        let style = style.split("</style>").next().unwrap();
        let hash = STANDARD.encode(Sha256::digest(style));
        assert!(
            POLICY.contains(&format!("style-src 'sha256-{hash}';")),
            "{hash}"
        );
    }

    #[test]
    fn every_state_has_words_of_its_own_and_none_of_the_provider() {
        let mut headings = HashSet::new();
        for state in STATES {
            let page = not_paid(state.clone());
            // To a payer, who is about to pay and who did not are the same.
            let is_new = headings.insert(page.heading);
            assert!(is_new || state == PaymentState::Paying, "{state}");
            for text in [page.heading, page.text] {
                assert!(
                    !text.contains(|it: char| it.is_ascii_alphanumeric()),
                    "{text}"
                );
            }
        }
        let unclear = not_paid(PaymentState::Unclear("<b>odd</b>".into()));
        assert_eq!(unclear.heading, "وضعیت این پرداخت مشخص نیست");
    }

    /// Where money may have moved, the first that a payer reads is not to pay again; where it is over, that stands there for
    /// a payer who has paid.
    #[test]
    fn nobody_is_led_to_pay_twice() {
        let unclear = not_paid(PaymentState::Unclear("odd".into()));
        for unknown in [
            PlainPage::UNSURE,
            PlainPage::CHECKING,
            PlainPage::MISMATCH,
            PlainPage::LOST,
            not_paid(PaymentState::Unconfirmed),
            unclear,
        ] {
            let begins = unknown.text.starts_with("لطفاً دوباره پرداخت نکنید");
            assert!(begins, "{unknown:?}");
        }
        for over in [
            PaymentState::Unpaid,
            PaymentState::Paying,
            PaymentState::Expired,
            PaymentState::Failed,
            PaymentState::Cancelled,
        ] {
            let page = not_paid(over);
            assert!(page.text.contains("دوباره پرداخت نکنید"), "{page:?}");
        }
    }

    #[test]
    fn the_shop_is_led_back_to_where_it_is_one() {
        let link = |shop| {
            let page = Markup {
                heading: "",
                text: "",
                order: String::new(),
                shop,
            };
            page.render().unwrap()
        };
        assert!(link(Some("/a?b=\"<")).contains(r#"<a href="/a?b=&#34;&#60;">"#));
        assert!(!link(None).contains("<a "));
        for address in [
            "/",
            "/shop",
            "https://shop.example/",
            "http://127.0.0.1:8080/",
        ] {
            assert!(leads_to_a_page(address), "{address}");
        }
        for other in [
            "",
            "//evil.example/",
            "javascript:alert(1)",
            "data:text/html,",
            "shop",
        ] {
            assert!(!leads_to_a_page(other), "{other}");
        }
    }

    #[test]
    fn what_settles_by_itself_is_shown_again_by_itself() {
        let waits = |page: PlainPage| {
            page.response("1", None)
                .headers()
                .contains_key(header::REFRESH)
        };
        assert!(waits(not_paid(PaymentState::Unconfirmed)));
        assert!(waits(PlainPage::UNSURE));
        for still in [PlainPage::UNKNOWN, not_paid(PaymentState::Expired)] {
            assert!(!waits(still), "{still:?}");
        }
    }
}
