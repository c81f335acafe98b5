// Creates a CardPay payment at `paylink sandbox`, pays it as its payer would, and fails unless it is paid then.
const { PAYLINK_CARDPAY_BASE_URL: base, PAYLINK_CARDPAY_TOKEN: token } = process.env;

async function call(method, path, fields) {
  const body = fields && new URLSearchParams(fields);
  const answer = await fetch(new URL(path, base), { method, body, headers: { token }, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.json();
}

const { pay_id } = await call("POST", "create", { price: 150000, fid: Date.now() });
await call("POST", `/_sandbox/cardpay/payments/${pay_id}/pay`);
const checked = await call("GET", `check?pay_id=${pay_id}`);
if (checked.code !== 201) throw new Error(`not paid: ${JSON.stringify(checked)}`);
