// A shop on `paylink serve`, whole but for its pages. Node 18 and later, and `npm install standardwebhooks`.
//
//     node shop.mjs order 1000 250000 IRT   # creates order 1000 of 250,000 toman and prints the link for its payer
//     node shop.mjs serve 8090              # takes the service's events on loopback, and delivers what is paid
//
// Set PAYLINK_URL and PAYLINK_KEY for the first, PAYLINK_EVENT_SECRET and DELIVERED (a file) for the second.

import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

const { PAYLINK_URL, PAYLINK_KEY, PAYLINK_EVENT_SECRET, DELIVERED } = process.env;

/** Creates the order and its payment. The same order may be created as often as one likes: there is one payment. */
async function create(order) {
  for (let times = 1; ; times += 1) {
    const answer = await fetch(`${PAYLINK_URL}/v1/orders`, {
      method: "POST",
      headers: { authorization: `Bearer ${PAYLINK_KEY}`, "content-type": "application/json" },
      body: JSON.stringify(order),
      redirect: "error", // a redirect would take the key to another address
      signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    const created = await answer.json();
    if (answer.status !== 202 || times === 5) return created;
    await sleep(1000 * (answer.headers.get("retry-after") ?? 1)); // whether the payment exists is not known yet
  }
}

/** Stands for one transaction of the shop's database: a row whose key is the order's name, and the work itself. */
function deliverOnce(name) {
  appendFileSync(DELIVERED, ""); // creates it
  if (!readFileSync(DELIVERED, "utf8").split("\n").includes(name)) appendFileSync(DELIVERED, `${name}\n`);
}

async function receive(request, webhook) {
  let body = "";
  for await (const part of request.setEncoding("utf8")) {
    body += part;
    if (body.length > 1 << 20) return 413;
  }
  let event;
  try {
    event = webhook.verify(body, request.headers);
  } catch {
    return 400;
  }
  if (event.type === "order.paid") deliverOnce(event.data.order.order);
  return 204;
}

const [verb, ...words] = process.argv.slice(2);
if (verb === "order" && words.length === 3) {
  const [order, amount, currency] = words;
  const created = await create({ order, amount, currency });
  const link = created.payment?.link;
  if (!link) throw new Error(`no link; the order is ${created.stage}`);
  console.log(link);
} else if (verb === "serve" && words.length === 1) {
  const webhook = new Webhook(PAYLINK_EVENT_SECRET);
  const failed = (failure) => (console.error(failure), 500); // not delivered: the event comes again
  createServer(async (request, response) => {
    response.writeHead(await receive(request, webhook).catch(failed)).end();
  }).listen(Number(words[0]), "127.0.0.1");
} else {
  console.error("usage: node shop.mjs order NAME AMOUNT CURRENCY | node shop.mjs serve PORT");
  process.exitCode = 2;
}
