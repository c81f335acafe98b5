#!/usr/bin/env python3
"""Loads the sandboxed SizPay's WSDL with zeep, sends a pay link and asks whether it is paid.

    sizpay_zeep.py WSDL_URL USER_NAME PASSWORD PAY_LINK_NAME

Every method is called through both bindings. Prints OK, or says what went wrong and exits with 1.
"""

import json
import sys

import zeep

BINDINGS = ["KimiaPayLinkSendSoap", "KimiaPayLinkSendSoap12"]
CUSTOMER = "خانم «رضایی» & <پسران> ]]> 🙂"


def main(wsdl: str, user_name: str, password: str, pay_link_name: str) -> None:
    client = zeep.Client(wsdl)
    keys = {"UserName": user_name, "Password": password, "PayLinkName": pay_link_name}
    for binding in BINDINGS:
        service = client.bind("KimiaPayLinkSend", binding)
        link = {
            "InvoiceNo": f"zeep-{binding}",
            "Amount": 10000,
            "MobileNo": "09122272730",
            "CustomerName": CUSTOMER,
            "Description": "فاکتور آزمایشی",
        }
        one_by_one = values(service.PayLinkSendSoap(**keys, **link))
        as_model = values(service.PayLinkSendRest(PayLinkData=keys | link))
        for sent in (one_by_one, as_model):
            expect(succeeded(sent) and sent["PayLinkSendID"] > 0, sent)

        ids = [one_by_one["PayLinkSendID"], as_model["PayLinkSendID"]]
        query = keys | {"PayLinkIdList": ",".join(map(str, ids))}
        for status in (
            values(service.PayLinkPayStatusSoap(**query)),
            values(service.PayLinkPayStatusRest(PayLinkData=query)),
        ):
            expect(succeeded(status) and status["prmPayLinkFirstStatus"] == 0, status)
            listed = json.loads(status["prmPayLinkListStatus"])
            expect([entry["PayLinkSendID"] for entry in listed] == ids, listed)

        refused = values(service.PayLinkSendSoap(**keys | {"Password": "no"}, **link))
        expect(not succeeded(refused) and refused["PayLinkSendID"] == 0, refused)


def values(answer) -> dict:
    """Reads an answer in each of the shapes it can have: values, a model, or JSON text."""
    if isinstance(answer, str):
        return json.loads(answer)
    return zeep.helpers.serialize_object(answer, dict)


def succeeded(answer: dict) -> bool:
    return answer["ResCod"] == 1


def expect(holds: bool, seen) -> None:
    if not holds:
        sys.exit(f"unexpected answer: {seen}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
    print("OK")
