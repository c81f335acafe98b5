//! What the card-to-card script's pay page says, in both languages.

use crate::page::texts;

texts! {
    pub(super) Texts in TEXTS {
        pay_to: "کارت به کارت به", "Card-to-card transfer to";
        invoice: "شمارهٔ فاکتور", "Invoice number";
        pay_id: "شناسهٔ پرداخت", "Payment id";
        exactly: "دقیقاً این مبلغ را واریز کنید", "Transfer exactly this amount";
        this_amount: "مبلغ این پرداخت", "Amount of this payment";
        copy_amount: "کپی مبلغ دقیق به ریال", "Copy the exact amount in rial";
        only_amount: "پرداخت فقط از روی مبلغ شناخته می‌شود؛ حتی یک ریال کمتر یا بیشتر به آن نمی‌رسد.", "The payment is recognised by its amount alone: one rial less or more does not reach it.";
        only_card: "واریز از کارتی جز کارت ثبت‌شده هم به این پرداخت نمی‌رسد.", "A transfer from another card than the recorded one does not reach it either.";
        recorded_card: "فقط از کارت", "Only from the card";
        to_cards: "به یکی از این کارت‌ها واریز کنید", "Transfer to one of these cards";
        card_number: "شمارهٔ کارت", "the card's number";
        bank: "بانک آزمایشی شما", "Your bank, simulated";
        bank_text: "به جای همراه‌بانک یا خودپرداز، از همین‌جا واریز کنید.", "Transfer here, in place of your bank's app or a cash machine.";
        amount_field: "مبلغ واریز به ریال", "Amount to transfer, in rial";
        amount_wrong: "مبلغ را با رقم و به ریال وارد کنید، مانند ۱۵۰۰۰۰. چیزی واریز نشد.", "Enter the amount in digits and in rial, such as 150000. Nothing was transferred.";
        from_which: "از کدام کارت", "From which card";
        from_recorded: "کارت ثبت‌شده", "The recorded card";
        from_other: "کارتی دیگر، با شمارهٔ زیر", "Another card, of the number below";
        card_field: "از کارت", "From the card";
        other_card_field: "شمارهٔ کارت دیگر", "Number of the other card";
        card_help: "اگر خالی بماند، از این کارت آزمایشی واریز می‌شود:", "If it stays empty, this test card is used:";
        card_wrong: "شمارهٔ کارت ۱۶ رقم دارد. چیزی واریز نشد.", "A card's number has 16 digits. Nothing was transferred.";
        names_card: "پیامک بانک شمارهٔ کارت من را نشان می‌دهد", "The bank's message shows my card";
        transfer: "واریز آزمایشی", "Transfer (test)";
        strays: "واریزهایی که به این پرداخت نرسید", "Transfers that did not reach this payment";
        unmatched: "با هیچ پرداختی مطابقت نداشت", "matched no payment";
        of_another: "برای پرداخت دیگری حساب شد", "counted for another payment";
        back_unpaid: "بازگشت به فروشگاه بدون واریز", "Back to the shop without a transfer";
        no_way_back: "فروشگاه آدرسی برای بازگشت تعیین نکرده است. پس از واریز خودتان به فروشگاه بازگردید.", "The shop has named no address to come back to. Return to it by yourself after the transfer.";
        footer: "کارت به کارت", "card to card";

        paid: "واریز شما رسید", "Your transfer has arrived";
        paid_text: "پیامک بانک با این پرداخت مطابقت دارد. دوباره واریز نکنید.", "The bank's message matches this payment. Do not transfer again.";
        another_card: "واریز از کارت دیگری رسید", "A transfer came from another card";
        another_card_text: "لطفاً دوباره پرداخت نکنید. مبلغ رسید، ولی نه از کارتی که برای این پرداخت ثبت شده است. فروشگاه باید آن را بررسی کند.", "Please do not pay again. The money came, but not from the card that was recorded for this payment. The shop has to look into it.";
        not_recognised: "واریز رسید، ولی شناخته نشد", "The transfer came and was not recognised";
        not_recognised_text: "لطفاً دوباره پرداخت نکنید. پیامک بانک کارت ثبت‌شده را نشان نداد و پرداخت شناسایی نشد. برای پیگیری با فروشگاه تماس بگیرید.", "Please do not pay again. The bank's message did not show the recorded card, so the payment was not recognised. Contact the shop.";
        expired: "مهلت پرداخت تمام شد", "The time allowed is over";
        expired_text: "دیگر به این پرداخت واریز نکنید. اگر واریز کرده‌اید، دوباره پرداخت نکنید و با فروشگاه تماس بگیرید؛ وگرنه در فروشگاه پرداخت جدیدی ایجاد کنید.", "Transfer nothing to this payment any more. If you have transferred, do not pay again, and contact the shop; else begin a new payment there.";

        lost: "پرداخت پیدا نشد", "No such payment";
        lost_text: "این آدرس به هیچ پرداختی نمی‌رسد. لینک پرداخت را دوباره از فروشگاه بگیرید.", "This address leads to no payment. Ask the shop for the payment link again.";
    }
}
