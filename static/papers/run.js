// A paper on a screen: every change is sent at once under a key of its own; while the network is gone it waits in this browser, in order,
// and is sent again as it was until the server has answered. What counts and when it ends is decided there, by its own clock.
(function () {
  "use strict";

  const bar = document.getElementById("run");
  if (!bar) return;
  const data = bar.dataset, api = `/api/v1/me/papers/${data.run}`, KEPT = `paper:${data.run}`;
  const AGAIN = 3000, SIGN = 60000, ENDING = 5000, TYPING = 1500, TIMEOUT = 10000, TOLD = [600, 300, 60];
  const clock = document.getElementById("left"), said = document.getElementById("said"), count = document.getElementById("answered");
  const forms = Array.from(document.querySelectorAll("form.question")), typing = {};
  const form = (place) => document.getElementById(`q-${place}`);
  let newest = 0, base = Date.parse(data.now) - performance.now(), ends = Date.parse(data.ends), signed = performance.now();
  let queue = read().filter(newer), busy = false, over = false, shut = false, handing = false, told = null, later = 0;

  const now = () => base + performance.now();

  function read() {
    try { return JSON.parse(localStorage.getItem(KEPT)) || []; } catch (error) { return []; }
  }

  // What was answered since, on another machine say, is not undone by something older that waited here.
  function newer(waiting) {
    const saved = form(waiting.body.place).dataset.said;
    return !saved || Date.parse(waiting.body.said_at) >= Date.parse(saved);
  }

  function keep() {
    try {
      if (queue.length) localStorage.setItem(KEPT, JSON.stringify(queue));
      else localStorage.removeItem(KEPT);
    } catch (error) { /* it waits in this page alone */ }
  }

  function key() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  }

  function valueOf(one) {
    return Array.from(one.querySelectorAll("[name=value]")).filter((f) => f.type === "text" || f.checked).map((f) => f.value).join("");
  }

  function put(one, body) {
    one.querySelectorAll("[name=value]").forEach((f) => {
      if (f.type === "text") f.value = body.value;
      else f.checked = f.type === "checkbox" ? body.value.includes(f.value) : f.value === body.value;
    });
    one.querySelector("[name=flagged]").checked = body.flagged;
  }

  function note(place, text, bad) {
    const line = form(place).querySelector(".saved");
    line.textContent = text;
    line.classList.toggle("bad", Boolean(bad));
  }

  function map(place) {
    const one = form(place), link = document.getElementById(`m-${place}`);
    const has = valueOf(one) !== "", flagged = one.querySelector("[name=flagged]").checked;
    link.classList.toggle("answered", has);
    link.classList.toggle("flagged", flagged);
    link.querySelector(".vh").textContent = (has ? data.has : data.hasnot) + (flagged ? data.flagged : "");
    count.textContent = String(document.querySelectorAll(".map a.answered").length);
  }

  function say(text, bad) {
    if (said.textContent !== text) said.textContent = text;
    bar.classList.toggle("gone", Boolean(bad));
  }

  function changed(one) {
    const place = Number(one.dataset.place);
    clearTimeout(typing[place]);
    if (over || shut) return;
    const body = { place, value: valueOf(one), flagged: one.querySelector("[name=flagged]").checked, said_at: new Date(now()).toISOString() };
    const last = queue.filter((w) => w.body.place === place).pop();
    const was = last ? last.body : { value: one.dataset.value, flagged: one.dataset.flagged === "1" };
    if (was.value === body.value && was.flagged === body.flagged) return;
    queue.push({ key: key(), body });
    keep();
    note(place, data.waits);
    map(place);
    send();
  }

  async function post(path, under, body) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const answer = await fetch(api + path, {
        method: "POST", body: JSON.stringify(body), signal: stop.signal,
        headers: { "Content-Type": "application/json", "Idempotency-Key": under, "X-CSRFToken": data.csrf },
      });
      if (answer.status >= 500 || answer.status === 429) throw new Error("busy");
      return { ok: answer.ok, said: await answer.json() };
    } finally { clearTimeout(timer); }
  }

  function heard(state) {
    signed = performance.now();
    const at = Date.parse(state.now);
    if (at < newest) return; // an answer that is told again tells the time of its first telling
    newest = at;
    base = Math.max(base, at - performance.now()); // the way here only ever makes this clock late
    ends = Date.parse(state.ends_at);
  }

  function close(closed) {
    shut = closed;
    document.querySelectorAll("form.question input").forEach((field) => { field.disabled = closed; });
  }

  function finish(text) {
    over = true;
    say(text, true);
    close(true);
  }

  // However often it fails, one attempt waits and no more.
  function again() {
    clearTimeout(later);
    later = setTimeout(send, AGAIN);
  }

  // One at a time and in order: the last one to a place counts, so none may pass another on the way.
  async function send() {
    if (busy || over || !queue.length) return;
    busy = true;
    const next = queue[0], place = next.body.place;
    try {
      const answer = await post("/answers", next.key, next.body);
      if (answer.ok) {
        heard(answer.said);
        stands(next);
      } else if (answer.said.code === "key_reused") {
        stands(next); // it was saved before this browser signed in anew
      } else if (answer.said.code === "paper_answer.unreadable") {
        taken(next);
        handing = false;
        note(place, `${answer.said.title}。${answer.said.todo || ""}`, true);
        say(`${place}：${answer.said.title}`, true);
      } else if (/^paper_run\./.test(answer.said.code)) {
        finish(`${answer.said.title}。${answer.said.todo || ""}`);
      } else {
        say(`${answer.said.title || data.gone}`, true); // signed out, say: nothing is thrown away
        again();
      }
      busy = false;
      if (queue[0] !== next) send();
    } catch (error) {
      busy = false;
      say(handing ? data.first : data.gone, true);
      again();
    }
  }

  function stands(one) {
    const place = one.body.place, asked = form(place);
    taken(one);
    asked.dataset.value = one.body.value; // as it was typed here: 1.50 is kept as 1.5
    asked.dataset.flagged = one.body.flagged ? "1" : "0";
    if (!queue.some((w) => w.body.place === place)) note(place, data.saved);
    if (!queue.length) { handing = false; say(data.all); }
  }

  function taken(one) {
    queue = queue.filter((w) => w !== one);
    keep();
  }

  async function beat() {
    signed = performance.now();
    try {
      const answer = await post("/beats", key(), {});
      if (!answer.ok) { if (/^paper_run\./.test(answer.said.code || "")) finish(answer.said.title); return; }
      heard(answer.said);
      if (answer.said.state !== "open") { over = true; location.reload(); } else if (!queue.length && !shut) say(data.all);
    } catch (error) { say(data.gone, true); }
  }

  function tick() {
    const left = Math.max(0, Math.ceil((ends - now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (over) return;
    const mark = TOLD.find((s) => left === s);
    if (mark && told !== mark) { told = mark; say(data.only.replace("0", String(mark / 60))); }
    if (left === 1) forms.forEach(changed); // what is typed just now
    if (shut !== left <= 0) close(left <= 0); // time may be given back after it was over
    if (left <= 0) {
      if (queue.length) send();
      else if (performance.now() - signed > ENDING) { say(data.ended, true); beat(); }
    } else if (performance.now() - signed > SIGN && !queue.length) beat();
  }

  keep();
  forms.forEach((one) => {
    one.querySelector("button").hidden = true;
    one.addEventListener("submit", (event) => { event.preventDefault(); changed(one); });
    one.addEventListener("change", () => changed(one));
    one.addEventListener("input", (event) => {
      if (event.target.type !== "text") return;
      clearTimeout(typing[one.dataset.place]);
      typing[one.dataset.place] = setTimeout(() => changed(one), TYPING);
    });
  });
  queue.forEach((w) => { put(form(w.body.place), w.body); note(w.body.place, data.waits); map(w.body.place); });
  document.getElementById("hand-in").addEventListener("click", (event) => {
    forms.forEach(changed);
    handing = queue.length > 0;
    if (handing) { event.preventDefault(); say(data.first, true); send(); }
  });
  window.addEventListener("online", send);
  window.addEventListener("beforeunload", (event) => { if (queue.length && !over) { event.preventDefault(); event.returnValue = ""; } });
  setInterval(tick, 1000);
  tick();
  send();
})();
