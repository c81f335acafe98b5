//! Every text of the pages, in both languages.

use paylink::PaymentState;
use paylink::desk::Stage;
use paylink_books::{CutShort, Discrepancy, DiscrepancyKind};

use super::action::Action;
use super::language::Lang;
use crate::problem::ProblemKind;
use crate::store::alarms::AlarmKind;
use crate::store::events::EventKind;
use crate::store::refunds::RefundState;

macro_rules! texts {
    ($($name:ident: $persian:literal, $english:literal;)*) => {
        /// The texts of one language.
        #[derive(Debug)]
        pub(super) struct Texts {
            $(pub(super) $name: &'static str,)*
        }

        pub(super) static PERSIAN: Texts = Texts { $($name: $persian,)* };
        pub(super) static ENGLISH: Texts = Texts { $($name: $english,)* };
    };
}

texts! {
    // What every page has.
    skip: "رفتن به محتوای صفحه", "Skip to the content";
    pages: "صفحه‌ها", "Pages";
    log_out: "خروج", "Log out";
    next: "صفحهٔ بعد", "Next page";
    cancel: "انصراف", "Cancel";
    back: "بازگشت", "Back";
    all: "همه", "All";
    comma: "، ", ", ";
    clock: "زمان‌ها به وقت تهران است.", "Times are those of Tehran, +03:30.";

    // Logging in.
    log_in: "ورود", "Log in";
    log_in_heading: "ورود اپراتور", "Operator login";
    log_in_text: "کلید API خود را وارد کنید. کلید باید دسترسی operate داشته باشد.", "Enter your API key. It needs the right operate.";
    key: "کلید API", "API key";
    key_wrong: "این کلید معتبر نیست. کلیدی وارد کنید که با paylink serve keys create ایجاد شده و لغو نشده باشد.", "This key does not count. Enter one that was made with paylink serve keys create and was not revoked.";
    key_without_right: "این کلید دسترسی operate ندارد. کلیدی وارد کنید که این دسترسی را داشته باشد.", "This key has not the right operate. Enter one that has.";
    session_ended: "برای ادامه دوباره وارد شوید. ورود پس از ۳۰ دقیقه بی‌کاری یا ۱۲ ساعت پایان می‌یابد.", "Log in again to go on. A login ends after 30 minutes without use, and after 12 hours.";

    // The overview.
    overview: "نمای کلی", "Overview";
    needs_heading: "نیازمند رسیدگی", "Needs a person";
    needs_nothing: "چیزی نیازمند رسیدگی نیست.", "Nothing needs a person.";
    need_alarms: "هشدارهای باز", "Open alarms";
    need_alarms_text: "پرداختی با سفارش مطابقت ندارد یا نتیجهٔ ایجاد آن مشخص نشده است.", "A payment is not its order's, or nobody can tell whether it was created.";
    need_dead: "رویدادهای نرسیده", "Dead letters";
    need_dead_text: "سه روز ارسال به فروشگاه ناموفق بود و دیگر خودکار ارسال نمی‌شود.", "Sending them to the shop failed for three days, and they are not sent again by themselves.";
    need_late_events: "رویدادهای عقب‌افتاده", "Overdue events";
    need_late_events_text: "بیش از ۱۵ دقیقه است که به فروشگاه نرسیده‌اند و دوباره ارسال می‌شوند.", "They have not reached the shop for more than 15 minutes, and are sent again.";
    need_late_orders: "پرداخت‌شده و تحویل‌نشده", "Paid and not acknowledged";
    need_late_orders_text: "بیش از ۱۵ دقیقه از پرداخت این سفارش‌ها گذشته و تحویل آن‌ها ثبت نشده است.", "These orders were found paid more than 15 minutes ago, and nobody has said that their goods are taken care of.";
    need_urgent: "سفارش‌های نزدیک به برگشت خودکار وجه", "Money that may soon go back";
    need_urgent_text: "زمان بررسی این سفارش‌ها گذشته است و سرویس پرداخت مبلغ تأییدنشده را به پرداخت‌کننده برمی‌گرداند. ارتباط با سرویس پرداخت را بررسی کنید و سپس وضعیت سفارش را استعلام کنید.", "These orders are overdue for a look, and the provider gives money back that is not confirmed in time. See whether the provider can be reached, then ask it about the order.";
    need_account: "سرویس پرداختی که پاسخ نمی‌دهد", "A provider that does not answer";
    need_account_text: "سفارش‌های این حساب پذیرنده بیش از ۲ دقیقه در انتظار استعلام مانده‌اند.", "Orders of this account have been waiting for more than 2 minutes to be looked at.";
    waiting_for: "قدیمی‌ترین در انتظار:", "The oldest has been waiting for";
    counts_heading: "سفارش‌ها بر اساس مرحله", "Orders by stage";
    counts_nothing: "هنوز سفارشی ثبت نشده است.", "There are no orders yet.";

    // Orders.
    orders: "سفارش‌ها", "Orders";
    order: "سفارش", "Order";
    filter: "فیلتر", "Filter";
    stage: "مرحله", "Stage";
    account: "حساب پذیرنده", "Account";
    day: "روز", "Day";
    day_hint: "مانند ۱۴۰۵/۰۹/۰۹", "Such as 2026-11-30, or 1405/09/09";
    day_wrong: "این روز خوانده نشد. آن را مانند ۱۴۰۵/۰۹/۰۹ وارد کنید.", "This is not a day. Write it as 2026-11-30 or 1405/09/09.";
    search: "جست‌وجو", "Search";
    search_label: "نام سفارش یا شمارهٔ فاکتور", "Order or reference";
    search_hint: "نام یا شماره را کامل و دقیق وارد کنید.", "Exactly, and the whole of it.";
    search_nothing: "سفارشی با این نام یا شمارهٔ فاکتور پیدا نشد.", "There is no order of this name or reference.";
    orders_nothing: "سفارشی با این شرایط نیست.", "There are no such orders.";

    // One order.
    amount: "مبلغ", "Amount";
    reference: "شمارهٔ فاکتور", "Reference";
    created: "زمان ثبت", "Added";
    description: "توضیح", "Description";
    payer_name: "نام پرداخت‌کننده", "Payer's name";
    mobile: "شمارهٔ همراه", "Mobile";
    next_look: "استعلام خودکار بعدی", "Next look";
    returns_to: "آدرس بازگشت به فروشگاه", "Shop's page";
    account_gone: "این حساب دیگر در پیکربندی نیست.", "The service has this account no more.";
    payments: "پرداخت‌ها", "Payments";
    payments_nothing: "هنوز پرداختی درخواست نشده است.", "No payment was asked for.";
    payment_unknown: "نتیجهٔ ایجاد این پرداخت مشخص نیست.", "Whether this payment was created is not known.";
    link: "لینک پرداخت", "Payment link";
    transfer: "کارت به کارت، مبلغ دقیق", "Card to card, exactly";
    expires: "مهلت پرداخت", "Expires";
    proof: "گواهی پرداخت", "Proof";
    paid_amount: "مبلغ پرداخت‌شده", "Amount paid";
    provider_reference: "شناسه نزد سرویس پرداخت", "Provider's reference";
    receipt: "شمارهٔ مرجع تراکنش", "Receipt";
    compared: "مطابقت‌داده‌شده", "Compared";
    not_reported: "گزارش‌نشده از سرویس پرداخت", "Never reported";
    refund: "استرداد وجه", "Refund";
    timeline: "روند سفارش", "Timeline";
    actions: "اقدام‌ها", "Actions";
    actions_nothing: "در این مرحله اقدامی لازم نیست.", "There is nothing to do at this stage.";
    step_created: "سفارش ثبت شد", "The order was added";
    step_payment: "پرداخت ایجاد شد", "A payment was created";
    step_paid: "پرداخت تأیید و سفارش آمادهٔ تحویل شد", "It was found paid, and handed out";
    step_acknowledged: "تحویل سفارش ثبت شد", "Its goods were taken care of";
    step_alarm: "هشدار", "Alarm";
    step_event: "رویداد", "Event";
    step_event_arrived: "رویداد به فروشگاه رسید", "The event reached the shop";
    step_event_dead: "ارسال رویداد متوقف شد", "The event is a dead letter";
    step_refund_asked: "استرداد وجه درخواست شد", "A refund was asked for";
    step_refund_done: "مبلغ بازگردانده شد", "The money went back";

    // Actions, and what was said of them.
    sure: "آیا مطمئن هستید؟", "Are you sure?";
    type_name: "برای تأیید، نام سفارش را وارد کنید:", "To confirm, type the order's name:";
    name_differs: "با نام سفارش مطابقت ندارد. نام را همان‌گونه که بالاتر آمده وارد کنید.", "This is not the order's name. Type it as it stands above.";
    new_reference: "شمارهٔ فاکتور جدید", "New reference";
    new_reference_hint: "شماره‌ای که پیش از این استفاده نشده باشد.", "One that was not used before.";
    said: "انجام شد.", "Done.";
    said_checked: "از سرویس پرداخت استعلام شد. وضعیت کنونی سفارش در همین صفحه است.", "The provider was asked. This is how the order stands now.";

    // Alarms.
    alarms: "هشدارها", "Alarms";
    alarms_open: "باز", "Open";
    alarms_nothing: "هشداری نیست.", "There are no alarms.";
    alarm_resolved: "بسته‌شده", "Resolved";
    raised: "زمان هشدار", "Raised";
    seen: "آخرین مشاهده", "Seen last";
    found_heading: "مغایرت", "What differs";
    expected: "ثبت‌شده در دفتر سفارش", "Expected";
    found: "گزارش سرویس پرداخت", "Found";
    detail: "متن کامل", "In full";
    means: "یعنی چه؟", "What it means";
    to_do: "چه باید کرد؟", "What to do";
    note: "توضیح اقدام", "Note";
    note_hint: "چه یافتید و چه کردید؟ تا ۱٬۰۰۰ نویسه.", "What was found and done, for whoever reads it later; up to 1,000 characters.";
    note_missing: "توضیح را وارد کنید: ۱ تا ۱٬۰۰۰ نویسهٔ قابل‌مشاهده، بدون شکست خط.", "Write a note: 1 to 1,000 visible characters, on one line.";
    resolve: "بستن هشدار", "Resolve";
    resolve_text: "سفارش همان‌گونه که هست می‌ماند.", "The order stays as it is.";
    resolved_by: "بسته‌شده به دست", "Resolved by";
    to_the_order: "رفتن به سفارش", "To the order";

    // Events.
    events: "رویدادها", "Events";
    events_dead: "نرسیده", "Dead letters";
    events_due: "در انتظار ارسال", "Waiting";
    events_nothing: "رویدادی نیست.", "There are no events.";
    events_not_sent: "آدرسی برای ارسال رویداد تنظیم نشده است (events_url)؛ فروشگاه خودش وضعیت سفارش‌ها را می‌پرسد.", "The service has no address to send events to (events_url): the shop asks for its orders itself.";
    send_again: "ارسال دوباره", "Send again";
    sent_again: "رویداد در صف ارسال قرار گرفت.", "The event is due now.";
    tries: "تعداد ارسال", "Tries";
    next_try: "ارسال بعدی", "Next try";
    arrived: "زمان رسیدن", "Arrived";

    // Reconciliation.
    reconcile: "مغایرت‌گیری", "Reconciliation";
    reconcile_text: "دفتر سفارش با فهرست پرداخت‌های سرویس پرداخت در یک روز مقایسه می‌شود. چیزی تغییر نمی‌کند.", "Holds the books against what the provider lists for a day. Nothing is changed by it.";
    reconcile_nothing: "هیچ‌یک از حساب‌های پذیرنده فهرست پرداخت‌ها را ارائه نمی‌کند.", "No account's provider lists payments.";
    reconcile_run: "مقایسه", "Compare";
    reconcile_busy: "یک مغایرت‌گیری دیگر در حال انجام است. چند لحظه دیگر دوباره امتحان کنید.", "Another reconciliation is under way. Try again in a moment.";
    reconcile_slow: "مقایسه بیش از ۵۰ ثانیه طول کشید و متوقف شد. روز دیگری را امتحان کنید یا paylink books reconcile را اجرا کنید.", "It took longer than 50 seconds and was stopped. Use paylink books reconcile, which may take its time.";
    reconcile_failed: "مقایسه انجام نشد.", "Nothing was compared.";
    reconcile_agrees: "مغایرتی نیست.", "Nothing differs.";
    reconcile_differs: "مغایرت‌ها", "What differs";
    reconcile_cut: "همهٔ فهرست خوانده نشد:", "The list was not read to its end:";
    listed: "پرداخت‌های فهرست سرویس پرداخت", "Payments listed there";
    read_orders: "سفارش‌های خوانده‌شده", "Orders read";
    agreed_paid: "پرداخت‌شده در هر دو سو", "Paid on both sides";
    agreed_unpaid: "پرداخت‌نشده در هر دو سو", "Unpaid on both sides";
    undecided: "هنوز نامشخص", "Not decided yet";
    unreached: "مقایسه‌نشده", "Not compared";
    here: "در دفتر", "Here";
    there: "نزد سرویس پرداخت", "There";
    state: "وضعیت", "State";

    // The audit log.
    audit: "سابقهٔ عملیات", "Audit log";
    audit_nothing: "هنوز چیزی ثبت نشده است.", "Nothing was written yet.";

    // Problems.
    problem_form_title: "فرم پذیرفته نشد", "The form was refused";
    problem_form: "این فرم معتبر نیست یا از صفحهٔ دیگری ارسال شده است. صفحه را دوباره باز کنید و دوباره ارسال کنید.", "This form does not count, or was sent from another site. Open its page again, and send it from there.";
    problem_technical: "جزئیات فنی", "In full";
}

/// A word that a page colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) title: &'static str,
    /// The class that colours it.
    pub(super) tone: &'static str,
}

