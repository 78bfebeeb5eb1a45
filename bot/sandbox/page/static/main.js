// Puts the page together and keeps it up to date.

import { data, redraw, refresh, setDraw, ui } from "./app.js";
import { listen } from "./api.js";
import { asking } from "./asking.js";
import { h, render } from "./dom.js";
import { middle } from "./middle.js";
import { modal } from "./modal.js";
import { planeSide } from "./plane.js";
import { picker } from "./reacting.js";
import { slackSide } from "./slack.js";
import { markSeen } from "./unread.js";

const TABS = { slack: "Slack", bot: "Loadmaster", plane: "Plane" };
const DRAWN = { slack: slackSide, bot: middle, plane: planeSide };
/** Below this width one side is seen at a time, as in style.css. */
const narrow = window.matchMedia("(max-width: 1099px)");
const ENDED =
  "The sandbox has ended, or does not answer. Start it again in the terminal, and open the address that it prints.";

function draw() {
  if (!data.now) {
    if (!ui.isConnected) document.querySelector(".loading").textContent = ENDED;
    return;
  }
  const isSlackSeen = !document.hidden && (!narrow.matches || ui.tab === "slack");
  if (isSlackSeen) markSeen(ui.place);
  ui.missed.delete(ui.tab);
  const over = dialogs();
  render(document.getElementById("app"), [
    !ui.isConnected && h("p", { class: "notice bad offline", role: "alert", key: "offline" }, ENDED),
    h(
      "main",
      { class: "sides", key: "sides" },
      h("h1", { class: "sr" }, "Loadmaster sandbox"),
      Object.keys(TABS).map(side),
    ),
    narrow.matches && tabs(),
    // What is beneath a dialog is neither seen well nor read out: it tells by itself.
    over.map((each, at) => each(at === over.length - 1 && notices())),
    over.length === 0 && notices(),
  ]);
}

function dialogs() {
  return [data.now.slack.modal && modal, ui.picking && picker, ui.asked && asking].filter(Boolean);
}

function notices() {
  const { notice } = ui;
  const kind = notice?.isBad ? "bad" : "good";
  const role = notice?.isBad ? "alert" : "status";
  return [
    notice && h("p", { class: `notice ${kind}`, role, key: `notice-${notice.number}` }, notice.text),
    h("p", { class: "sr", role: "status", key: "said" }, ui.said),
  ];
}

function side(name) {
  const isTab = narrow.matches;
  return h(
    "section",
    {
      id: `side-${name}`,
      class: `side side-${name}`,
      key: name,
      role: isTab ? "tabpanel" : null,
      "aria-label": TABS[name],
      hidden: isTab && ui.tab !== name,
    },
    DRAWN[name](),
  );
}

function tabs() {
  const names = Object.keys(TABS);
  return h(
    "nav",
    { key: "tabs", "aria-label": "Sides" },
    h("div", { class: "tabs", role: "tablist", "aria-label": "Sides" }, names.map((name, at) =>
      h(
        "button",
        {
          type: "button",
          class: "tab",
          role: "tab",
          id: `tab-${name}`,
          "aria-selected": String(ui.tab === name),
          "aria-controls": `side-${name}`,
          tabindex: ui.tab === name ? "0" : "-1",
          onclick: () => show(name),
          onkeydown: (event) => {
            const step = { ArrowRight: 1, ArrowLeft: 2 }[event.key];
            if (step) show(names[(at + step) % names.length], true);
          },
        },
        TABS[name],
        ui.missed.has(name) && [h("span", { class: "dot", "aria-hidden": "true" }), h("span", { class: "sr" }, ", something new")],
      ),
    )),
  );
}

function show(name, takesFocus = false) {
  ui.tab = name;
  redraw();
  if (takesFocus) queueMicrotask(() => document.getElementById(`tab-${name}`)?.focus());
}

// A file that is dropped beside where it belongs would take the page's place.
function keepOut(event) {
  if (event.defaultPrevented || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

setDraw(draw);
narrow.addEventListener("change", redraw);
window.addEventListener("dragover", keepOut);
window.addEventListener("drop", keepOut);
listen(refresh, (isConnected) => {
  ui.isConnected = isConnected;
  redraw();
});
// The minute's budget comes back without anything happening.
setInterval(() => {
  const { left, limit } = data.now?.plane ?? {};
  if ((left < limit || !ui.isConnected) && !document.hidden) refresh();
}, 5000);
refresh();
