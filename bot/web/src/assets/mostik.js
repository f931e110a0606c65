// Pages work without this. With it they stay up to date and obey single keys.
"use strict";

const typing = (el) => el && (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable);
const begun = () => [...document.querySelectorAll("main textarea, main input:not([type=hidden])")]
  .some((field) => field.value !== field.defaultValue);

// Live: on news the page is fetched anew and <main> swapped. What is being
// typed or listened to is never taken away: then a button offers the news.
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // Whether I take calls and with whom I talk waits for nothing that is being typed.
  for (const id of ["me", "on-call"]) {
    const old = document.getElementById(id), now = page.getElementById(id);
    if (!old || !now || shown(old) === shown(now)) continue;
    const held = old.contains(document.activeElement);
    old.replaceChildren(...now.childNodes);
    if (held) old.querySelector("button, a")?.focus({ preventScroll: true });
  }
  const fresh = page.querySelector("main");
  const main = document.querySelector("main");
  if (!fresh || shown(fresh) === shown(main)) return;
  const playing = [...main.querySelectorAll("audio")].some((audio) => !audio.paused);
  if (begun() || playing) { document.getElementById("news").hidden = false; return; }
  const open = [...main.querySelectorAll("details")].map((details) => details.open);
  const focused = main.contains(document.activeElement) ? pathOf(document.activeElement, main) : null;
  const top = scrollY;
  main.replaceChildren(...fresh.childNodes);
  main.querySelectorAll("details").forEach((details, at) => { if (open[at]) details.open = true; });
  if (focused) focused.reduce((el, at) => el?.children[at], main)?.focus({ preventScroll: true });
  scrollTo({ top, behavior: "instant" });
}
// What is there, whatever a running clock shows.
const shown = (el) => el.innerHTML.replace(/(<time class="running"[^>]*>)[^<]*/g, "$1");
const pathOf = (el, root) => el === root ? []
  : [...pathOf(el.parentElement, root), [...el.parentElement.children].indexOf(el)];

const live = document.body.dataset.live;
if (live) {
  // At most once a second, however busy the phone is, and never put off for ever.
  let waiting, last = 0;
  const soon = () => {
    waiting ??= setTimeout(() => { waiting = undefined; last = Date.now(); refresh(); },
      Math.max(250, last + 1000 - Date.now()));
  };
  const events = new EventSource(live);
  events.onmessage = soon;
  let dropped = false;
  events.onerror = () => { dropped = true; };
  events.onopen = () => { if (dropped) soon(); dropped = false; };
}
// How long a call lasts or a caller waits.
setInterval(() => document.querySelectorAll("time.running").forEach((time) => {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
  time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}), 1000);
document.getElementById("news")?.addEventListener("click", () => location.reload());

// Keys: an element with data-key is pressed, or focused when one types into it.
const button = document.getElementById("keys");
let keysOn = localStorage.getItem("mostik-keys") !== "off";
function showKeys() {
  button.hidden = false;
  button.setAttribute("aria-pressed", keysOn);
  button.textContent = keysOn ? button.dataset.on : button.dataset.off;
}
if (button) {
  showKeys();
  button.addEventListener("click", () => {
    keysOn = !keysOn;
    localStorage.setItem("mostik-keys", keysOn ? "on" : "off");
    showKeys();
  });
}
document.addEventListener("keydown", (event) => {
  if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
  // A Cyrillic layout gives other letters; then the place of the key counts.
  const latin = event.key.length > 1 || event.key < "\u0080" || !event.code.startsWith("Key");
  const key = latin ? event.key : event.code[3].toLowerCase();
  if (key === "j" || key === "k") {
    const items = [...document.querySelectorAll("a.item")];
    const at = items.indexOf(document.activeElement);
    items[key === "j" ? Math.min(at + 1, items.length - 1) : Math.max(at - 1, 0)]?.focus();
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (typing(target)) target.focus(); else target.click();
});