/// What a kind of alarm means, and what to do about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Explained {
    pub(super) title: &'static str,
    pub(super) means: &'static str,
    pub(super) to_do: &'static str,
}

/// An action's button, and what its page says before it is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct ActionText {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

impl Lang {
    fn pick(self, persian: &'static str, english: &'static str) -> &'static str {
        match self {
            Lang::Persian => persian,
            Lang::English => english,
        }
    }

    pub(super) fn stage(self, stage: Stage) -> Shown {
        let (persian, english, tone) = match stage {
            Stage::New => ("جدید", "new", "plain"),
            Stage::Creating => ("در حال ایجاد پرداخت", "creating", "waiting"),
            Stage::Open => ("در انتظار پرداخت", "waiting for payment", "waiting"),
            Stage::Over => ("بدون پرداخت پایان‌یافته", "over, not paid", "plain"),
            Stage::AwaitingDelivery => (
                "پرداخت‌شده، در انتظار تحویل",
                "paid, to be delivered",
                "good",
            ),
            Stage::Delivered => ("تحویل‌شده", "delivered", "good"),
            _ => ("نامشخص", "not known", "plain"),
        };
        let title = self.pick(persian, english);
        Shown { title, tone }
    }

    /// Where a payment stands at its provider.
    pub(super) fn state(self, state: &PaymentState) -> String {
        let persian = match state {
            _ if self == Lang::English => return state.as_str().to_owned(),
            PaymentState::Unpaid => "پرداخت‌نشده",
            PaymentState::Paying => "در حال پرداخت",
            PaymentState::Unconfirmed => "در انتظار تأیید فروشگاه",
            PaymentState::Paid => "پرداخت‌شده",
            PaymentState::Promised => "تضمین‌شده برای سررسید",
            PaymentState::Expired => "منقضی‌شده",
            PaymentState::Failed => "ناموفق",
            PaymentState::Cancelled => "لغوشده",
            PaymentState::Refunded => "مستردشده",
            _ => "نامشخص",
        };
        persian.to_owned()
    }

    pub(super) fn refund(self, state: RefundState) -> Shown {
        let (persian, english, tone) = match state {
            RefundState::Asked => ("درخواست شده است", "asked for", "waiting"),
            RefundState::Unknown => (
                "نتیجه نامشخص است؛ دوباره درخواست کنید تا استعلام شود",
                "not known: ask again, it is looked up first",
                "bad",
            ),
            RefundState::Done => ("مبلغ بازگردانده شد", "the money went back", "good"),
        };
        let title = self.pick(persian, english);
        Shown { title, tone }
    }

    pub(super) fn alarm(self, kind: AlarmKind) -> Explained {
        let (title, means, to_do) = match (kind, self) {
            (AlarmKind::Mismatch, Lang::Persian) => (
                "عدم تطابق پرداخت",
                "پرداختی که سرویس پرداخت گزارش کرده با این سفارش مطابقت ندارد. برای محافظت از شما چیزی تأیید نشده و سفارش آمادهٔ تحویل نشده است.",
                "پرداخت را در پنل سرویس پرداخت پیدا کنید و ببینید متعلق به کدام سفارش است. تا مشخص شدن آن، کالا را تحویل ندهید. اگر مبلغ کسر شده و پرداخت متعلق به این سفارش نیست، آن را از پنل سرویس پرداخت بازگردانید. سپس هشدار را با یک توضیح ببندید.",
            ),
            (AlarmKind::Mismatch, Lang::English) => (
                "The payment is not the order's",
                "The payment that the provider reports does not agree with this order. To protect you, nothing was confirmed, and the order was not handed out.",
                "Find the payment in the provider's panel, and see whose it is. Deliver nothing until that is known. If money was taken and the payment is not this order's, give it back in the provider's panel. Then resolve the alarm with a note.",
            ),
            (AlarmKind::Lost, Lang::Persian) => (
                "نتیجهٔ ایجاد پرداخت مشخص نیست",
                "درخواست ایجاد پرداخت ارسال شد و نمی‌توان فهمید که پرداخت نزد سرویس پرداخت ایجاد شده است یا نه. ممکن است پرداخت‌کننده آن را پرداخت کند.",
                "شمارهٔ فاکتور این سفارش را در پنل سرویس پرداخت جست‌وجو کنید. اگر آنجا نیست، در صفحهٔ سفارش «ایجاد پرداخت جدید» را با شمارهٔ فاکتور دیگری انجام دهید. سپس هشدار را با یک توضیح ببندید.",
            ),
            (AlarmKind::Lost, Lang::English) => (
                "The payment is lost",
                "A payment was asked for, and nobody can find out whether the provider has created it. The payer may be able to pay it.",
                "Look for the order's reference in the provider's panel. If it is not there, start the order over with another reference on the order's page. Then resolve the alarm with a note.",
            ),
        };
        Explained {
            title,
            means,
            to_do,
        }
    }

    /// A field in which a payment differs from its order.
    pub(super) fn compared(self, field: &str) -> String {
        let persian = match field {
            _ if self == Lang::English => return field.to_owned(),
            "amount" => "مبلغ",
            "currency" => "واحد پول",
            "order" => "شمارهٔ فاکتور",
            "merchant" => "پایانه یا پذیرنده",
            "reference" => "شناسهٔ پرداخت",
            "payer" => "پرداخت‌کننده",
            other => return other.to_owned(),
        };
        persian.to_owned()
    }

    /// An event, by the word it is sent under.
    pub(super) fn event(self, word: &str) -> String {
        let Some(kind) = EventKind::ALL.into_iter().find(|it| it.as_str() == word) else {
            return word.to_owned();
        };
        let (persian, english) = match kind {
            EventKind::Paid => ("سفارش پرداخت شد", "the order is paid"),
            EventKind::Mismatch => ("پرداخت مطابقت ندارد", "the payment is not the order's"),
            EventKind::Lost => ("نتیجهٔ ایجاد پرداخت مشخص نیست", "the payment is lost"),
            EventKind::Refunded => ("مبلغ بازگردانده شد", "the money went back"),
        };
        self.pick(persian, english).to_owned()
    }

    /// How an event stands, by its word.
    pub(super) fn event_state(self, word: &str) -> Shown {
        let (persian, english, tone) = match word {
            "arrived" => ("رسیده", "arrived", "good"),
            "dead" => ("نرسیده", "dead letter", "bad"),
            "due" => ("در انتظار ارسال", "waiting", "waiting"),
            _ => ("ارسال نمی‌شود", "not sent", "plain"),
        };
        let title = self.pick(persian, english);
        Shown { title, tone }
    }

    pub(super) fn action(self, action: Action) -> ActionText {
        let (title, text) = match (action, self) {
            (Action::Check, Lang::Persian) => (
                "استعلام از سرویس پرداخت",
                "همین حالا وضعیت پرداخت استعلام می‌شود. اگر پرداخت شده و مطابقت داشته باشد، تأیید و سفارش آمادهٔ تحویل می‌شود.",
            ),
            (Action::Check, Lang::English) => (
                "Ask the provider now",
                "The provider is asked how the payment stands. If it is paid and agrees with the order, it is confirmed, and the order is handed out.",
            ),
            (Action::Acknowledge, Lang::Persian) => (
                "ثبت تحویل سفارش",
                "پس از ثبت، سفارش تحویل‌شده به حساب می‌آید و دیگر کسی پیگیر آن نمی‌شود. این کار برگشت‌پذیر نیست.",
            ),
            (Action::Acknowledge, Lang::English) => (
                "Acknowledge",
                "The order counts as delivered from then on, and nobody is reminded of it any more. This cannot be undone.",
            ),
            (Action::StartOver, Lang::Persian) => (
                "ایجاد پرداخت جدید",
                "ابتدا وضعیت پرداخت قبلی استعلام می‌شود. فقط اگر دیگر قابل پرداخت نباشد، پرداخت جدیدی با شمارهٔ فاکتور زیر برای همین سفارش ایجاد می‌شود. این کار برگشت‌پذیر نیست.",
            ),
            (Action::StartOver, Lang::English) => (
                "Start over",
                "The provider is asked about the payment before. Only if that can no longer be paid, another one is asked for under the reference below. This cannot be undone.",
            ),
            (Action::Disable, Lang::Persian) => (
                "غیرفعال کردن لینک پرداخت",
                "از این پس کسی نمی‌تواند با لینک این سفارش پرداخت کند. این کار برگشت‌پذیر نیست.",
            ),
            (Action::Disable, Lang::English) => (
                "Disable the payment",
                "Nobody can pay by the order's link from then on. This cannot be undone.",
            ),
            (Action::Resend, Lang::Persian) => (
                "ارسال دوبارهٔ لینک پرداخت",
                "لینک پرداخت یک بار دیگر برای پرداخت‌کننده ارسال می‌شود.",
            ),
            (Action::Resend, Lang::English) => (
                "Send the link again",
                "The payer is sent the payment link once more.",
            ),
            (Action::Refund, Lang::Persian) => (
                "استرداد وجه",
                "کل مبلغ این سفارش به پرداخت‌کننده بازگردانده می‌شود. این کار برگشت‌پذیر نیست. اگر نتیجهٔ درخواست قبلی مشخص نباشد، ابتدا استعلام می‌شود.",
            ),
            (Action::Refund, Lang::English) => (
                "Refund",
                "The whole money of this order is given back to the payer. This cannot be undone. If it is not known what came of a request before, that is looked up first.",
            ),
        };
        ActionText { title, text }
    }

    /// What somebody did, by its word in the audit log.
    pub(super) fn deed(self, word: &str) -> String {
        let (persian, english) = match word {
            "log-in" => ("ورود", "Logged in"),
            "log-out" => ("خروج", "Logged out"),
            "refund" => ("استرداد وجه", "Refund"),
            "disable" => ("غیرفعال کردن لینک پرداخت", "Disable the payment"),
            "start-over" => ("ایجاد پرداخت جدید", "Start over"),
            "acknowledge" => ("ثبت تحویل سفارش", "Acknowledge"),
            "resend-link" => ("ارسال دوبارهٔ لینک پرداخت", "Send the link again"),
            "resend-event" => ("ارسال دوبارهٔ رویداد", "Send the event again"),
            "resolve-alarm" => ("بستن هشدار", "Resolve the alarm"),
            "make-key" => ("ایجاد کلید API", "Make an API key"),
            "revoke-key" => ("لغو کلید API", "Revoke an API key"),
            other => return other.to_owned(),
        };
        self.pick(persian, english).to_owned()
    }

    /// What came of it, as the audit log says.
    pub(super) fn outcome(self, words: &str) -> String {
        let persian = match words {
            _ if self == Lang::English => words,
            "asked" => "درخواست شد",
            "done" => "انجام شد",
            "found to be done" => "پیش از این انجام شده بود",
            other => other,
        };
        persian.to_owned()
    }

    /// In what books and provider differ, and what to do about it.
    pub(super) fn discrepancy(self, found: &Discrepancy) -> (&'static str, &'static str) {
        if self == Lang::English {
            return (found.what, found.to_do);
        }
        match found.kind {
            DiscrepancyKind::PaidNotSettled if found.stage == Some(Stage::New.as_str()) => (
                "آنجا پرداخت شده، اینجا تأیید نشده",
                "در دفتر سفارش پرداختی برای آن درخواست نشده است. ببینید دفتر قدیمی‌تر از پرداخت نیست؛ سپس سفارش را دستی تحویل دهید یا مبلغ را بازگردانید.",
            ),
            DiscrepancyKind::PaidNotSettled => (
                "آنجا پرداخت شده، اینجا تأیید نشده",
                "در صفحهٔ سفارش «استعلام از سرویس پرداخت» را انجام دهید تا پرداخت تأیید و سفارش آمادهٔ تحویل شود.",
            ),
            DiscrepancyKind::MissingThere => (
                "اینجا تأیید شده، آنجا پیدا نشد",
                "آن را در پنل سرویس پرداخت جست‌وجو کنید. تا پیدا نشده کالا را تحویل ندهید.",
            ),
            DiscrepancyKind::NotPaidThere => (
                "اینجا تأیید شده، آنجا پرداخت نشده",
                "آن را در پنل سرویس پرداخت بررسی کنید. اگر کالا ارسال نشده، آن را نگه دارید.",
            ),
            DiscrepancyKind::RefundedThere => (
                "اینجا تحویل شده، آنجا مسترد شده",
                "اگر کالا ارسال نشده، آن را نگه دارید. ببینید چه کسی مبلغ را بازگردانده و کالا برگشته است یا نه.",
            ),
            DiscrepancyKind::AmountDiffers => (
                "مبلغ آنجا متفاوت است",
                "ببینید چه کسی مبلغ را تغییر داده است. اگر کالا ارسال نشده، آن را نگه دارید.",
            ),
            DiscrepancyKind::ReferenceDiffers => (
                "شمارهٔ فاکتور آنجا متفاوت است",
                "ببینید پرداخت متعلق به چه کسی است. اگر کالا ارسال نشده، آن را نگه دارید.",
            ),
            DiscrepancyKind::ReferenceTwice => (
                "پرداخت دیگری با همین شمارهٔ فاکتور آنجا هست",
                "ببینید کدام پرداخت متعلق به این سفارش است. اگر دیگری هم پرداخت شده، مبلغ آن را بازگردانید.",
            ),
            DiscrepancyKind::PaidTwice => (
                "پرداخت دوبارهٔ سفارشی که پرداخت شده است",
                "مبلغ این پرداخت را بازگردانید.",
            ),
            DiscrepancyKind::UnknownHere => (
                "سفارشی برای آن اینجا نیست",
                "ببینید برنامهٔ دیگری با این حساب پذیرنده پرداخت می‌گیرد یا نه. اگر نه، سفارش را پیدا کنید یا مبلغ را بازگردانید.",
            ),
            _ => (found.what, found.to_do),
        }
    }

    pub(super) fn cut_short(self, why: CutShort) -> &'static str {
        match (self, why) {
            (Lang::Persian, CutShort::TooManyPages) => "صفحه‌های فهرست بیش از اندازه است.",
            (Lang::Persian, CutShort::CursorRepeats) => {
                "فهرست سرویس پرداخت به صفحه‌ای بازمی‌گردد که خوانده شده بود. دوباره امتحان کنید."
            }
            _ => why.as_str(),
        }
    }

    /// A text that the API has in both languages.
    pub(super) fn text(self, texts: &crate::problem::Texts) -> &'static str {
        self.pick(texts.persian, texts.english)
    }

    /// What is wrong, in a few words.
    pub(super) fn problem(self, kind: ProblemKind) -> &'static str {
        if self == Lang::English {
            return kind.title();
        }
        match kind {
            ProblemKind::Malformed => "درخواست خوانده نشد",
            ProblemKind::Unauthorized => "کلید API معتبر نیست",
            ProblemKind::Forbidden => "کلید API این دسترسی را ندارد",
            ProblemKind::NotFound => "پیدا نشد",
            ProblemKind::MethodNotAllowed => "این آدرس این متد را ندارد",
            ProblemKind::Conflict => "سفارش دیگری با این نام یا شمارهٔ فاکتور هست",
            ProblemKind::Busy => "سفارش در حال پردازش است؛ چند لحظه دیگر دوباره امتحان کنید",
            ProblemKind::Kept => "کاری انجام نشد و وضعیت پیشین باقی است",
            ProblemKind::NotPaid => "سفارش پرداخت نشده است",
            ProblemKind::Lost => "نتیجهٔ ایجاد پرداخت مشخص نیست",
            ProblemKind::Mismatch => "پرداخت با سفارش مطابقت ندارد",
            ProblemKind::TooLarge => "درخواست بیش از اندازه بزرگ است",
            ProblemKind::TooSlow => "درخواست به‌موقع نرسید",
            ProblemKind::UnsupportedMediaType => "قالب درخواست پذیرفته نیست",
            ProblemKind::Invalid => "مقدار واردشده پذیرفته نشد",
            ProblemKind::Unsupported => "سرویس پرداخت این امکان را ندارد",
            ProblemKind::Refused => "سرویس پرداخت درخواست را نپذیرفت",
            ProblemKind::Unknown => {
                "نتیجه هنوز مشخص نیست؛ کمی بعد دوباره امتحان کنید، ابتدا استعلام می‌شود"
            }
            ProblemKind::TooManyRequests => {
                "درخواست‌ها بیش از اندازه است؛ کمی بعد دوباره امتحان کنید"
            }
            ProblemKind::ProviderFailed => "سرویس پرداخت پاسخ درستی نداد",
            ProblemKind::Unavailable => "سرویس در دسترس نیست؛ چند لحظه دیگر دوباره امتحان کنید",
            ProblemKind::Misconfigured => "پیکربندی سرویس درست نیست",
            ProblemKind::Internal => "خطای داخلی؛ دوباره امتحان کنید",
        }
    }
}
