//! What the dashboard says.

use crate::page::texts;

texts! {
    /// The words of all pages of the dashboard.
    pub(super) Texts in TEXTS {
        skip: "پرش به محتوا", "Skip to the content";
        pages: "صفحه‌ها", "Pages";
        payments: "پرداخت‌ها", "Payments";
        payment: "پرداخت", "Payment";
        requests: "درخواست‌ها", "Requests";
        request: "درخواست", "Request";
        messages: "پیام‌ها", "Messages";
        faults: "خطاهای آزمایشی", "Faults";
        accounts: "حساب‌ها", "Accounts";
        no_script: "دکمه‌های این صفحه به جاوااسکریپت نیاز دارند. بدون آن، با بارگذاری دوبارهٔ صفحه وضعیت جدید دیده می‌شود.", "The buttons here need JavaScript. Without it, reload the page to see what is new.";
        offline: "محیط آزمایشی پاسخ نمی‌دهد. همین که دوباره اجرا شود، صفحه به‌روز می‌شود.", "The sandbox does not answer. The page goes on as soon as it runs again.";
        refused: "انجام نشد:", "Not done:";
        copy: "کپی", "Copy";
        copied_lines: "خط‌ها کپی شد.", "The lines are copied.";
        older: "فقط ۱۰۰ مورد جدیدتر نمایش داده می‌شود. بقیه از راه API در دسترس است.", "Only the newest 100 are shown. The API has the others.";
        to_api: "API محیط آزمایشی", "API of the sandbox";

        clock: "ساعت محیط آزمایشی", "Sandbox time";
        real_time: "برابر با ساعت واقعی", "as real time";
        ahead: "جلوتر از ساعت واقعی:", "ahead of real time by";
        two_minutes: "+۲ دقیقه", "+2 min";
        half_hour: "+۳۰ دقیقه", "+30 min";
        hour: "+۱ ساعت", "+1 h";
        to_next_deadline: "تا سررسید بعدی", "To the next deadline";
        no_deadline: "هیچ سررسیدی در پیش نیست", "nothing is due";
        due_in: "مانده:", "due in";

        new_payment: "پرداخت جدید:", "New payment:";
        provider: "سرویس پرداخت", "Provider";
        all_providers: "همهٔ سرویس‌ها", "All providers";
        stage: "مرحله", "Stage";
        every_stage: "همهٔ مرحله‌ها", "Every stage";
        stage_open: "در انتظار پرداخت", "Open";
        stage_paid: "پرداخت‌شده، نهایی‌نشده", "Paid, not final";
        stage_settled: "نهایی", "Final";
        stage_failed: "ناموفق یا برگشتی", "Failed or returned";
        search: "شمارهٔ سفارش یا شناسه", "Order or id";
        show: "نمایش", "Show";
        show_all: "نمایش همه", "Show all";
        time_left: "زمان باقی‌مانده", "Time left";
        pay_page: "صفحهٔ پرداخت", "Pay page";
        nothing_found: "پرداختی با این مشخصات نیست.", "No payment is like this.";
        no_payment: "هنوز پرداختی ایجاد نشده است", "No payment yet";
        first_payment: "برنامهٔ خود را با آدرس‌ها و کلیدهای صفحهٔ «حساب‌ها» اجرا کنید، یا یکی از این دستورها را در ترمینال بچسبانید. پرداخت همان لحظه اینجا دیده می‌شود.", "Run your program with the addresses and keys of the page Accounts, or paste one of these into a terminal. The payment is seen here at once.";
        copy_with_keys: "کپی همراه با کلیدها", "Copy with the keys";

        id: "شناسه", "Id";
        deadline: "سررسید", "Deadline";
        to_its_deadline: "ساعت تا این سررسید", "Clock to this deadline";
        timeline: "روند پرداخت", "Timeline";
        kind_event: "رویداد", "event";
        kind_request: "درخواست", "request";
        kind_webhook: "وب‌هوک", "webhook";
        kind_sms: "پیامک", "SMS";
        webhook_written: "وب‌هوک آماده شد", "webhook written";
        webhook_try: "تلاش برای تحویل وب‌هوک", "webhook delivery tried";
        sms_to: "پیامک به", "SMS to";
        requests_and_answers: "درخواست‌ها و پاسخ‌ها", "Requests and answers";

        no_request: "هنوز درخواستی نرسیده است. هر درخواستی که برنامهٔ شما بفرستد، همراه با پاسخ آن اینجا دیده می‌شود.", "No request yet. Whatever your program sends is shown here with its answer.";
        clear_requests: "پاک کردن درخواست‌ها", "Clear the requests";
        download_har: "دانلود HAR", "Download HAR";
        under_way: "بدون پاسخ", "no answer";
        repeats: "تکرار درخواست", "repeats request";
        no_such_request: "این درخواست دیگر نگه داشته نشده است، یا هرگز نرسیده است.", "This request is not kept any more, or never came.";
        no_such_payment: "این سرویس پرداختی با این شناسه ندارد.", "This provider has no payment with this id.";
        at: "زمان", "Time";
        operation: "عملیات", "Operation";
        took: "مدت پاسخ", "Took";
        milliseconds: "میلی‌ثانیه", "ms";
        fault: "خطای آزمایشی", "Fault";
        answer: "پاسخ", "Answer";
        no_answer: "پاسخی فرستاده نشد: یا درخواست در جریان است، یا اتصال بسته شد.", "No answer was sent: it is under way, or the connection was closed.";
        parameters: "پارامترها", "Parameters";
        headers: "هدرها", "Headers";
        body: "بدنه", "Body";
        empty: "خالی", "empty";
        as_curl: "همین درخواست با curl", "The same with curl";
        send_again: "ارسال دوباره", "Send again";

        sms: "پیامک‌ها", "Text messages";
        no_sms: "هنوز پیامکی نوشته نشده است.", "No text message yet.";
        sms_about: "هیچ پیامکی واقعاً ارسال نمی‌شود. لینک‌ها به همین محیط آزمایشی می‌روند.", "None is really sent. Links lead to this sandbox.";
        code: "کد", "Code";
        webhooks: "وب‌هوک‌ها", "Webhooks";
        no_webhook: "هنوز وب‌هوکی نوشته نشده است.", "No webhook yet.";
        tries: "تلاش‌ها", "Deliveries tried";
        about_payment: "مربوط به پرداخت", "about payment";

        presets: "خطاهای آماده", "Presets";
        presets_about: "هر کلید تا خاموش شدن برقرار می‌ماند.", "Each stays on until it is turned off.";
        presets_for: "برای", "For";
        on: "روشن", "on";
        off: "خاموش", "off";
        rules: "قاعده‌های برقرار", "Rules in force";
        no_rule: "هیچ خطایی برقرار نیست: همهٔ درخواست‌ها پاسخ عادی می‌گیرند.", "No fault is in force: every request is answered as usual.";
        remove: "حذف", "Remove";
        remove_all: "حذف همه", "Remove all";
        all_operations: "همهٔ عملیات", "every operation";
        webhooks_alone: "وب‌هوک‌ها", "webhooks";
        times_left: "دفعات باقی‌مانده", "times left";
        always: "تا حذف شدن", "until removed";
        share: "سهم درخواست‌ها (درصد)", "Share in percent";
        new_rule: "قاعدهٔ جدید", "New rule";
        times: "دفعات (خالی: همیشه)", "Times (empty: always)";
        delay: "تأخیر به میلی‌ثانیه", "Delay in milliseconds";
        status: "وضعیت HTTP", "HTTP status";
        set: "برقرار کردن", "Set";
        one_request: "فقط برای یک درخواست", "For one request alone";
        one_request_about: "هدر sandbox-fault خطا را فقط برای همان درخواست برقرار می‌کند:", "The header sandbox-fault sets a fault for that request and no other:";

        export: "خط‌های پیکربندی", "Lines to export";
        export_about: "آدرس‌ها و کلیدهای کامل کپی می‌شوند. کلیدها ساختگی‌اند و جای دیگری کار نمی‌کنند.", "Whole addresses and keys are copied. The keys are invented and work nowhere else.";
        shell: "پوستهٔ لینوکس و مک", "Shell";
        dotenv: "فایل env.", ".env file";
        powershell: "پاورشل", "PowerShell";
        memory: "حافظهٔ محیط آزمایشی", "What the sandbox remembers";
        memory_about: "پرداخت‌ها، پیام‌ها، تنظیمات و ساعت در یک فایل ذخیره و دوباره بارگذاری می‌شوند. کلیدها همان می‌مانند.", "Payments, messages, settings and the clock are saved to a file and loaded again. The keys stay.";
        save: "ذخیره در فایل", "Save to a file";
        load: "بارگذاری از فایل", "Load from a file";
        reset: "پاک کردن همه‌چیز", "Forget everything";
        reset_really: "همهٔ پرداخت‌ها، پیام‌ها و خطاها پاک شوند و ساعت به زمان واقعی برگردد؟", "Forget all payments, messages and faults, and set the clock back to real time?";
        first_merchant: "حساب پذیرنده", "The merchant's account";
        other_merchant: "حساب پذیرندهٔ دوم", "The other merchant's account";
        behaviour: "رفتار در موارد مبهم مستندات", "Behaviour where the document is silent";
        behaviour_about: "تغییر این تنظیمات از راه API است:", "They are changed through the API:";
        holders: "کاربران و کیف‌های پول", "Users and wallets";
        wallet: "کیف پول", "Wallet";
    }
}
