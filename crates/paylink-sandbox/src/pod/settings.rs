use crate::settings::{choices, settings};

settings!(#[derive(Copy)] "POD" as PodSettings {
    /// Whose service numbers are known, and whether `gateway=LOC` pays by itself.
    environment: Environment = Environment::default(),
    /// The value added tax, in percent, of an invoice issued without `preferredTaxRate`.
    #[schema(maximum = 100)]
    tax_percent: u8 = 9,
    /// Whether two invoices of one business may have the same `billNumber`.
    bill_numbers: BillNumbers = BillNumbers::default(),
    /// Whether a one-time token must come with the services whose SDKs send one.
    one_time_tokens: OneTimeTokens = OneTimeTokens::default(),
    /// How a verified invoice answers to being verified again.
    second_verify: SecondVerify = SecondVerify::default(),
    /// What becomes of an invoice whose payment was not verified in time.
    after_timeout: AfterTimeout = AfterTimeout::default(),
    /// Whether purchases at a point of sale are looked up.
    pos_inquiry: PosInquiry = PosInquiry::default(),
    /// What service 369550 answers.
    confirmation: ConfirmationAnswer = ConfirmationAnswer::default(),
    /// What services 29821, 29807, 29799, 29802 and 29801 answer when it is done.
    done: DoneAnswer = DoneAnswer::default(),
    /// The code of a refusal of which POD documents the words alone.
    worded_refusals: WordedRefusals = WordedRefusals::default(),
    /// How the link of service 29815 ends.
    link_ending: LinkEnding = LinkEnding::default(),
    /// How Persian is written in answers.
    persian_text: PersianText = PersianText::default(),
});

choices! {
    /// Which of POD's environments is simulated.
    Environment as PodEnvironment {
        /// The numbers of both are known.
        Both,
        /// Production's numbers alone; `gateway=LOC` means nothing.
        Production,
        /// The numbers of POD's sandbox alone; services without one do not exist.
        Sandbox,
    }

    /// Whether a `billNumber` can be used again. The vendor's manuals call it unique.
    BillNumbers as PodBillNumbers {
        /// A second invoice with the same number is refused.
        Unique,
        /// A number may come again.
        Repeatable,
    }

    /// Whether a one-time token is asked for. A wrong one is refused in any case.
    OneTimeTokens as PodOneTimeTokens {
        /// It may be left out.
        Optional,
        /// It must be there.
        Required,
    }

    /// How a verified invoice answers to being verified again, on which POD's document is silent.
    SecondVerify as PodSecondVerify {
        /// With code 24.
        Refuses,
        /// With the invoice; the money does not move again.
        AnswersInvoice,
    }

    /// What becomes of an invoice whose money went back to the payer after an hour without verification.
    AfterTimeout as PodAfterTimeout {
        /// It is unpaid again and can be paid again.
        Unpaid,
        /// It is cancelled.
        Canceled,
    }

    /// What the sandbox knows of purchases at a point of sale.
    PosInquiry as PodPosInquiry {
        /// A purchase must have been made, for this invoice and with these details.
        Checks,
        /// Whatever is reported counts.
        Trusts,
    }

    /// The `result` of a confirmed payment by SMS: POD's document says text in one place and shows a
    /// truth value in others.
    ConfirmationAnswer as PodConfirmationAnswer {
        /// `true`.
        Truth,
        /// A text.
        Text,
    }

    /// The `result` of what was carried out: the tables of POD's document say text, for two services a link, and the
    /// vendor's SDKs say a truth value.
    DoneAnswer as PodDoneAnswer {
        /// `true`.
        Truth,
        /// The text `true`.
        Text,
        /// A link to a pay page.
        Link,
        /// A sentence in Persian.
        Words,
    }

    /// The `errorCode` of refusals whose cell in the document's tables is empty.
    WordedRefusals as PodWordedRefusals {
        /// A number that POD is not known to use.
        Numbered,
        /// 0.
        Zero,
        /// None.
        Absent,
    }

    /// How the link of service 29815 ends.
    LinkEnding as PodLinkEnding {
        /// With `&`, so that parameters can be appended as they are.
        Ampersand,
        /// With the value of its last parameter.
        Bare,
    }

    /// How Persian is written in answers.
    PersianText as PodPersianText {
        /// As it is.
        Plain,
        /// As HTML character references, as answers of 2019 have it.
        Escaped,
    }
}

impl Environment {
    pub(super) fn has_production(self) -> bool {
        self != Self::Sandbox
    }

    pub(super) fn has_sandbox(self) -> bool {
        self != Self::Production
    }
}
