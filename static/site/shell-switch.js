// Language and large type on the verification page, which sets no cookie and also stands offline: both are read
// from the address (?lang=en, ?elder=1), and the links keep the code behind the # that must not reach a server.
(function () {
  "use strict";
  const asked = new URLSearchParams(location.search);
  const root = document.documentElement;
  const lang = asked.get("lang");
  if (lang) root.lang = lang === "en" ? "en" : "zh-CN";
  root.classList.toggle("elder", asked.get("elder") === "1");
  document.querySelectorAll("a[data-set]").forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      const next = new URLSearchParams(location.search);
      const [name, value] = link.dataset.set.split("=");
      if (value) next.set(name, value);
      else next.delete(name);
      location.assign(`${location.pathname}?${next}${location.hash}`);
    });
  });
})();
