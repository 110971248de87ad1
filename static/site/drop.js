// Files dropped on a form[data-drop] are put into its file field; what is too large is named before it is sent. Without
// this script the field works as it is.
(function () {
  "use strict";
  document.querySelectorAll("form[data-drop]").forEach(function (form) {
    const field = form.querySelector("input[type=file]"), box = form.querySelector(".drop");
    const said = document.getElementById(`${field.id}-chosen`), most = Number(form.dataset.most);

    function tell() {
      const files = Array.from(field.files), large = files.filter((file) => file.size > most);
      said.textContent = large.length
        ? form.dataset.tooLarge + large.map((file) => file.name).join(", ")
        : files.length > 1 ? files.map((file) => file.name).join(", ") : "";
      said.className = large.length ? "small err" : "small";
      return !large.length;
    }

    field.addEventListener("change", tell);
    form.addEventListener("submit", function (event) {
      if (!tell()) event.preventDefault();
    });
    ["dragenter", "dragover"].forEach((name) => box.addEventListener(name, function (event) {
      event.preventDefault();
      box.classList.add("over");
    }));
    ["dragleave", "drop"].forEach((name) => box.addEventListener(name, () => box.classList.remove("over")));
    box.addEventListener("drop", function (event) {
      event.preventDefault();
      if (!event.dataTransfer || !event.dataTransfer.files.length) return;
      field.files = event.dataTransfer.files;
      tell();
    });
  });
})();
