// The progress of a batch, asked for every two seconds while the page is looked at. Without it the page has a link.
"use strict";
(() => {
  const box = document.getElementById("batch");
  const told = document.getElementById("batch-told");
  const bar = box && box.querySelector("progress");
  if (!box || !box.dataset.poll || !bar) return;
  const english = document.documentElement.lang.startsWith("en");
  const show = (b) => {
    for (const part of box.querySelectorAll("[data-count]")) {
      part.querySelector("dd").firstChild.textContent = b[part.dataset.count];
    }
    bar.value = b.printed + b.ended;
    const said = english ? `${b.printed} of ${b.passes} printed` : `共 ${b.passes} 份，已印制 ${b.printed} 份`;
    if (told.textContent !== said) told.textContent = said;
  };
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(box.dataset.poll, { credentials: "same-origin" });
      if (!answer.ok) return;
      const b = await answer.json();
      if (b.waiting === 0 && b.printed + b.failed + b.ended >= b.numbered) location.reload();
      else show(b);
    } catch { /* away for a moment: asked again */ }
  };
  setInterval(ask, 2000);
})();
