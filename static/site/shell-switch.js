// The first script of the verification page, which is the same for every number and also stands offline: the address
// (?lang=en, ?elder=1) overrides what the page came with, and the links keep the code behind the #, which must not reach
// a server. It also says early what the page will be, so that nothing is drawn that is taken away again.
(function () {
  "use strict";
  const asked = new URLSearchParams(location.search);
  const root = document.documentElement;
  const lang = asked.get("lang");
  if (lang) root.lang = lang === "en" ? "en" : "zh-CN";
  if (asked.has("elder")) root.classList.toggle("elder", asked.get("elder") === "1");
  root.dataset.at = location.pathname === "/scan" ? "scan" : location.hash ? "code" : "ask";
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("a.more").forEach(function (link) { link.search = location.search; });
    document.querySelectorAll("a[data-set]").forEach(function (link) {
      link.addEventListener("click", function (event) {
        event.preventDefault();
        const next = new URLSearchParams(location.search);
        const [name, value] = link.dataset.set.split("=");
        next.set(name, value);
        location.assign(`${location.pathname}?${next}${location.hash}`);
      });
    });
  });
})();
