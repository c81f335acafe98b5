"""A shop on `paylink serve`, whole but for its pages. Python 3.9 and later, and `pip install standardwebhooks`.

    python shop.py order 1000 250000 IRT   # creates order 1000 of 250,000 toman and prints the link for its payer
    python shop.py serve 8090              # takes the service's events on loopback, and delivers what is paid

Set PAYLINK_URL and PAYLINK_KEY for the first, PAYLINK_EVENT_SECRET and DELIVERED (a file) for the second.
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from standardwebhooks import Webhook, WebhookVerificationError


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None  # a redirect would take the key to another address


def create(order):
    """Creates the order and its payment. The same order may be created as often as one likes: there is one payment."""
    headers = {"Authorization": "Bearer " + os.environ["PAYLINK_KEY"], "Content-Type": "application/json"}
    request = Request(os.environ["PAYLINK_URL"] + "/v1/orders", json.dumps(order).encode(), headers)
    for _ in range(5):
        # A proxy out of the environment would read plain http.
        with build_opener(NoRedirect, ProxyHandler({})).open(request, timeout=30) as answer:
            created = json.load(answer)
            if answer.status != 202:
                break
            time.sleep(int(answer.headers["Retry-After"] or 1))  # whether the payment exists is not known yet
    return created


def deliver_once(name):
    """Stands for one transaction of the shop's database: a row whose key is the order's name, and the work itself."""
    with open(os.environ["DELIVERED"], "a+", encoding="utf-8") as table:
        table.seek(0)
        if name not in table.read().split("\n"):
            table.write(name + "\n")


class Events(BaseHTTPRequestHandler):
    timeout = 10  # seconds that a caller may keep silent: one request is served at a time

    def do_POST(self):
        try:
            body = self.rfile.read(min(int(self.headers["Content-Length"] or 0), 1 << 20))
            event = self.webhook.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):
            return self.answer(400)
        if event["type"] == "order.paid":
            deliver_once(event["data"]["order"]["order"])  # if this fails there is no answer, and the event comes again
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()


if sys.argv[1:2] == ["order"] and len(sys.argv) == 5:
    try:
        order = create(dict(zip(("order", "amount", "currency"), sys.argv[2:])))
    except HTTPError as error:
        sys.exit(f"{error}: {error.read().decode()}")
    link = (order["payment"] or {}).get("link")
    print(link) if link else sys.exit(f"no link; the order is {order['stage']}")
elif sys.argv[1:2] == ["serve"] and len(sys.argv) == 3:
    Events.webhook = Webhook(os.environ["PAYLINK_EVENT_SECRET"])
    HTTPServer.request_queue_size = 128  # many events may wait for their turn
    HTTPServer(("127.0.0.1", int(sys.argv[2])), Events).serve_forever()
else:
    sys.exit(__doc__)
