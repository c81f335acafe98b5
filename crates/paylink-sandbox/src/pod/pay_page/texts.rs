//! What POD's pages and the bank's gateway say, in both languages.

use crate::page::texts;

texts! {
    pub(in crate::pod) Texts in TEXTS {
        pay_to: "پرداخت به", "Pay";
        to_pay: "مبلغ قابل پرداخت", "Amount to pay";
        invoice_amount: "مبلغ فاکتور", "Amount of the invoice";
        invoice: "شمارهٔ فاکتور", "Invoice number";
        bill_number: "شمارهٔ قبض", "Bill number";
        description: "توضیحات", "Description";
        vat: "مالیات بر ارزش افزوده", "Value added tax";
        card: "پرداخت شده با کارت", "Paid with the card";
        rrn: "شمارهٔ مرجع تراکنش", "Bank's reference";
        tref: "شمارهٔ پیگیری", "Trace number";
        link_lives: "این لینک کار می‌کند تا", "This link works for";
        how: "روش پرداخت", "Way of paying";
        by_card: "پرداخت با کارت شتابی", "Pay by bank card";
        by_card_text: "به درگاه پرداخت بانک می‌روید.", "Leads to the bank's payment gateway.";
        no_card: "با کارت فقط مبلغ بیش از ۱۰٬۰۰۰ ریال را می‌توان پرداخت کرد. این فاکتور را از کیف پول بپردازید.", "Only more than 10,000 rial can be paid by card. Pay this invoice from a wallet.";
        or: "یا، اگر کیف پول پاد دارید", "or, with a wallet of POD";
        wallet: "کیف پول و موجودی آن", "Wallet and its balance";
        wallet_text: "در اینجا به جای ورود به پاد، صاحب کیف پول را انتخاب کنید.", "Choose whose wallet it is, in place of logging in to POD.";
        by_wallet: "پرداخت از کیف پول", "Pay from the wallet";
        logged_in: "وارد شده به نام", "Logged in as";
        logged_in_text: "این فاکتور را فقط کسی می‌تواند بپردازد که به نام او صادر شده است.", "Only the person to whom this invoice was issued can pay it.";
        no_way_back: "کسب‌وکار آدرسی برای بازگشت تعیین نکرده است. پس از پرداخت صفحه را ببندید و خودتان به فروشگاه بازگردید.", "The business has named no address to come back to. Close the page after paying, and return to the shop by yourself.";
        way_back: "پس از پرداخت به فروشگاه برمی‌گردید.", "After the payment you go back to the shop.";
        footer: "درگاه پرداخت", "payment gateway";

        foreign: "فاکتور یافت نشد: این فاکتور به نام پرداخت‌کنندهٔ دیگری صادر شده است. مبلغی کسر نشد؛ با نام همان شخص وارد شوید.", "There is no such invoice for this payer: it was issued to another person. Nothing was taken; log in as that person.";
        not_enough: "موجودی این کیف پول کافی نیست و مبلغی کسر نشد. با کارت یا از کیف پول دیگری پرداخت کنید.", "This wallet has not enough money, and nothing was taken. Pay by card or from another wallet.";
        no_method: "روش پرداخت و پرداخت‌کننده را انتخاب کنید. مبلغی کسر نشد.", "Choose a way of paying and a payer. Nothing was taken.";
        nothing_changed: "این فاکتور در این وضعیت قابل پرداخت نیست. مبلغی کسر نشد و چیزی تغییر نکرد.", "The invoice cannot be paid as it stands. Nothing was taken, and nothing has changed.";
        paid_before: "این فاکتور قبلاً پرداخت شده است. مبلغ دیگری کسر نشد و چیزی تغییر نکرد.", "This invoice was paid before. Nothing more was taken, and nothing has changed.";

        left_gateway: "پرداخت در درگاه انجام نشد", "Nothing was paid at the gateway";
        left_gateway_text: "از پرداخت انصراف دادید یا مهلت درگاه تمام شد. مبلغی کسر نشد و می‌توانید دوباره پرداخت کنید.", "You cancelled, or the gateway's time was over. Nothing was taken, and you can pay again.";
        given_back: "مبلغ به شما برگشت", "The money went back to you";
        given_back_text: "کسب‌وکار پرداخت پیشین را تا یک ساعت تأیید نکرد. می‌توانید دوباره پرداخت کنید.", "The business did not confirm the earlier payment within an hour. You can pay again.";
        paid: "پرداخت انجام شد", "The payment was made";
        paid_text: "این فاکتور پرداخت شده است. می‌توانید صفحه را ببندید.", "This invoice is paid. You can close the page.";
        awaiting: "پرداخت انجام شد و در انتظار تأیید است", "The payment was made and is to be confirmed";
        awaiting_text: "کسب‌وکار باید آن را تا یک ساعت تأیید کند؛ وگرنه مبلغ به شما برمی‌گردد. دوباره پرداخت نکنید.", "The business has to confirm it within an hour, or the money goes back to you. Do not pay again.";
        awaiting_itself_text: "اگر کسب‌وکار آن را تا یک ساعت تأیید نکند، خودبه‌خود تأیید می‌شود. دوباره پرداخت نکنید.", "If the business does not confirm it within an hour, it is confirmed by itself. Do not pay again.";
        at_gateway: "این فاکتور در درگاه بانک است", "This invoice is at the bank's gateway";
        at_gateway_text: "پرداخت را در پنجرهٔ درگاه تمام کنید، یا صبر کنید تا مهلت آن بگذرد و دوباره این صفحه را باز کنید.", "Finish the payment in the gateway's window, or wait until its time is over and open this page again.";
        guaranteed: "پرداخت برای سررسید تضمین شده است", "The payment is guaranteed for a later day";
        guaranteed_text: "مبلغ کنار گذاشته شده است و در سررسید پرداخت می‌شود. اکنون لازم نیست کاری بکنید.", "The money is set aside and is paid on that day. There is nothing to do now.";
        settling: "در انتظار تسویه", "Waiting for settlement";
        settling_text: "این فاکتور پس از تسویهٔ بانک‌ها از محل فاکتور دیگری پرداخت می‌شود.", "This invoice is paid out of another one once the banks have settled.";
        canceled: "این فاکتور لغو شده است", "This invoice was cancelled";
        canceled_text: "کسب‌وکار آن را لغو کرده است و نمی‌توان آن را پرداخت کرد. برای خرید دوباره به فروشگاه بازگردید.", "The business has cancelled it, so it cannot be paid. Return to the shop to order again.";
        closed: "این فاکتور بسته شده است", "This invoice is closed";
        closed_text: "کسب‌وکار کار این فاکتور را تمام کرده است و نمی‌توان آن را پرداخت کرد.", "The business is done with this invoice, so it cannot be paid.";

        gateway: "درگاه پرداخت بانک", "The bank's payment gateway";
        payment_number: "شمارهٔ پرداخت", "Payment number";
        card_number: "شمارهٔ کارت", "Card number";
        card_help: "اگر خالی بماند، با این کارت آزمایشی پرداخت می‌شود:", "If it stays empty, this test card pays:";
        card_real: "هر شمارهٔ درستی پذیرفته می‌شود؛ شمارهٔ کارت واقعی وارد نکنید.", "Any valid number is accepted; do not enter a real card's.";
        card_wrong: "شمارهٔ کارت ۱۶ رقم دارد و رقم آخر آن بقیه را می‌آزماید. این شماره چنین نیست و مبلغی کسر نشد.", "A card's number has 16 digits, of which the last checks the others. This one does not, and nothing was taken.";
        pay: "پرداخت", "Pay";
        decline: "انصراف", "Cancel";

        lost: "صفحه یافت نشد", "Page not found";
        lost_text: "این آدرس به هیچ فاکتوری نمی‌رسد. لینک پرداخت را دوباره از فروشگاه بگیرید.", "This address leads to no invoice. Ask the shop for the payment link again.";
        lost_invoice: "فاکتور یافت نشد", "No such invoice";
        lost_invoice_text: "این فاکتور وجود ندارد یا به نام کسی صادر نشده است.", "This invoice does not exist, or was issued to no one.";
        lost_link: "مهلت این لینک گذشته است", "This link works no more";
        lost_link_text: "این لینک تا پنج دقیقه پس از ایجاد کار می‌کند. لینک جدیدی از فروشگاه بگیرید.", "This link works for five minutes after it was made. Ask the shop for a new one.";
        lost_visit: "مهلت درگاه تمام شد", "The gateway's time is over";
        lost_visit_text: "درگاه ۱۵ دقیقه صبر می‌کند. مبلغی کسر نشد؛ صفحهٔ پرداخت را دوباره باز کنید.", "The gateway waits for 15 minutes. Nothing was taken; open the payment page again.";
        lost_address: "آدرس بازگشت نادرست است", "The return address is wrong";
        lost_address_text: "آدرس بازگشت در این لینک یک آدرس وب نیست. فروشگاه باید آن را با http:// یا https:// بنویسد.", "The return address in this link is no web address. The shop has to write it with http:// or https://.";
    }
}
