// Puts the page together and keeps it up to date.

import { data, redraw, refresh, setDraw, ui } from "./app.js";
import { listen } from "./api.js";
import { h, render } from "./dom.js";
import { middle } from "./middle.js";
import { modal } from "./modal.js";
import { planeSide } from "./plane.js";
import { slackSide } from "./slack.js";

const TABS = { slack: "Slack", bot: "Loadmaster", plane: "Plane" };
const DRAWN = { slack: slackSide, bot: middle, plane: planeSide };
/** Below this width one side is seen at a time, as in style.css. */
const narrow = window.matchMedia("(max-width: 1099px)");

function draw() {
  if (!data.now) return;
  ui.missed.delete(ui.tab);
  render(document.getElementById("app"), [
    !ui.isConnected && h("p", { class: "notice offline", role: "alert", key: "offline" }, "The sandbox has ended, or does not answer. Start it again in the terminal."),
    h(
      "main",
      { class: "sides", key: "sides" },
      h("h1", { class: "sr" }, "Loadmaster sandbox"),
      Object.keys(TABS).map(side),
    ),
    narrow.matches && tabs(),
    modal(),
    ui.notice && h("p", { class: "notice", role: "alert", key: "notice" }, ui.notice),
    h("p", { class: "sr", role: "status", key: "said" }, ui.said),
  ]);
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

setDraw(draw);
narrow.addEventListener("change", redraw);
listen(refresh, (isConnected) => {
  ui.isConnected = isConnected;
  redraw();
});
// The minute's budget comes back without anything happening.
setInterval(() => {
  const { left, limit } = data.now?.plane ?? {};
  if (left < limit && !document.hidden) refresh();
}, 5000);
refresh();
