// The holder's code: counts down, brings the next code without leaving the page, and says at once when it was used.
// Without this script the page asks for itself again (a refresh inside noscript).
(function () {
  "use strict";

  const card = document.getElementById("show-code"), left = document.getElementById("code-left");
  if (!card || !left) return;
  const ASK_EVERY = 5;
  let seconds = Number(left.dataset.seconds), since = 0;

  async function ask() {
    since = 0;
    let answer;
    try {
      answer = await fetch(location.href, { cache: "no-store" });
    } catch (error) {
      return; // the network comes and goes; what is shown counts until its time is over
    }
    if (!answer.ok || answer.redirected) { location.reload(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById("show-code");
    if (!fresh) { location.reload(); return; } // used, stopped, or its time is over
    for (const name of [".qr", ".code-text"]) {
      const now = card.querySelector(name), next = fresh.querySelector(name);
      if (now.innerHTML !== next.innerHTML) now.replaceWith(document.importNode(next, true));
    }
    seconds = Number(page.getElementById("code-left").dataset.seconds);
  }

  setInterval(() => {
    seconds = Math.max(0, seconds - 1);
    since += 1;
    left.textContent = left.textContent.replace(/\d+/, String(seconds));
    if (seconds === 0 || since >= ASK_EVERY) ask();
  }, 1000);
})();
