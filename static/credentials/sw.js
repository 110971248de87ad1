// Keeps the verification page working without a server. Served at /sw.js with `Cache-Control: no-cache`, scope `/`.
// Answers GET navigations to /v/<number> and /scan (one shell), that shell's files, /keys.json and /status/<n>.cwt.
// Everything else passes by untouched.
"use strict";

const SHELL = "verify-shell", PROOF = "verify-proof", SHELL_URL = "/v/-", PATIENCE_MS = 1500;
const CAMERA = { "/scan": "camera=(self), microphone=(), geolocation=()" };
const NO_CAMERA = "camera=(), microphone=(), geolocation=()";
// What the shell names: files without which it is not whole, and those that are kept once they were needed (the reader
// of QR codes, which only /scan asks for).
const NEEDED = /(?:src|href|data-file)="(\/static\/[^"]+)"/g, LATER = /data-later="(\/static\/[^"]+)"/g;

const isShell = (path) => /^\/v\/[^/]+$/.test(path) || path === "/scan";
const isProof = (path) => path === "/keys.json" || /^\/status\/[0-9]+\.cwt$/.test(path);
const named = (text, pattern) => Array.from(new Set(Array.from(text.matchAll(pattern), (found) => found[1])));

// What `use` makes of the answer, if it is there in time.
async function impatient(request, options, use) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    return await use(await fetch(request, Object.assign({ signal: stop.signal }, options)));
  } finally {
    clearTimeout(timer);
  }
}

// A body that was read from the wire is no longer packed, whatever its head says.
function copy(body, old, more) {
  const headers = new Headers(old);
  ["Content-Encoding", "Content-Length"].forEach((name) => headers.delete(name));
  Object.keys(more).forEach((name) => headers.set(name, more[name]));
  return new Response(body, { headers });
}

// The shell is kept whole or not at all: first the files it names, then the page itself.
async function keepShell(response) {
  const text = await response.text(), cache = await caches.open(SHELL);
  const kept = await cache.match(SHELL_URL), before = kept ? await kept.text() : "";
  if (before === text) return;
  const files = named(text, NEEDED), later = named(text, LATER);
  const wanted = await Promise.all(named(before, LATER).map((url) => cache.match(url)));
  await cache.addAll(files);
  if (wanted.some(Boolean)) await Promise.all(later.map((url) => cache.add(url).catch(() => undefined)));
  await cache.put(SHELL_URL, copy(text, response.headers, {}));
  const stale = (await cache.keys()).filter((old) => {
    const at = new URL(old.url), path = at.pathname + at.search;
    return path !== SHELL_URL && !files.includes(path) && !later.includes(path);
  });
  await Promise.all(stale.map((old) => cache.delete(old)));
}

async function shell(event) {
  const request = event.request;
  try {
    const asked = { credentials: "same-origin", redirect: "manual" };
    const response = await impatient(request.url.split("#")[0], asked, (answer) => answer);
    if (response.ok) {
      event.waitUntil(keepShell(response.clone()).catch(() => undefined));
      return response;
    }
    if (response.status < 500) return response;
  } catch (error) {
    // no server: the kept shell answers below
  }
  const kept = await caches.match(SHELL_URL, { cacheName: SHELL });
  if (!kept) return Response.error();
  return copy(kept.body, kept.headers, { "Permissions-Policy": CAMERA[new URL(request.url).pathname] || NO_CAMERA });
}

// Newest first; the kept copy says when it was fetched, so that the page can tell its age.
async function proof(request) {
  const cache = await caches.open(PROOF);
  try {
    const [response, body] = await impatient(request, {}, async (answer) => [answer, await answer.clone().arrayBuffer()]);
    if (response.ok) {
      await cache.put(request.url, copy(body, response.headers, { "X-Fetched-At": String(Math.floor(Date.now() / 1000)) }));
    }
    if (response.status < 500) return response;
  } catch (error) {
    // no server: the kept copy answers below
  }
  return (await cache.match(request.url)) || Response.error();
}

async function file(request) {
  const cache = await caches.open(SHELL), held = await cache.match(request.url);
  if (held) return held;
  const response = await fetch(request), kept = await cache.match(SHELL_URL), at = new URL(request.url).pathname;
  if (response.ok && kept && named(await kept.text(), LATER).includes(at)) await cache.put(request.url, response.clone());
  return response;
}

self.addEventListener("install", (event) => {
  const begin = async () => {
    await keepShell(await fetch(SHELL_URL, { cache: "no-store", credentials: "same-origin" }));
    await proof(new Request("/keys.json", { cache: "no-store" }));
    await self.skipWaiting();
  };
  event.waitUntil(begin());
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => ![SHELL, PROOF].includes(name)).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isShell(url.pathname)) event.respondWith(shell(event));
  } else if (isProof(url.pathname)) {
    event.respondWith(proof(request));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  }
});
