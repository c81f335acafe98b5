//! What pages say, in both languages: one table for each group of pages.

use super::Lang;

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
}

texts! {
    /// What every page says.
    pub(crate) Common in COMMON {
        test: "محیط آزمایشی.", "Test environment.";
        no_money: "در این صفحه هیچ پول واقعی جابه‌جا نمی‌شود.", "No real money moves here.";
        copied: "کپی شد:", "Copied:";
        not_copied: "کپی نشد. متن را انتخاب و دستی کپی کنید.", "Not copied. Select the text and copy it by hand.";
        test_tag: "آزمایشی", "test";
        first_page: "صفحهٔ نخست", "First page";
    }
}
