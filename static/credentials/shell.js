// The page at /v/<number>#<code> and /scan: judges a code and draws the verdict. The code stays in this browser unless
// the person sends it. scan.js brings codes from the camera and from pictures through self.Shell.
//
// The page brings: body[data-view] · #verdict[data-state] with h1, p.why and #age · dl#facts · #ladder-box · #todo
// · ol#steps · form#lookup (number and name) · form#photo-ask with input[name=code]. On #verdict the server may set
//   data-occupations   JSON of occupation names by code
//   data-clock-offset  seconds by which a demo's clock is ahead of the world's
//   data-base          the address under which the public knows this service
(function () {
  "use strict";

  const words = self.Words;
  const part = (id) => document.getElementById(id);
  const box = part("verdict");
  const base = box.dataset.base || location.origin;
  const memory = {}; // last good answer by path, for when both server and service worker are out of reach
  const MANY_LISTS = 40;

  function now() {
    return Math.floor(Date.now() / 1000) + (Number(box.dataset.clockOffset) || 0);
  }

  function day(seconds) {
    const at = new Date((seconds + 8 * 3600) * 1000); // Asia/Shanghai has had no summer time since 1991
    return `${at.getUTCFullYear()}-${String(at.getUTCMonth() + 1).padStart(2, "0")}-${String(at.getUTCDate()).padStart(2, "0")}`;
  }

  function minute(seconds) {
    return `${day(seconds)} ${new Date((seconds + 8 * 3600) * 1000).toISOString().slice(11, 16)}`;
  }

  function ago(seconds) {
    if (seconds < 120) return words.ages.now;
    if (seconds < 7200) return words.ages.minutes(Math.floor(seconds / 60));
    return seconds < 2 * 86400 ? words.ages.hours(Math.floor(seconds / 3600)) : words.ages.days(Math.floor(seconds / 86400));
  }

  // ---- the service worker, which keeps page, keys and lists for when there is no server

  const worker = "serviceWorker" in navigator && self.isSecureContext ? controlled() : new Promise(() => undefined);
  const kept = []; // what was read before the worker took over, and has to be read once more through it

  async function controlled() {
    const taken = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    });
    await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    if (!navigator.serviceWorker.controller) await taken;
  }

  const passesBy = () => Boolean(navigator.serviceWorker) && !navigator.serviceWorker.controller;

  function keep(path) {
    kept.push(worker.then(() => fetch(path, { credentials: "omit" })));
  }

  function ready() {
    Promise.all([worker, ...kept]).then(() => { box.dataset.offline = "ready"; }, () => undefined);
  }

  // ---- getting keys and lists

  async function get(path, read) {
    const past = passesBy(); // asked before the request: the worker may take over while it is on its way
    try {
      const response = await fetch(path, { cache: "no-cache", credentials: "omit" });
      if (response.ok) {
        const fetched = Number(response.headers.get("X-Fetched-At")); // set on copies that the worker kept
        const at = (fetched || Math.floor(Date.now() / 1000)) + (Number(box.dataset.clockOffset) || 0);
        memory[path] = { value: await read(response), at, old: Boolean(fetched) };
        if (past) keep(path);
      } else if (memory[path]) {
        memory[path].old = true;
      }
    } catch (error) {
      if (memory[path]) memory[path].old = true; // out of reach: what was read before still counts, with its age
    }
    return memory[path] || null;
  }

  const keysNow = async () => (await get("/keys.json", (response) => response.json())) || { value: {}, at: 0, old: true };
  const listNow = (n) => get(`/status/${n}.cwt`, async (response) => new Uint8Array(await response.arrayBuffer()));

  async function judged(fragment, number) {
    const keys = await keysNow();
    const input = { fragment, number, keys: keys.value, keysFetchedAt: keys.at, lists: {}, publicBase: base, now: now() };
    let first = await self.Verdict.judge(input);
    if (first.reason === "revoked_key" && await stoodBefore(fragment, number)) {
      input.beforeTheft = true;
      first = await self.Verdict.judge(input);
    }
    if (!first.payload) return keys.at ? first : Object.assign(first, { keysMissing: true });
    const list = Math.floor(first.payload.status_index / self.Verdict.LIST_SIZE) + 1;
    const found = await listNow(list);
    if (found) input.lists[list] = found.value;
    input.now = now();
    return Object.assign(await self.Verdict.judge(input), { offline: !found || found.old });
  }

  // A stolen key's signature proves nothing; the issuer's log may. Asked with the code's digest: the code stays here.
  async function stoodBefore(fragment, number) {
    try {
      const raw = atob(fragment.replace(/-/g, "+").replace(/_/g, "/"));
      const digest = await self.crypto.subtle.digest("SHA-256", Uint8Array.from(raw, (c) => c.charCodeAt(0)));
      const hex = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
      const told = await fetch(`/log/standing?number=${encodeURIComponent(number)}&code=${hex}`, { cache: "no-store", credentials: "omit" });
      return told.ok && (await told.json()).before_theft === true;
    } catch (error) {
      return false; // nobody to ask: nothing is believed
    }
  }

  // Whoever opens the camera may check papers where there is no network: keys and lists are fetched beforehand.
  async function stockUp() {
    const keys = await keysNow();
    for (let n = 1, more = !keys.old; more && n <= MANY_LISTS; n += 1) {
      const found = await listNow(n);
      more = Boolean(found) && !found.old;
    }
    ready();
  }

  // ---- drawing

  function element(name, text, cls) {
    const made = document.createElement(name);
    made.textContent = text;
    if (cls) made.className = cls;
    return made;
  }

  function fill(target, children) {
    target.textContent = "";
    children.forEach((child) => target.appendChild(child));
    target.hidden = !children.length;
  }

  function show(state, why, todo) {
    box.dataset.state = state;
    box.querySelector("h1").textContent = words[state][0];
    box.querySelector("p.why").textContent = why || words[state][1];
    document.title = words[state][0];
    const text = todo || words[state][2];
    part("todo").hidden = !text;
    part("todo").querySelector("p").textContent = text;
  }

  function facts(payload) {
    const names = JSON.parse(box.dataset.occupations || "{}");
    const work = names[payload.occupation] || payload.occupation;
    const rows = [
      ["name", payload.name, "lead cname"],
      ["occupation", work, "lead"],
      ["level", payload.level && words.levels[payload.level - 1], "lead level"],
      ["award", payload.award, "lead level"],
      ["number", payload.number],
      ["issued", day(payload.issued_at)],
      ["until", payload.expires_at && day(payload.expires_at - 1)],
    ];
    const out = [];
    rows.filter((row) => row[1]).forEach(([key, value, cls]) => {
      const shown = element("dd", value, cls);
      if (key === "occupation" && work !== payload.occupation) shown.append(" ", element("small", payload.occupation));
      out.push(element("dt", words.facts[key]), shown);
    });
    return out;
  }

  function ladder(level) {
    part("ladder-box").hidden = !level;
    for (let n = 1; n <= 8; n += 1) part(`step-${n}`).classList.toggle("held", n === level);
    part("rank").textContent = level ? `${words.levels[level - 1]}${words.colon}${words.rank(level)}` : "";
    part("ladder-box").querySelectorAll(".ladder-ends span").forEach((end, n) => { end.textContent = words.levels[7 * n]; });
    part("ladder").setAttribute("aria-label", part("rank").textContent);
  }

  function reason(result) {
    if (result.state === "NOT_GENUINE") return words.reasons[result.reason];
    return result.state === "VALID" ? words.valid[result.payload.kind] : "";
  }

  function draw(result, todo) {
    show(result.state, reason(result), todo);
    fill(part("facts"), result.payload ? facts(result.payload) : []);
    ladder(result.payload && result.payload.level);
    fill(part("steps"), Object.keys(words.steps).filter((step) => step in result.steps).map((step) => {
      const line = element("li", `${words.steps[step]}${words.colon}${words.marks[String(result.steps[step])]}`);
      line.dataset.passed = String(result.steps[step]);
      return line;
    }));
    fill(part("age"), result.payload ? age(result) : []);
  }

  // The moment in one piece, so that no line breaks within a date.
  function age(result) {
    if (!result.statusAsOf) return [element("span", words.noStatus)];
    const when = minute(result.statusAsOf), seconds = now() - result.statusAsOf;
    const [before, after] = (result.offline ? words.asOfOffline(when, ago(seconds)) : words.asOf(when)).split(when);
    return [element("span", before), element("span", when, "whole"), element("span", after)];
  }

  function offer(fragment, label) {
    const form = part("photo-ask");
    form.hidden = !label;
    form.querySelector("input[name=code]").value = label ? fragment : "";
    if (label) form.querySelector("button span").textContent = label;
  }

  function cannot(fragment) {
    show("CANNOT_CHECK"); // without keys or without ciphers nothing can be said, neither good nor bad
    part("lookup").hidden = false;
    offer(fragment, words.send);
  }

  // ---- one code after the other

  let turn = 0; // a newer code overtakes an older one that is still being checked

  function clean() {
    turn += 1;
    ["facts", "steps", "age"].forEach((id) => fill(part(id), []));
    ladder(0);
    offer("", "");
    part("lookup").hidden = true;
    document.body.dataset.view = "verify";
    return turn;
  }

  async function judge(fragment, number, foreignHost) {
    const mine = clean();
    if (!self.isSecureContext || !self.crypto || !self.crypto.subtle) {
      cannot(fragment);
      return;
    }
    show("WAIT");
    let result;
    try {
      result = await judged(fragment, number);
    } catch (error) {
      result = { keysMissing: true };
    }
    if (mine !== turn) return;
    if (result.keysMissing && (!result.reason || result.reason === "unknown_key") && !foreignHost) {
      cannot(fragment);
      return;
    }
    if (foreignHost) {
      const ours = result.keysMissing ? null : Boolean(result.payload), steps = Object.assign({ host: false }, result.steps);
      draw({ state: "NOT_GENUINE", reason: "other_host", steps, payload: null }, words.otherHost(foreignHost, ours));
    } else {
      draw(result);
      offer(fragment, result.payload ? words.photo : "");
    }
    part("lookup").hidden = Boolean(result.payload) || Boolean(foreignHost);
    ready();
  }

  function check() {
    if (location.pathname === "/scan") {
      clean();
      show("ASK");
      part("lookup").hidden = false;
      document.body.dataset.view = "scan";
      self.dispatchEvent(new Event("scan"));
      stockUp();
      return;
    }
    self.dispatchEvent(new Event("leave-scan"));
    const fragment = location.hash.slice(1), number = decodeURIComponent(location.pathname.split("/").pop());
    if (fragment) {
      judge(fragment, number);
      return;
    }
    clean();
    show("ASK");
    part("lookup").hidden = false;
    if (number !== "-") part("number").value = number;
  }

  self.Shell = {
    base,
    keep,
    // A code of ours: the address changes to the certificate's own, as if the phone's camera had opened it.
    open(number, fragment) {
      history.pushState(null, "", `/v/${encodeURIComponent(number)}${location.search}#${fragment}`);
      check();
    },
    // A code that leads to another site is never more than not genuine; what is in it is judged by our keys.
    foreign(number, fragment, host) {
      self.dispatchEvent(new Event("leave-scan"));
      judge(fragment, number, host);
    },
  };

  self.addEventListener("hashchange", () => { if (location.pathname !== "/scan") check(); });
  self.addEventListener("popstate", check);
  self.addEventListener("online", () => { if (document.body.dataset.view === "verify" && location.hash) check(); });
  document.addEventListener("DOMContentLoaded", check); // after scan.js, which waits for the first word
})();
