// Keyboard shortcuts: everything works without them, and without any script.
"use strict";
(() => {
  const OFF = "letterbox-shortcuts-off";
  const PAGES = { t: "/desk", a: "/desk/applications", p: "/desk/positions", h: "/desk/holds" };
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const isOn = document.getElementById("keys-on");
  isOn.checked = !localStorage.getItem(OFF);
  isOn.addEventListener("change", () => {
    if (isOn.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  document.querySelector(".keys").hidden = false;

  const typesInto = (element) => element.closest("input, select, textarea, [contenteditable]");
  const move = (step) => {
    const rows = [...document.querySelectorAll("a.row")];
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (next) next.focus();
  };
  let goes = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typesInto(event.target)) return;
    if (event.key === "?") dialog.showModal();
    if (!isOn.checked || dialog.open) return;
    const wentBefore = goes;
    goes = event.key === "g";
    if (wentBefore && PAGES[event.key]) location.assign(PAGES[event.key]);
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("find").focus();
    }
  });

  // What is refreshed keeps the link that had the focus, and what somebody has unfolded.
  let focused = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.querySelector("details[open]")) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", () => {
    focused = document.activeElement.closest("main a")?.getAttribute("href");
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (focused) document.querySelector(`main a[href="${CSS.escape(focused)}"]`)?.focus();
  });
})();
