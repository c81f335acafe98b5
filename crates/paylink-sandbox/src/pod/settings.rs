use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What can be chosen about the sandboxed POD while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = PodSettings)]
#[non_exhaustive]
pub struct Settings {
    /// Whose service numbers are known, and whether `gateway=LOC` pays by itself.
    pub environment: Environment,
    /// The value added tax, in percent, of an invoice issued without `preferredTaxRate`.
    #[schema(maximum = 100)]
    pub tax_percent: u8,
    /// Whether two invoices of one business may have the same `billNumber`.
    pub bill_numbers: BillNumbers,
    /// Whether a one-time token must come with the services whose SDKs send one.
    pub one_time_tokens: OneTimeTokens,
    /// How a verified invoice answers to being verified again.
    pub second_verify: SecondVerify,
    /// What becomes of an invoice whose payment was not verified in time.
    pub after_timeout: AfterTimeout,
    /// Whether purchases at a point of sale are looked up.
    pub pos_inquiry: PosInquiry,
    /// What service 369550 answers.
    pub confirmation: ConfirmationAnswer,
    /// What services 29821, 29807, 29799, 29802 and 29801 answer when it is done.
    pub done: DoneAnswer,
    /// The code of a refusal of which POD documents the words alone.
    pub worded_refusals: WordedRefusals,
    /// How the link of service 29815 ends.
    pub link_ending: LinkEnding,
    /// How Persian is written in answers.
    pub persian_text: PersianText,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            environment: Environment::default(),
            tax_percent: 9,
            bill_numbers: BillNumbers::default(),
            one_time_tokens: OneTimeTokens::default(),
            second_verify: SecondVerify::default(),
            after_timeout: AfterTimeout::default(),
            pos_inquiry: PosInquiry::default(),
            confirmation: ConfirmationAnswer::default(),
            done: DoneAnswer::default(),
            worded_refusals: WordedRefusals::default(),
            link_ending: LinkEnding::default(),
            persian_text: PersianText::default(),
        }
    }
}

/// Which of POD's environments is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodEnvironment)]
pub enum Environment {
    /// The numbers of both are known.
    #[default]
    Both,
    /// Production's numbers alone; `gateway=LOC` means nothing.
    Production,
    /// The numbers of POD's sandbox alone; services without one do not exist.
    Sandbox,
}

impl Environment {
    pub(super) fn has_production(self) -> bool {
        self != Self::Sandbox
    }

    pub(super) fn has_sandbox(self) -> bool {
        self != Self::Production
    }
}

/// Whether a `billNumber` can be used again. The vendor's manuals call it unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodBillNumbers)]
pub enum BillNumbers {
    /// A second invoice with the same number is refused.
    #[default]
    Unique,
    /// A number may come again.
    Repeatable,
}

/// Whether a one-time token is asked for. A wrong one is refused in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodOneTimeTokens)]
pub enum OneTimeTokens {
    /// It may be left out.
    #[default]
    Optional,
    /// It must be there.
    Required,
}

/// How a verified invoice answers to being verified again, on which POD's document is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodSecondVerify)]
pub enum SecondVerify {
    /// With code 24.
    #[default]
    Refuses,
    /// With the invoice; the money does not move again.
    AnswersInvoice,
}

/// What becomes of an invoice whose money went back to the payer after an hour without verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodAfterTimeout)]
pub enum AfterTimeout {
    /// It is unpaid again and can be paid again.
    #[default]
    Unpaid,
    /// It is cancelled.
    Canceled,
}

/// What the sandbox knows of purchases at a point of sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodPosInquiry)]
pub enum PosInquiry {
    /// A purchase must have been made, for this invoice and with these details.
    #[default]
    Checks,
    /// Whatever is reported counts.
    Trusts,
}

/// The `result` of a confirmed payment by SMS: POD's document says text in one place and shows a
/// truth value in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodConfirmationAnswer)]
pub enum ConfirmationAnswer {
    /// `true`.
    #[default]
    Truth,
    /// A text.
    Text,
}

/// The `result` of what was carried out: the tables of POD's document say text, for two services a link, and the
/// vendor's SDKs say a truth value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodDoneAnswer)]
pub enum DoneAnswer {
    /// `true`.
    #[default]
    Truth,
    /// The text `true`.
    Text,
    /// A link to a pay page.
    Link,
    /// A sentence in Persian.
    Words,
}

/// The `errorCode` of refusals whose cell in the document's tables is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodWordedRefusals)]
pub enum WordedRefusals {
    /// A number that POD is not known to use.
    #[default]
    Numbered,
    /// 0.
    Zero,
    /// None.
    Absent,
}

/// How the link of service 29815 ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodLinkEnding)]
pub enum LinkEnding {
    /// With `&`, so that parameters can be appended as they are.
    #[default]
    Ampersand,
    /// With the value of its last parameter.
    Bare,
}

/// How Persian is written in answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodPersianText)]
pub enum PersianText {
    /// As it is.
    #[default]
    Plain,
    /// As HTML character references, as answers of 2019 have it.
    Escaped,
}
