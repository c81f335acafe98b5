"""Takes a payment through the command `paylink`. Run it again until the order is decided: python3 shop.py ORDER [pay]"""
import json, os, subprocess, sys
from urllib.parse import quote
from urllib.request import urlopen

def paylink(*words):
    run = subprocess.run(["paylink", "--json", "link", *words, "--account", "zipay"], stdout=subprocess.PIPE)
    return run.returncode, json.loads(run.stdout)

order, record = sys.argv[1], f"{quote(sys.argv[1], safe='')}.json"
books = ["--order", order, "--amount", "250000", "--currency", "IRT"]  # from your own books, never from the browser
if not os.path.exists(record):
    status, told = paylink("create", *books, "--return-url", "https://shop.example/back", "--record-to", record)
    if status != 0:  # of 3, give told["error"]["handle"] to `paylink link resolve` before you try again
        print(f"no payment ({status}): {told['error']['message']}")
        sys.exit(status)
    print("send the payer to", told["ok"]["link"])
    if sys.argv[2:] == ["pay"]:  # in place of the payer, which the sandbox alone allows
        urlopen(told["ok"]["link"] + "/pay", data=b"").close()

status, told = paylink("settle", "--record", record, *books)
match status:
    case 0: print(f"deliver {order} once; it was paid with", told["ok"]["proof"]["amount"]["amount"])
    case 3: print("nobody knows yet: settle again, and do not deliver")
    case 4: print("not paid, do not deliver; it is", told["error"]["payment"]["state"])
    case 5: print("ALARM, do not deliver:", told["error"]["message"])
    case _: print("error:", told["error"]["message"])
sys.exit(status)
