// What a QR code is worth: the twin of skills/credentials/verdicts.py, for browsers (Chromium 88, Safari 14).
// No library, no network, no clock: everything comes in, a verdict goes out. tests/credentials/vectors.json binds both.
(function (root) {
  "use strict";

  const MAX_FRAGMENT = 1200, MAX_DEPTH = 12, LIST_SIZE = 131072, SKEW = 300, KEYS_LIFE = 7 * 86400;
  const TYPE = "application/statuslist+cwt";
  const ALG = 1, KID = 4, TYP = 16, SUB = 2, EXP = 4, IAT = 6, CTI = 7, DETAILS = -70000, TTL = 65534, LIST = 65533;
  const STEPS = ["format", "key", "signature", "number", "window", "dates", "status"];
  const REASONS = {
    empty: "format", too_long: "format", encoding: "format", format: "format", algorithm: "format",
    unknown_key: "key", revoked_key: "key", signature: "signature", other_number: "number", key_window: "window",
  };

  class NotGenuine extends Error {
    constructor(reason) { super(reason); this.reason = reason; }
  }
  const no = (reason) => { throw new NotGenuine(reason); };

  // ---- bytes

  function unbase64url(text) {
    if (!/^[A-Za-z0-9_-]+$/.test(text)) no("encoding");
    if (text.length > MAX_FRAGMENT) no("too_long");
    if (text.length % 4 === 1) no("encoding");
    const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0));
    if (base64url(bytes) !== text) no("encoding");
    return bytes;
  }

  function base64url(bytes) {
    let raw = "";
    bytes.forEach((b) => { raw += String.fromCharCode(b); });
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  const isBytes = (value) => value instanceof Uint8Array;
  const isWhole = (value) => typeof value === "number";
  const isText = (value) => typeof value === "string";

  // ---- CBOR: only the one deterministic encoding of a value is read (cbor.py)

  function readCbor(data) {
    let at = 0;

    function head() {
      if (at >= data.length) no("format");
      const major = data[at] >> 5, short = data[at] & 31;
      at += 1;
      if (short < 24) return [major, short];
      if (short > 27) no("format");
      const size = 1 << (short - 24);
      if (at + size > data.length) no("format");
      let count = 0;
      for (let i = 0; i < size; i += 1) count = count * 256 + data[at + i];
      at += size;
      if (count < (size === 1 ? 24 : 2 ** (4 * size)) || count > Number.MAX_SAFE_INTEGER) no("format");
      return [major, count];
    }

    function take(count) {
      if (at + count > data.length) no("format");
      at += count;
      return data.slice(at - count, at);
    }

    function text(bytes) {
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch (error) {
        return no("format");
      }
    }

    function map(count, depth) {
      const out = new Map();
      let before = new Uint8Array();
      for (let i = 0; i < count; i += 1) {
        const start = at, key = item(depth + 1), raw = data.slice(start, at);
        if (!(isWhole(key) || isText(key)) || !ascends(before, raw)) no("format");
        before = raw;
        out.set(key, item(depth + 1));
      }
      return out;
    }

    function item(depth) {
      if (depth > MAX_DEPTH) no("format");
      const [major, count] = head();
      switch (major) {
        case 0: return count;
        case 1: return -1 - count;
        case 2: return take(count);
        case 3: return text(take(count));
        case 4: {
          const out = [];
          for (let i = 0; i < count; i += 1) out.push(item(depth + 1));
          return out;
        }
        case 5: return map(count, depth);
        default: return no("format");
      }
    }

    const value = item(0);
    if (at !== data.length) no("format");
    return value;
  }

  function ascends(before, after) {
    for (let i = 0; i < Math.min(before.length, after.length); i += 1) {
      if (before[i] !== after[i]) return before[i] < after[i];
    }
    return before.length < after.length;
  }

  // ---- COSE_Sign1 with ES256 (cose.py)

  function byteString(bytes) {
    const n = bytes.length;
    const start = n < 24 ? [0x40 | n] : n < 256 ? [0x58, n] : n < 65536 ? [0x59, n >> 8, n & 255]
      : [0x5a, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
    const out = new Uint8Array(start.length + n);
    out.set(start);
    out.set(bytes, start.length);
    return out;
  }

  function toBeSigned(guarded, body) {
    const parts = [[0x84, 0x6a], new TextEncoder().encode("Signature1"), byteString(guarded), [0x40], byteString(body)];
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    parts.forEach((part) => { out.set(part, at); at += part.length; });
    return out;
  }

  async function openSigned(message, findKey) {
    const outer = readCbor(message);
    if (!Array.isArray(outer) || outer.length !== 4) no("format");
    const [guarded, open, body, signature] = outer;
    if (!(open instanceof Map) || open.size !== 0) no("format");
    if (!isBytes(guarded) || !isBytes(body) || !isBytes(signature) || signature.length !== 64) no("format");
    const header = readCbor(guarded);
    if (!(header instanceof Map) || !onlyKeys(header, [ALG, KID, TYP])) no("format");
    if (header.get(ALG) !== -7) no("algorithm");
    const kid = header.get(KID), typ = header.get(TYP);
    if (!isBytes(kid) || kid.length !== 4 || !(typ === undefined || isText(typ))) no("format");
    const fact = findKey(hex(kid));
    const jwk = { kty: "EC", crv: "P-256", x: fact.jwk.x, y: fact.jwk.y };
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await root.crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
    if (!(await root.crypto.subtle.verify(algorithm, key, signature, toBeSigned(guarded, body)))) no("signature");
    return { fact, typ, body };
  }

  const onlyKeys = (map, allowed) => Array.from(map.keys()).every((key) => allowed.includes(key));
  const exactKeys = (map, keys) => map instanceof Map && map.size === keys.length && onlyKeys(map, keys);

  // ---- what the QR says

  function whole(map, key, low, high) {
    if (!map.has(key)) return null;
    const value = map.get(key);
    return isWhole(value) && value >= low && value <= high ? value : no("format");
  }

  function words(map, key, most) {
    if (!map.has(key)) return null;
    const value = map.get(key), length = isText(value) ? Array.from(value).length : 0;
    return length > 0 && length <= most ? value : no("format");
  }

  function readPayload(body) {
    const claims = readCbor(body);
    const details = claims instanceof Map ? claims.get(DETAILS) : null;
    if (!(details instanceof Map) || !onlyKeys(claims, [EXP, IAT, CTI, DETAILS])) no("format");
    if (!onlyKeys(details, [1, 2, 3, 4, 5, 6])) no("format");
    const number = claims.get(CTI);
    if (!isBytes(number) || number.some((b) => b > 127)) no("format");
    const payload = {
      number: String.fromCharCode(...number),
      name: words(details, 1, 60),
      kind: whole(details, 5, 1, 3),
      status_index: whole(details, 4, 0, Number.MAX_SAFE_INTEGER),
      issued_at: whole(claims, IAT, 0, Number.MAX_SAFE_INTEGER),
      expires_at: whole(claims, EXP, 0, Number.MAX_SAFE_INTEGER),
      occupation: words(details, 2, 20),
      level: whole(details, 3, 1, 8),
      award: words(details, 6, 60),
    };
    if ([payload.name, payload.kind, payload.status_index, payload.issued_at].includes(null)) no("format");
    if (payload.kind === 1 ? payload.level === null || payload.occupation === null : payload.award === null) no("format");
    return payload;
  }

  // ---- keys and status

  function keyFor(keys, kid, purpose, stolen) {
    const fact = Object.prototype.hasOwnProperty.call(keys, kid) ? keys[kid] : null;
    if (!fact || fact.purpose !== purpose) no("unknown_key");
    if (fact.revoked !== false && !stolen) no("revoked_key");
    return fact;
  }

  const covers = (fact, moment) => fact.from <= moment && (fact.to === null || moment <= fact.to);

  async function statusOf(index, keys, lists, base, now) {
    const unknown = { status: null, freshness: "GENUINE_STATUS_UNKNOWN", asOf: null };
    const number = Math.floor(index / LIST_SIZE) + 1, entry = index % LIST_SIZE;
    if (!lists[number]) return unknown;
    try {
      const signed = await openSigned(lists[number], (kid) => keyFor(keys, kid, "status"));
      const content = signed.typ === TYPE ? readCbor(signed.body) : null;
      if (!exactKeys(content, [SUB, IAT, EXP, TTL, LIST])) return unknown;
      const made = content.get(IAT), until = content.get(EXP), ttl = content.get(TTL), body = content.get(LIST);
      if (![made, until, ttl].every(isWhole) || !exactKeys(body, ["bits", "lst"]) || body.get("bits") !== 2) return unknown;
      if (content.get(SUB) !== `${base.replace(/\/+$/, "")}/status/${number}.cwt`) return unknown;
      if (!covers(signed.fact, made) || made > now + SKEW) return unknown;
      const bits = unzlib(body.get("lst"), LIST_SIZE / 4);
      const status = (bits[entry >> 2] >> ((entry & 3) * 2)) & 3;
      const freshness = now >= until ? "GENUINE_STATUS_UNKNOWN" : now > made + ttl ? "GENUINE_STATUS_OLD" : "VALID";
      return { status, freshness, asOf: made };
    } catch (error) {
      return unknown; // whatever is wrong with a list, it tells nothing
    }
  }

  // zlib (RFC 1950, 1951) into exactly `size` bytes: DecompressionStream is missing in Safari 14.
  function unzlib(data, size) {
    if (!isBytes(data) || data.length < 6 || (data[0] & 15) !== 8 || data[0] >> 4 > 7) no("format");
    if (((data[0] << 8) | data[1]) % 31 || data[1] & 32) no("format");
    const out = new Uint8Array(size);
    let at = 2, bit = 0, hold = 0, end = 0, last = 0;

    function bits(count) {
      while (bit < count) {
        if (at >= data.length) no("format");
        hold |= data[at] << bit;
        at += 1;
        bit += 8;
      }
      const value = hold & ((1 << count) - 1);
      hold >>>= count;
      bit -= count;
      return value;
    }

    function put(byte) {
      if (end >= size) no("format");
      out[end] = byte;
      end += 1;
    }

    // A set of codes with a gap is refused as zlib refuses it, but for none at all and for a single code of one bit.
    function tree(lengths, gapless) {
      const counts = new Uint16Array(16), symbols = [], offsets = new Uint16Array(16);
      lengths.forEach((n) => { counts[n] += 1; });
      counts[0] = 0;
      let left = 1, longest = 0;
      for (let i = 1; i < 16; i += 1) {
        left = left * 2 - counts[i];
        if (left < 0) no("format");
        if (counts[i]) longest = i;
      }
      if (left > 0 && longest > 0 && (gapless || longest > 1)) no("format");
      for (let i = 1; i < 16; i += 1) offsets[i] = offsets[i - 1] + counts[i - 1];
      lengths.forEach((n, symbol) => { if (n) { symbols[offsets[n]] = symbol; offsets[n] += 1; } });
      return { counts, symbols };
    }

    function symbol(code) {
      let value = 0, first = 0, index = 0;
      for (let length = 1; length < 16; length += 1) {
        value |= bits(1);
        const count = code.counts[length];
        if (value - count < first) return code.symbols[index + value - first];
        index += count;
        first = (first + count) << 1;
        value <<= 1;
      }
      return no("format");
    }

    const lengthBase = [], lengthExtra = [], distBase = [], distExtra = [];
    for (let i = 0, base = 3; i < 28; i += 1) {
      lengthExtra[i] = i < 8 ? 0 : (i >> 2) - 1;
      lengthBase[i] = base;
      base += 1 << lengthExtra[i];
    }
    lengthBase[28] = 258;
    lengthExtra[28] = 0;
    for (let i = 0, base = 1; i < 30; i += 1) {
      distExtra[i] = i < 4 ? 0 : (i >> 1) - 1;
      distBase[i] = base;
      base += 1 << distExtra[i];
    }

    function block(literals, distances) {
      for (let code = symbol(literals); code !== 256; code = symbol(literals)) {
        if (code < 256) {
          put(code);
        } else {
          if (code > 285) no("format");
          const length = lengthBase[code - 257] + bits(lengthExtra[code - 257]);
          const far = symbol(distances), distance = distBase[far] + bits(distExtra[far]);
          if (!(distance <= end)) no("format");
          for (let i = 0; i < length; i += 1) put(out[end - distance]);
        }
      }
    }

    function dynamicTrees() {
      const literals = bits(5) + 257, distances = bits(5) + 1, codes = bits(4) + 4;
      if (literals > 286 || distances > 30) no("format");
      const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
      const small = new Array(19).fill(0), lengths = [];
      for (let i = 0; i < codes; i += 1) small[order[i]] = bits(3);
      const code = tree(small, true);
      while (lengths.length < literals + distances) {
        const value = symbol(code);
        if (value < 16) {
          lengths.push(value);
        } else {
          if (value === 16 && !lengths.length) no("format");
          const repeated = value === 16 ? lengths[lengths.length - 1] : 0;
          const times = value === 16 ? 3 + bits(2) : value === 17 ? 3 + bits(3) : 11 + bits(7);
          for (let i = 0; i < times; i += 1) lengths.push(repeated);
        }
      }
      if (lengths.length !== literals + distances || !lengths[256]) no("format");
      return [tree(lengths.slice(0, literals)), tree(lengths.slice(literals))];
    }

    while (!last) {
      last = bits(1);
      const kind = bits(2);
      if (kind === 0) {
        bit = 0;
        hold = 0;
        if (at + 4 > data.length) no("format");
        const length = data[at] | (data[at + 1] << 8);
        if (length !== (~(data[at + 2] | (data[at + 3] << 8)) & 0xffff) || at + 4 + length > data.length) no("format");
        at += 4;
        for (let i = 0; i < length; i += 1) put(data[at + i]);
        at += length;
      } else if (kind === 1) {
        const fixed = Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
        block(tree(fixed), tree(new Array(32).fill(5)));
      } else if (kind === 2) {
        block(...dynamicTrees());
      } else {
        no("format");
      }
    }
    let a = 1, b = 0;
    out.forEach((byte) => { a = (a + byte) % 65521; b = (b + a) % 65521; });
    const sum = ((data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3]) >>> 0;
    if (end !== size || at + 4 !== data.length || sum !== (b * 65536 + a)) no("format");
    return out;
  }

  // ---- the verdict

  async function genuine(input, steps) {
    if (!input.fragment) no("empty");
    const signed = await openSigned(unbase64url(input.fragment), (kid) => {
      steps.format = true;
      const fact = keyFor(input.keys, kid, "qr", input.beforeTheft === true);
      steps.key = fact.revoked === false;
      return fact;
    });
    steps.signature = true;
    if (signed.typ !== undefined) no("format");
    const payload = readPayload(signed.body);
    if (payload.number !== input.number) no("other_number");
    steps.number = true;
    if (!covers(signed.fact, payload.issued_at)) no("key_window");
    steps.window = true;
    return payload;
  }

  // input: fragment, number, keys (as /keys.json), keysFetchedAt, lists {number: Uint8Array}, publicBase, now (seconds),
  // beforeTheft (the issuer's log held the certificate before its key was declared stolen)
  async function judge(input) {
    const steps = {};
    STEPS.forEach((step) => { steps[step] = null; });
    let payload;
    try {
      payload = await genuine(input, steps);
    } catch (error) {
      if (!(error instanceof NotGenuine)) throw error;
      steps[REASONS[error.reason]] = false;
      return { state: "NOT_GENUINE", reason: error.reason, steps, payload: null, statusAsOf: null };
    }
    const expired = payload.expires_at !== null && input.now >= payload.expires_at;
    const early = payload.issued_at > input.now + SKEW;
    steps.dates = !expired && !early;
    const answer = await statusOf(payload.status_index, input.keys, input.lists, input.publicBase, input.now);
    if (input.now - input.keysFetchedAt > KEYS_LIFE) {
      answer.status = answer.status || null;
      answer.freshness = "GENUINE_STATUS_UNKNOWN";
    }
    steps.status = answer.status === null ? null : answer.status === 0;
    if (answer.freshness !== "VALID" && answer.status === 0) steps.status = null;
    const bad = [null, "REVOKED", "SUSPENDED", "SUPERSEDED"][answer.status || 0];
    const good = answer.freshness === "VALID" && !steps.key ? "GENUINE_BY_LOG" : answer.freshness;
    const state = bad || (expired ? "EXPIRED" : early ? "NOT_YET_VALID" : good);
    return { state, reason: "", steps, payload, statusAsOf: answer.asOf };
  }

  root.Verdict = { judge, STEPS, LIST_SIZE };
})(self);
