// Asks verifiers that others wrote about credentials. An order comes in on stdin, the answers go out on stdout.
//
//   order   {now: ISO time, files: {address: text}, credentials: {name: text}, pictures: {name: {file, width, height}}}
//   answer  {bazaar: {name: {verified, statuses: {purpose: bit}, error}}, core: {name: {steps, errors}}, codes: {name: text}}
//
// There is no network: `files` is all of the outside world, and every socket refuses to open.
import { readFileSync } from "node:fs";
import net from "node:net";

const order = JSON.parse(readFileSync(0, "utf8"));
const files = new Map(Object.entries(order.files));
const asked = new Set();

net.Socket.prototype.connect = () => {
  throw new Error("no network in this test");
};

function read(address) {
  asked.add(address);
  if (!files.has(address)) throw new Error(`not published: ${address}`);
  return files.get(address);
}

globalThis.fetch = async (request) => {
  const address = typeof request === "string" ? request : request.url;
  const headers = { "content-type": "application/json" };
  return files.has(address) ? new Response(read(address), { headers }) : new Response("{}", { status: 404, headers });
};

const RealDate = Date;
const present = new RealDate(order.now).getTime();
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length ? parts : [present]));
  }

  static now() {
    return present;
  }
};

function didAddress(did) {
  return `https://${decodeURIComponent(did.split(":")[2])}/.well-known/did.json`;
}

// Documents by address, DIDs by their method, and a key of a DID by its fragment.
async function documentLoader(url) {
  const [address, fragment] = url.split("#");
  let document = JSON.parse(read(address.startsWith("did:web:") ? didAddress(address) : address));
  if (fragment && address.startsWith("did:")) {
    const method = document.verificationMethod.find((one) => one.id === url);
    if (!method) throw new Error(`no key ${url}`);
    document = { "@context": document["@context"], ...method };
  }
  return { contextUrl: null, documentUrl: url, document };
}

async function bazaar(credentials) {
  const vc = await import("@digitalbazaar/vc");
  const { DataIntegrityProof } = await import("@digitalbazaar/data-integrity");
  const { cryptosuite } = await import("@digitalbazaar/eddsa-rdfc-2022-cryptosuite");
  const { checkStatus } = await import("@digitalbazaar/vc-bitstring-status-list");
  const answers = {};
  for (const [name, text] of Object.entries(credentials)) {
    try {
      const suite = new DataIntegrityProof({ cryptosuite });
      const result = await vc.verifyCredential({
        credential: JSON.parse(text), suite, documentLoader, now: new Date(),
        checkStatus: (options) => checkStatus({ ...options, suite: new DataIntegrityProof({ cryptosuite }) }),
      });
      const statuses = {};
      (result.statusResult?.results || []).forEach((one) => { statuses[one.credentialStatus.statusPurpose] = one.status; });
      answers[name] = { verified: result.verified, statuses, error: words(result.error) };
    } catch (error) {
      answers[name] = { verified: false, statuses: {}, error: words(error) };
    }
  }
  return answers;
}

function words(error) {
  if (!error) return "";
  return [error.message, ...(error.errors || []).map(words)].filter(Boolean).join("; ");
}

async function core(credentials) {
  const { verifyCredential } = await import("@digitalcredentials/verifier-core");
  const answers = {};
  for (const [name, text] of Object.entries(credentials)) {
    const result = await verifyCredential({ credential: JSON.parse(text), knownDIDRegistries: [] });
    const steps = {};
    (result.log || []).forEach((one) => { steps[one.id] = one.error ? one.error.name : one.valid; });
    answers[name] = { steps, errors: (result.errors || []).map((one) => one.name) };
  }
  return answers;
}

async function codes(pictures) {
  const { default: jsQR } = await import("jsqr");
  const answers = {};
  for (const [name, { file, width, height }] of Object.entries(pictures)) {
    const found = jsQR(new Uint8ClampedArray(readFileSync(file)), width, height);
    answers[name] = found ? found.data : "";
  }
  return answers;
}

// Nothing that a library prints may stand between the answers.
console.log = console.info = console.warn = console.error = () => undefined;
const answer = {
  bazaar: await bazaar(order.credentials),
  core: await core(order.credentials),
  codes: await codes(order.pictures),
  asked: Array.from(asked).sort(),
};
process.stdout.write(JSON.stringify(answer));
