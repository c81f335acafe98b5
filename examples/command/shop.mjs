// Takes a payment through the command `paylink`. Run it again until the order is decided: node shop.mjs ORDER [pay]
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

function paylink(...words) {
  const list = ["--json", "link", ...words, "--account", "zipay"]; // a list: no shell reads it
  const { error, status, stdout } = spawnSync("paylink", list, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (error) throw error;
  return [status, JSON.parse(stdout)];
}

const [order, pay] = process.argv.slice(2), record = `${encodeURIComponent(order)}.json`;
const books = ["--order", order, "--amount", "250000", "--currency", "IRT"]; // from your own books, never from the browser
if (!existsSync(record)) {
  const [status, { ok, error }] = paylink("create", ...books, "--return-url", "https://shop.example/back", "--record-to", record);
  if (status !== 0) { // of 3, give error.handle to `paylink link resolve` before you try again
    console.log(`no payment (${status}): ${error.message}`);
    process.exit(status);
  }
  console.log(`send the payer to ${ok.link}`);
  if (pay === "pay") await fetch(`${ok.link}/pay`, { method: "POST" }); // in place of the payer: the sandbox alone allows it
}

const [status, { ok, error }] = paylink("settle", "--record", record, ...books);
console.log({
  0: () => `deliver ${order} once; it was paid with ${ok.proof.amount.amount}`,
  3: () => "nobody knows yet: settle again, and do not deliver",
  4: () => `not paid, do not deliver; it is ${error.payment.state}`,
  5: () => `ALARM, do not deliver: ${error.message}`,
}[status]?.() ?? `error: ${error.message}`);
process.exitCode = status;
