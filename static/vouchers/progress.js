// How far the issue of a batch is, asked for every two seconds while the page is looked at; without it the page reloads itself.
"use strict";
(() => {
  const box = document.getElementById("issue-progress");
  const told = document.getElementById("issue-told");
  const bar = box && box.querySelector("progress");
  if (!box || !bar || !told) return;
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(box.dataset.poll, { credentials: "same-origin" });
      if (!answer.ok) return;
      const { progress } = await answer.json();
      if (!progress || progress.state === "done" || progress.state === "failed") return location.reload();
      bar.max = Math.max(progress.total, 1);
      bar.value = progress.done;
      told.textContent = `${progress.done.toLocaleString("en")} / ${progress.total.toLocaleString("en")}`;
    } catch { /* away for a moment: asked again */ }
  };
  setInterval(ask, 2000);
})();
