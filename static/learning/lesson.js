// The heart-beat of a lesson: tells the server each minute where the learner is, while the page is seen and the film
// plays. What counts is decided there, by its own clock. A question shows by itself; without this script every step
// counts instead.
(function () {
  "use strict";

  const page = document.getElementById("lesson");
  if (!page) return;
  const film = document.getElementById("film"), said = document.getElementById("said"), data = page.dataset;
  const EVERY = Number(data.beat) * 1000, api = `/api/v1/me/studies/${data.study}`;
  let token = data.token, over = false, busy = false, left = EVERY, last = Date.now();

  if (film) {
    film.addEventListener("loadedmetadata", () => { if (Number(data.at) > 0 && Number(data.at) < film.duration - 2) film.currentTime = Number(data.at); });
    film.addEventListener("pause", () => beat());
    film.addEventListener("play", () => { last = Date.now(); });
  }

  function key() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  }

  function where() {
    return { token, position: film ? Math.floor(film.currentTime) : Number(data.at), rate: film ? Math.round(film.playbackRate * 100) : 100 };
  }

  function send(path, body, keep) {
    return fetch(api + path, {
      method: "POST", keepalive: Boolean(keep), body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "Idempotency-Key": key(), "X-CSRFToken": data.csrf },
    });
  }

  function take(next) {
    token = next.token;
    document.querySelectorAll("input[name=token]").forEach((field) => { field.value = token; });
    document.querySelectorAll("#leave input[name=position]").forEach((field) => { field.value = String(next.position); });
  }

  async function beat() {
    if (over || busy || document.getElementById("ask")) return;
    busy = true;
    try {
      const answer = await send("/beats", where());
      if (answer.ok) {
        const next = await answer.json();
        take(next);
        said.textContent = data.runs;
        if (next.asked) {
          if (film) film.pause();
          location.reload(); // the question is shown by the server, so that it is the same with and without this script
        }
      } else if ((await answer.json()).code !== "study.too_soon") {
        over = true;
        if (film) film.pause();
        said.textContent = data.ended;
      }
    } catch (error) {
      said.textContent = data.gone;
    }
    busy = false;
    left = EVERY;
  }

  setInterval(() => {
    const now = Date.now(), passed = now - last;
    last = now;
    const learns = !document.hidden && !(film && film.paused);
    if (!learns) { if (!over) said.textContent = data.paused; return; }
    left -= passed;
    if (left <= 0) beat();
  }, 1000);

  document.addEventListener("visibilitychange", () => { if (document.hidden && !(film && film.paused)) beat(); });
})();
