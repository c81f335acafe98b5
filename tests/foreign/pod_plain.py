#!/usr/bin/env python3
"""Talks to POD as its documentation says, and as the vendor's older SDKs do, with nothing but
Python's standard library: issues an invoice, pays it on the pay page, lists and verifies it.

    pod_plain.py BASE_URL TOKEN API_KEY [production|sandbox]

BASE_URL is what `/srv/sc/nzh/doServiceCall` and the pay pages `/v1/pbc/…` are appended to. Prints
`OK`, or what is not as it should be and exits with status 1.
"""

import json
import secrets
import sys
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

# Service: (number in production, number in POD's sandbox).
NUMBERS = {
    "issue": (29796, 39291),
    "list": (29813, 39308),
    "verify": (29809, 39304),
    "link": (29815, 39310),
    "ott": (29816, 39311),
}
SHOP = "http://127.0.0.1:9/back?order=7"
FORM = "application/x-www-form-urlencoded"


class Stay(HTTPRedirectHandler):
    """Follows no redirect: where it leads is what is looked at."""

    def redirect_request(self, *_):
        return None


class Forms(HTMLParser):
    """Collects the forms of a page: action, fields as they would be sent, and buttons."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.select = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            check(attrs.get("method") == "post", "a form is posted")
            self.found.append({"action": attrs["action"], "fields": {}, "buttons": []})
        elif tag == "input":
            self.found[-1]["fields"][attrs["name"]] = attrs.get("value", "")
        elif tag == "select":
            self.select = attrs["name"]
        elif tag == "option" and (self.select not in self.found[-1]["fields"] or "selected" in attrs):
            self.found[-1]["fields"][self.select] = attrs["value"]
        elif tag == "button":
            self.found[-1]["buttons"].append((attrs.get("name"), attrs.get("value")))


class Pod:
    def __init__(self, base, token, api_key, environment):
        self.base = base.rstrip("/")
        self.token, self.api_key = token, api_key
        self.place = ("production", "sandbox").index(environment)
        self.opener = build_opener(Stay, ProxyHandler({}))

    def open(self, url, data=None, headers=()):
        """Returns status, Location and body."""
        request = Request(url, data and data.encode(), dict(headers))
        try:
            answer = self.opener.open(request, timeout=20)
        except HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers.get("Location"), answer.read().decode()

    def call(self, service, params, method="POST", ott=None):
        """Calls a service and returns its envelope."""
        fixed = {"scProductId": NUMBERS[service][self.place], "scApiKey": self.api_key}
        query = urlencode(list(fixed.items()) + params)
        headers = {"_token_": self.token, "_token_issuer_": "1"}
        if ott:
            headers["_ott_"] = ott
        url = self.base + "/srv/sc/nzh/doServiceCall"
        if method == "GET":
            status, _, body = self.open(f"{url}?{query}", None, headers)
        else:
            status, _, body = self.open(url, query, headers | {"Content-Type": FORM})
        check(status == 200, f"{service} answers with HTTP 200, not {status}")
        envelope = json.loads(body)
        check(envelope["referenceNumber"].isdigit(), f"{service} has a reference number")
        return envelope

    def done(self, service, params, **manner):
        envelope = self.call(service, params, **manner)
        check(envelope["hasError"] is False, f"{service} succeeds: {envelope}")
        return envelope

    def press(self, page_url, html, value):
        """Sends the form that has a button with this value, as a browser would."""
        for form in Forms(html).found:
            for name, given in form["buttons"]:
                if given == value:
                    fields = form["fields"] | ({name: given} if name else {})
                    url = urljoin(page_url, form["action"])
                    status, location, _ = self.open(url, urlencode(fields), {"Content-Type": FORM})
                    check(status == 303, f"{value or 'the form'} leads on, not {status}")
                    return urljoin(url, location)
        raise SystemExit(f"the page has no button {value!r}")

    def pay(self, url, method):
        """Pays on the pay page and returns what the browser brings back to the shop."""
        status, _, page = self.open(url)
        check(status == 200, f"the pay page is there, not {status}")
        target = self.press(url, page, method)
        if method == "card":
            _, _, bank = self.open(target)
            target = self.press(target, bank, None)
        check(target.startswith(SHOP), f"the payer comes back to the shop: {target}")
        back = parse_qs(urlsplit(target).query, keep_blank_values=True, strict_parsing=True)
        check("errorResult" not in back, f"the payment succeeds: {back}")
        return {name: values[0] for name, values in back.items()}


def check(holds, what):
    if not holds:
        raise SystemExit(f"not so: {what}")


def awaits_verification(invoice, bill_number):
    check(invoice["billNumber"] == bill_number, "the invoice is ours")
    check(invoice["payableAmount"] == 54000, f"54,000 rial are due: {invoice['payableAmount']}")
    check(invoice["verificationNeeded"] is True, "verification is needed")
    check(invoice["payed"] is False, "it is not paid before it is verified")
    check(invoice["waiting"] is True, "it waits to be verified")
    check(invoice["paymentDate"] > 0, "the payment has a date")


def as_documented(pod, bill_number):
    lines = [("پیراهن", "25000", "2"), ("پست & بسته", "4000", "1")]
    params = [("guildCode", "CLOTHING_GUILD"), ("billNumber", bill_number)]
    params += [("preferredTaxRate", "0"), ("verificationNeeded", "true")]
    for description, price, quantity in lines:
        params += [("productId", "0"), ("productDescription", description)]
        params += [("price", price), ("quantity", quantity)]
    issued = pod.done("issue", params)["result"]
    check(issued["totalAmount"] == 54000, f"the lines add up: {issued['totalAmount']}")
    check(issued["invoiceItemSrvs"][1]["description"] == lines[1][0], "descriptions survive")
    ident = str(issued["id"])
    refused = pod.call("verify", [("id", ident)])
    check((refused["hasError"], refused["errorCode"]) == (True, 55), f"unpaid is 55: {refused}")

    link = {"uniqueNumber": issued["uniqueNumber"], "redirectUri": SHOP}
    url = f"{pod.base}/v1/pbc/payInvoiceByUniqueNumber?{urlencode(link)}"
    back = pod.pay(url, "card")
    check((back["invoiceId"], back["billNumber"]) == (ident, bill_number), f"ours is paid: {back}")
    check(back["paid"] == "false", "it is not paid before it is verified")
    check(back["rrn"].isdigit() and back["tref"].isdigit(), "the banks' numbers come back")
    check("******" in back["maskedCardNumber"], "the card is masked")

    listed = pod.done("list", [("offset", "0"), ("size", "10"), ("id", ident)])
    check((listed["count"], len(listed["result"])) == (1, 1), "one invoice has this id")
    awaits_verification(listed["result"][0], bill_number)
    verified = pod.done("verify", [("id", ident)])["result"]
    check(verified["payed"] is True and verified["waiting"] is False, "it is paid now")
    again = pod.call("verify", [("id", ident)])
    check(again["hasError"] is False or again["errorCode"] == 24, f"never afresh: {again}")


def as_older_sdks(pod, bill_number):
    ott = pod.done("ott", [], method="GET")["ott"]
    params = [("guildCode", "CLOTHING_GUILD"), ("billNumber", bill_number)]
    params += [("preferredTaxRate", "0"), ("verificationNeeded", "True")]
    params += [("productId[]", "0"), ("productId[]", "0")]
    params += [("productDescription[]", "پیراهن"), ("productDescription[]", "پست")]
    params += [("price[]", "50000"), ("price[]", "4000"), ("quantity[]", "1"), ("quantity[]", "1")]
    answer = pod.done("issue", params, method="GET", ott=ott)
    spent = pod.call("issue", params, method="GET", ott=ott)
    check(spent["hasError"] is True, "a one-time token is good once")
    # Every answer has the next one; some SDKs send it in the body.
    preview = params[:1] + params[2:] + [("preview", "True"), ("_ott_", answer["ott"])]
    check(pod.done("issue", preview)["result"]["totalAmount"] == 54000, "a preview adds up")

    ident = str(answer["result"]["id"])
    url = pod.done("link", [("invoiceId", ident)], method="GET")["result"]
    check(url.endswith("&"), f"the link asks to be continued: {url}")
    back = pod.pay(url + urlencode({"redirectUri": SHOP}), "wallet")
    check((back["invoiceId"], back["paid"]) == (ident, "false"), f"ours is paid: {back}")
    check(back["maskedCardNumber"] == "", "a wallet has no card")

    filters = [("firstId", ident), ("billNumber", bill_number), ("isWaiting", "True")]
    listed = pod.done("list", filters, method="GET")
    check(listed["count"] == 1, "one invoice has this bill number")
    awaits_verification(listed["result"][0], bill_number)
    verified = pod.done("verify", [("billNumber", bill_number)], method="GET")["result"]
    check(verified["payed"] is True, "it is paid now")


def main():
    if not 4 <= len(sys.argv) <= 5:
        raise SystemExit(__doc__)
    environment = sys.argv[4] if len(sys.argv) == 5 else "production"
    pod = Pod(*sys.argv[1:4], environment)
    number = secrets.token_hex(4)
    as_documented(pod, f"plain-{number}")
    as_older_sdks(pod, f"sdk-{number}")
    print("OK")


if __name__ == "__main__":
    main()
