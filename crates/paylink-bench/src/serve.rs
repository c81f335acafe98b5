//! Answers every request with the same invoice, over bare TCP.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{Outcome, say};

const INVOICE: &str = r#"{"result":{"trackid":"de7d44ae-9df9-487f-a175-ade1ecfab28b","status":"pending","amount":"100.99","coin":{"name":"United States dollar","currency":"USD","symbol":"$"},"invoice_number":"1000","time":1680282113,"date":"31/03/2023 17:01 UTC","pay_date":"31/03/2023 17:02 UTC","datew3c":"2023-03-31T17:01:53+00:00","pay_datew3c":"2023-03-31T17:02:08+00:00","merchant_terminal_number":1003,"invoice_transaction_id":101,"national_id":"","payer_firstname":"نام پرداخت کننده","payer_lastname":"نام خانوادگی پرداخت کننده","payer_email":"payer@example.com","payer_account_number":10025},"success":true,"status":200}"#;

/// Serves until nobody has come for a minute, and says its address first.
pub(crate) async fn serve() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(&listener.local_addr()?.to_string());
    let idle = std::time::Duration::from_secs(60);
    while let Ok(accepted) = tokio::time::timeout(idle, listener.accept()).await {
        let (stream, _) = accepted?;
        tokio::spawn(async move { answer_all(stream).await });
    }
    Ok(())
}

/// Each request fits into one read and ends with its body: the trackid.
async fn answer_all(mut stream: TcpStream) -> std::io::Result<()> {
    let length = INVOICE.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{INVOICE}"
    );
    let mut buffer = vec![0; 4096];
    let mut seen = Vec::new();
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        seen.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if seen.ends_with(crate::TRACK_ID.as_bytes()) {
            seen.clear();
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}
