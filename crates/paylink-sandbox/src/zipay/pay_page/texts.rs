//! What ZiPay's pay page says, in both languages.

use crate::page::texts;

texts! {
    pub(super) Texts in TEXTS {
        pay_to: "پرداخت به", "Pay";
        to_pay: "مبلغ قابل پرداخت", "Amount to pay";
        invoice_amount: "مبلغ فاکتور", "Amount of the invoice";
        invoice_number: "شمارهٔ فاکتور", "Invoice number";
        terminal: "شمارهٔ پایانه", "Terminal";
        track_id: "شناسهٔ فاکتور", "Track id";
        national_id: "کد ملی پرداخت‌کننده", "Payer's national id";
        national_id_help: "این فاکتور را فقط صاحب کد ملی تعیین‌شده می‌تواند بپردازد.", "Only the person whose national id the shop has named can pay this invoice.";
        pay: "پرداخت", "Pay";
        decline: "انصراف و بازگشت به فروشگاه", "Cancel and go back to the shop";
        footer: "درگاه پرداخت", "payment gateway";

        another_person: "این کد ملی با کد ملی تعیین‌شده برای این فاکتور مطابقت ندارد و مبلغی کسر نشد. کد ملی ۱۰ رقمی همان شخص را وارد کنید.", "This is not the national id that the invoice is for, and nothing was taken. Enter the 10 digits of that person's id.";
        paid_before: "این فاکتور قبلاً پرداخت شده است. مبلغ دیگری کسر نشد و چیزی تغییر نکرد.", "This invoice was paid before. Nothing more was taken, and nothing has changed.";
        not_payable: "این فاکتور دیگر قابل پرداخت نیست. مبلغی کسر نشد و چیزی تغییر نکرد.", "This invoice cannot be paid any more. Nothing was taken, and nothing has changed.";

        pending: "پرداخت انجام شد", "The payment was made";
        pending_text: "به فروشگاه بازگردید. اگر فروشگاه پرداخت را تا ۳۰ دقیقه تأیید نکند، مبلغ به حساب شما برمی‌گردد.", "Go back to the shop. If it does not confirm the payment within 30 minutes, the money returns to your account.";
        completed: "پرداخت کامل شد", "The payment is complete";
        completed_text: "فروشگاه پرداخت شما را تأیید کرده است.", "The shop has confirmed your payment.";
        refunded: "مبلغ بازگردانده شد", "The money was given back";
        refunded_text: "فروشگاه مبلغ این فاکتور را به شما بازگردانده است.", "The shop has given the money of this invoice back to you.";
        given_back: "مبلغ به حساب شما برگشت", "The money returned to your account";
        given_back_text: "فروشگاه پرداخت را تا ۳۰ دقیقه تأیید نکرد و مبلغ برگشت داده شد. برای خرید دوباره به فروشگاه بازگردید.", "The shop did not confirm the payment within 30 minutes, so the money went back. Go back to the shop to order again.";
        declined: "پرداخت لغو شد", "The payment was cancelled";
        declined_text: "شما انصراف دادید و مبلغی کسر نشد. برای پرداخت دوباره به فروشگاه بازگردید.", "You cancelled, and nothing was taken. Go back to the shop to pay again.";

        lost: "فاکتور پیدا نشد", "No such invoice";
        lost_text: "این آدرس به هیچ فاکتوری نمی‌رسد. لینک پرداخت را دوباره از فروشگاه بگیرید.", "This address leads to no invoice. Ask the shop for the payment link again.";
    }
}
