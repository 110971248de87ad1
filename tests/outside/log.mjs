// Asks @sigstore/verify about heads and proofs of the log. An order comes in on stdin, the answers go out on stdout.
//
//   order   {vkey: "name+id+base64", cases: {name: {leaf: hex, index, checkpoint: text, hashes: [hex]}}}
//   answer  {name: "" or why not}
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";

net.Socket.prototype.connect = () => {
  throw new Error("no network in this test");
};

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("./node_modules/@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("./node_modules/@sigstore/verify/dist/tlog/merkle.js");

const order = JSON.parse(readFileSync(0, "utf8"));
const [, name, id, body] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(order.vkey); // base64 may hold a plus, too
const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(body, "base64").subarray(1)]);
const logs = [
  {
    baseURL: name,
    logID: Buffer.from(id, "hex"),
    publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }),
  },
];

const answers = {};
for (const [which, told] of Object.entries(order.cases)) {
  const entry = {
    canonicalizedBody: Buffer.from(told.leaf, "hex"),
    inclusionProof: {
      logIndex: String(told.index),
      checkpoint: { envelope: told.checkpoint },
      hashes: told.hashes.map((hash) => Buffer.from(hash, "hex")),
    },
  };
  try {
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, logs));
    answers[which] = "";
  } catch (no) {
    answers[which] = `${no.code || no.name}: ${no.message}`;
  }
}
process.stdout.write(JSON.stringify(answers));
