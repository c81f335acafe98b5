"""Creates a CardPay payment at `paylink sandbox`, pays it as its payer would, and fails unless it is paid then."""
import json, os, sys, time
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

def call(method, path, fields=None):
    url, token = urljoin(os.environ["PAYLINK_CARDPAY_BASE_URL"], path), os.environ["PAYLINK_CARDPAY_TOKEN"]
    body = urlencode(fields).encode() if fields else None
    return json.load(urlopen(Request(url, body, {"token": token}, method=method), timeout=10))

pay_id = call("POST", "create", {"price": 150000, "fid": time.time_ns()})["pay_id"]
call("POST", f"/_sandbox/cardpay/payments/{pay_id}/pay")
checked = call("GET", f"check?pay_id={pay_id}")
sys.exit(None if checked["code"] == 201 else f"not paid: {checked}")
