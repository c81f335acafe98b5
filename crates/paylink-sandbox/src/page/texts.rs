//! What pages say, in both languages: one table for each group of pages.

use super::{Bilingual, Lang, bilingual};

/// Declares a table of texts: the type of one language's texts, and both languages together.
macro_rules! texts {
    (
        $(#[$about:meta])*
        $vis:vis $Texts:ident in $BOTH:ident {
            $($name:ident: $persian:literal, $english:literal;)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug)]
        $vis struct $Texts {
            $(pub(crate) $name: &'static str,)+
        }

        $vis static $BOTH: $crate::page::Tables<$Texts> = $crate::page::Tables {
            persian: $Texts { $($name: $persian,)+ },
            english: $Texts { $($name: $english,)+ },
        };
    };
}
pub(crate) use texts;

/// A table of texts in both languages.
#[derive(Debug)]
pub(crate) struct Tables<T> {
    pub(crate) persian: T,
    pub(crate) english: T,
}

impl<T> Tables<T> {
    pub(crate) fn of(&self, lang: Lang) -> &T {
        match lang {
            Lang::Persian => &self.persian,
            Lang::English => &self.english,
        }
    }

    /// Returns one text of the table in both languages.
    pub(crate) fn pair(&self, text: fn(&T) -> &'static str) -> Bilingual {
        bilingual(text(&self.persian), text(&self.english))
    }
}

texts! {
    /// What every page says.
    pub(crate) Common in COMMON {
        test: "محیط آزمایشی.", "Test environment.";
        no_money: "در این صفحه هیچ پول واقعی جابه‌جا نمی‌شود.", "No real money moves here.";
        copied: "کپی شد:", "Copied:";
        not_copied: "کپی نشد. متن را انتخاب کنید و خودتان کپی کنید.", "Not copied. Select the text and copy it by hand.";
        test_tag: "آزمایشی", "test";
        first_page: "صفحهٔ نخست", "First page";
        amount: "مبلغ", "Amount";
        equals: "برابر با", "equal to";
        state: "وضعیت", "State";
        shop: "فروشگاه", "Shop";
        comma: "، ", ", ";
        paid_at: "زمان پرداخت", "Paid at";
        time_left: "زمان باقی‌مانده", "Time left";
        time_left_to_verify: "مهلت تأیید فروشگاه", "Left for the shop to confirm";
        until: "تا", "Until";
        copy: "کپی", "Copy";
        try_failure: "آزمودن پرداخت ناموفق", "Try a failure";
        try_failure_text: "هر دکمه همان پاسخی را می‌گیرد که پرداخت‌کنندهٔ واقعی می‌گرفت.", "Each button is answered as it would be to a real payer.";
        leave_heading: "مرورگر همین‌جا می‌ماند", "The browser stays here";
        leave_text: "درگاه اکنون پرداخت‌کننده را به این نشانی می‌فرستد. این محیط فقط به همین رایانه هدایت می‌کند.", "The provider sends the payer to this address now. The sandbox leads to this machine alone.";
        leave_allow: "برای هدایت به این میزبان، محیط را چنین اجرا کنید:", "To be led to this host, start the sandbox so:";
        close_window: "بستن پنجره بدون پرداخت", "Close the window without paying";
        closed_heading: "پنجره را بستید", "You closed the window";
        closed_text: "چیزی به فروشگاه یا سرویس پرداخت اعلام نشد و وضعیت پرداخت تغییری نکرد. می‌توانید این پنجره را ببندید.", "Nobody was told, neither the shop nor the provider, and the payment stays as it was. You can close this window.";
        open_again: "باز کردن دوبارهٔ صفحهٔ پرداخت", "Open the payment page again";
        back_to_shop: "بازگشت به فروشگاه", "Back to the shop";
    }
}
