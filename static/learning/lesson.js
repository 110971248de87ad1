// The heart-beat of a lesson: tells the server each minute where the learner is, while the page is seen and the film
// plays. What counts is decided there, by its own clock. A question shows by itself; without this script every step
// counts instead.
(function () {
  "use strict";

  const page = document.getElementById("lesson");
  if (!page) return;
  const film = document.getElementById("film"), said = document.getElementById("said"), data = page.dataset;
  const EVERY = Number(data.beat) * 1000, api = `/api/v1/me/studies/${data.study}`;
  const AGAIN = 5000;
  let token = data.token, over = false, busy = false, left = EVERY, last = Date.now(), unanswered = null;

  if (film) {
    const resume = () => { if (Number(data.at) > 0 && Number(data.at) < film.duration - 2) film.currentTime = Number(data.at); };
    if (film.readyState >= HTMLMediaElement.HAVE_METADATA) resume(); // it may be known before this script is
    else film.addEventListener("loadedmetadata", resume);
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

  function send(path, sign, keep) {
    return fetch(api + path, {
      method: "POST", keepalive: Boolean(keep), body: JSON.stringify(sign.body),
      headers: { "Content-Type": "application/json", "Idempotency-Key": sign.key, "X-CSRFToken": data.csrf },
    });
  }

  function take(next) {
    token = next.token;
    document.querySelectorAll("input[name=token]").forEach((field) => { field.value = token; });
    document.querySelectorAll("#leave input[name=position]").forEach((field) => { field.value = String(next.position); });
  }

  // A sign of life whose answer never came is sent again as it was, under the same key: the server counts it once and answers as it did.
  // `keep`: the page may be closing, the browser finishes it all the same.
  async function beat(keep) {
    if (over || busy || document.getElementById("ask")) return;
    busy = true;
    left = EVERY;
    unanswered = unanswered || { key: key(), body: where() };
    try {
      const answer = await send("/beats", unanswered, keep);
      if (answer.status >= 500 || answer.status === 429) throw new Error("busy");
      const next = await answer.json();
      unanswered = null;
      if (answer.ok) {
        take(next);
        said.textContent = data.runs;
        if (next.asked) {
          if (film) film.pause();
          location.reload(); // the question is shown by the server, so that it is the same with and without this script
        }
      } else if (next.code !== "study.too_soon") {
        over = true;
        if (film) film.pause();
        said.textContent = data.ended;
      }
    } catch (error) {
      said.textContent = data.gone;
      left = Math.min(EVERY, AGAIN);
    }
    busy = false;
  }

  setInterval(() => {
    const now = Date.now(), passed = now - last;
    last = now;
    const learns = !document.hidden && !(film && film.paused);
    if (!learns) { if (!over) said.textContent = data.paused; return; }
    left -= passed;
    if (left <= 0) beat();
  }, 1000);

  document.addEventListener("visibilitychange", () => { if (document.hidden && !(film && film.paused)) beat(true); });
})();
