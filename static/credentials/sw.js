// Keeps the verification page working without a server. Served at /sw.js with `Cache-Control: no-cache`, scope `/`.
// Answers GET navigations to /v/<number> and /scan (one shell), that shell's files, /keys.json and /status/<n>.cwt.
// Everything else passes by untouched.
"use strict";

const SHELL = "verify-shell", PROOF = "verify-proof", SHELL_URL = "/v/-", PATIENCE_MS = 1500;

const isShell = (path) => /^\/v\/[^/]+$/.test(path) || path === "/scan";
const isProof = (path) => path === "/keys.json" || /^\/status\/[0-9]+\.cwt$/.test(path);

function impatient(request, options) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  return fetch(request, Object.assign({ signal: stop.signal }, options)).finally(() => clearTimeout(timer));
}

// The shell is kept whole or not at all: first the files it names, then the page itself.
async function keepShell(response) {
  const text = await response.clone().text(), cache = await caches.open(SHELL);
  const kept = await cache.match(SHELL_URL);
  if (kept && (await kept.text()) === text) return;
  const named = Array.from(text.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g), (found) => found[1]);
  const files = Array.from(new Set(named));
  await cache.addAll(files);
  await cache.put(SHELL_URL, response.clone());
  const stale = (await cache.keys()).filter((old) => {
    const at = new URL(old.url);
    return at.pathname !== SHELL_URL && !files.includes(at.pathname + at.search);
  });
  await Promise.all(stale.map((old) => cache.delete(old)));
}

async function shell(event) {
  try {
    const response = await impatient(event.request.url.split("#")[0], { credentials: "same-origin", redirect: "manual" });
    if (response.ok) {
      event.waitUntil(keepShell(response.clone()).catch(() => undefined));
      return response;
    }
    if (response.status < 500) return response;
  } catch (error) {
    // no server: the kept shell answers below
  }
  return (await caches.match(SHELL_URL, { cacheName: SHELL })) || Response.error();
}

// Newest first; the kept copy says when it was fetched, so that the page can tell its age.
async function proof(request) {
  const cache = await caches.open(PROOF);
  try {
    const response = await impatient(request);
    if (response.ok) {
      const headers = new Headers(response.headers), body = await response.clone().arrayBuffer();
      headers.set("X-Fetched-At", String(Math.floor(Date.now() / 1000)));
      await cache.put(request.url, new Response(body, { headers }));
    }
    if (response.status < 500) return response;
  } catch (error) {
    // no server: the kept copy answers below
  }
  return (await cache.match(request.url)) || Response.error();
}

async function file(request) {
  return (await caches.match(request.url, { cacheName: SHELL })) || fetch(request);
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
