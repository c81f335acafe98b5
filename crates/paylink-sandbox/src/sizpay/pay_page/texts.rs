//! What SizPay's pages say, in both languages.

use crate::page::texts;

texts! {
    pub(in crate::sizpay) Texts in TEXTS {
        pay_to: "پرداخت به", "Pay";
        pay_link: "لینک پرداخت", "Payment link";
        customer: "مشتری", "Customer";
        description: "توضیحات", "Description";
        to_pay: "مبلغ قابل پرداخت", "Amount to pay";
        invoice_amount: "مبلغ فاکتور", "Amount of the invoice";
        invoice_number: "شمارهٔ فاکتور", "Invoice number";
        reference_number: "شمارهٔ ارجاع", "Reference number";
        pay: "پرداخت", "Pay";
        decline: "انصراف", "Cancel";
        no_way_back: "سیزپی شما را به فروشگاه برنمی‌گرداند: پس از پرداخت این صفحه را ببندید. فروشگاه وضعیت پرداخت را خودش از سیزپی می‌پرسد.", "SizPay does not lead back to the shop: close this page after paying. The shop asks SizPay itself whether the link was paid.";
        footer: "لینک پرداخت", "payment links";

        paid_before: "این لینک قبلاً پرداخت شده است. مبلغ دیگری کسر نشد و چیزی تغییر نکرد.", "This link was paid before. Nothing more was taken, and nothing has changed.";
        disabled_before: "این لینک غیرفعال شده است. مبلغی کسر نشد و چیزی تغییر نکرد.", "This link was disabled. Nothing was taken, and nothing has changed.";

        declined: "از پرداخت انصراف دادید", "You cancelled";
        declined_text: "مبلغی کسر نشد. تا وقتی لینک فعال است می‌توانید آن را پرداخت کنید.", "Nothing was taken. The link can still be paid as long as it is active.";
        paid: "پرداخت انجام شد", "The payment was made";
        paid_text: "شمارهٔ ارجاع را نگه دارید. این لینک دوباره پرداخت نمی‌شود؛ می‌توانید صفحه را ببندید.", "Keep the reference number. This link cannot be paid again; you can close the page.";
        disabled: "این لینک غیرفعال است", "This link is disabled";
        disabled_text: "فروشگاه این لینک را غیرفعال کرده است و نمی‌توان آن را پرداخت کرد. از فروشگاه لینک جدیدی بخواهید.", "The shop has disabled this link, so it cannot be paid. Ask the shop for a new one.";

        lost: "لینک پرداخت پیدا نشد", "No such payment link";
        lost_text: "این آدرس به هیچ لینک پرداختی نمی‌رسد. آن را دوباره از پیامک باز کنید.", "This address leads to no payment link. Open it from the text message again.";

        service: "وب‌سرویس لینک پرداخت سیزپی در محیط آزمایشی", "The web service of SizPay's payment links, in the test environment";
        wsdl: "توصیف سرویس", "Description of the service";
        methods: "متدها", "Methods";
    }
}
