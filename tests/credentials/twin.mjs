// The browser's half of the verdict, run by node: static/credentials/verdict.js as it is shipped, one JSON line in (a
// case, lists in base64), one JSON line out (the judgement, or {"threw": words} for an exception).
//   node twin.mjs VERDICT_JS
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

if (!globalThis.crypto) globalThis.crypto = webcrypto; // node 18
globalThis.self = globalThis;
runInThisContext(readFileSync(process.argv[2], "utf8"), { filename: "verdict.js" });

for await (const line of createInterface({ input: process.stdin })) {
  const sent = JSON.parse(line), lists = {};
  for (const [number, text] of Object.entries(sent.lists)) lists[number] = new Uint8Array(Buffer.from(text, "base64"));
  let said;
  try {
    said = await globalThis.Verdict.judge({ ...sent, lists });
  } catch (error) {
    said = { threw: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
