// Keeps a page as the home is: the server sends the page's main part anew when it changed, and
// what differs is put in its place. Every act works without this file.
"use strict";

const cut = document.getElementById("cut");
const stamp = document.getElementById("stamp");
const main = document.getElementById("main");

// The server says something at least every ten seconds. A page that hears nothing says so: it
// must not look calm because the home is dead.
const SILENT_TOO_LONG_MS = 25_000;
let silence;

function heard() {
  cut.hidden = true;
  clearTimeout(silence);
  silence = setTimeout(lost, SILENT_TOO_LONG_MS);
}

function lost() {
  cut.hidden = false;
}

// What the server sent last; a part in which somebody types waits until they leave it.
let latest = null;
const shown = new Map();
for (const part of document.querySelectorAll("[data-part]")) shown.set(part.id, part.outerHTML);

function show() {
  if (latest === null) return;
  for (const part of latest.querySelectorAll("[data-part]")) {
    const old = document.getElementById(part.id);
    const text = part.outerHTML;
    if (!old || shown.get(part.id) === text) continue;
    // What became of an act is told once, by the page that was loaded for it.
    if (part.id === "told") continue;
    if (old.querySelector("input:focus, select:focus")) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    shown.set(part.id, text);
    const fresh = document.importNode(part, true);
    old.replaceWith(fresh);
    if (focused && focused.name) {
      for (const button of fresh.querySelectorAll("button")) {
        if (button.name === focused.name && button.value === focused.value) button.focus();
      }
    }
  }
}

main.addEventListener("focusout", () => setTimeout(show, 0));

const source = new EventSource(document.currentScript.dataset.events);
source.addEventListener("open", heard);
source.addEventListener("alive", heard);
source.addEventListener("error", lost);
source.addEventListener("live", (event) => {
  heard();
  stamp.hidden = true;
  latest = new DOMParser().parseFromString(JSON.parse(event.data), "text/html");
  show();
});
heard();

// What became of an act has been read by then.
setTimeout(() => document.getElementById("told")?.replaceChildren(), 8_000);

// A second tap before the answer is there is the same tap.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
