/// Declares what a provider's document leaves open, each with the ways that are possible; the first is
/// the default. In settings each is written in kebab case.
macro_rules! choices {
    ($(
        $(#[$about:meta])*
        $Choice:ident $(as $Schema:ident)? {
            $(#[$about_first:meta])* $First:ident,
            $($(#[$about_other:meta])* $Other:ident,)+
        }
    )+) => {$(
        $(#[$about])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Default,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        $(#[schema(as = $Schema)])?
        #[non_exhaustive]
        pub enum $Choice {
            $(#[$about_first])*
            #[default]
            $First,
            $($(#[$about_other])* $Other,)+
        }
    )+};
}
pub(crate) use choices;

/// Declares the settings of a provider, each with its type and the value it has at the beginning.
macro_rules! settings {
    ($(#[$meta:meta])* $title:literal as $Schema:ident {
        $($(#[$about:meta])* $setting:ident: $Type:ty = $first:expr,)+
    }) => {
        #[doc = concat!("What can be chosen about the sandboxed ", $title, " while it runs.")]
        $(#[$meta])*
        #[derive(
            Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(default, deny_unknown_fields)]
        #[schema(as = $Schema)]
        #[non_exhaustive]
        pub struct Settings {
            $($(#[$about])* pub $setting: $Type,)+
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($setting: $first,)+ }
            }
        }
    };
}
pub(crate) use settings;
