// Between the two: the bot, what goes wrong, and each call.

import { data, doAs, redraw, ui } from "./app.js";
import { h, same } from "./dom.js";
import { icon } from "./icons.js";
import { count, exactTime } from "./words.js";

const STATES = { running: "is running", starting: "is starting …", ended: "has ended" };
const MOST_SHOWN = 80;

/** Describe what is between Slack and Plane. */
export function middle() {
  return [
    h(
      "header",
      { class: "side-head" },
      h("img", { class: "brand", src: "/static/icon.svg", alt: "" }),
      h(
        "div",
        { class: "side-title" },
        h("h2", null, "Loadmaster"),
        h("p", { class: `state state-${data.now.bot}`, role: "status" }, STATES[data.now.bot]),
      ),
      power(),
    ),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Weather and wire" }, weather(), wire()),
  ];
}

function power() {
  const isOn = data.now.bot === "running";
  return h(
    "button",
    {
      type: "button",
      class: "button small",
      disabled: data.now.bot === "starting",
      title: isOn ? "End it as a power cut would. What you do meanwhile, Slack delivers later." : "Start it again",
      onclick: () => doAs("bot", { on: !isOn }),
    },
    icon("power"),
    isOn ? "Kill" : "Start",
  );
}

function weather() {
  const on = data.now.weather.filter((each) => each.on).length;
  return h(
    "section",
    { class: "weather", "aria-labelledby": "weather-title" },
    h("h3", { id: "weather-title" }, "Weather", on > 0 && h("span", { class: "badge storm" }, `${on} on`)),
    h("p", { class: "quiet" }, "Let something go wrong, share a file, and see what the bot promises."),
    h("ul", null, data.now.weather.map(trouble)),
  );
}

function trouble(each) {
  return h(
    "li",
    { key: each.id },
    h(
      "button",
      {
        type: "button",
        class: "switch",
        role: "switch",
        "aria-checked": String(each.on),
        "aria-describedby": `promise-${each.id}`,
        onclick: () => doAs("weather", { id: each.id, on: !each.on }),
      },
      h("span", { class: "knob", "aria-hidden": "true" }),
      h("span", null, each.label),
    ),
    h("p", { class: "promise", id: `promise-${each.id}`, hidden: !each.on }, each.promise),
  );
}

function wire() {
  const calls = [...data.wire].sort((one, other) => other.at - one.at).slice(0, MOST_SHOWN);
  return h(
    "section",
    { class: "wire", "aria-labelledby": "wire-title" },
    h("h3", { id: "wire-title" }, "Wire", h("span", { class: "quiet" }, ` ${count(data.wire.at(-1)?.number ?? 0, "call")}`)),
    h("p", { class: "quiet" }, "Each HTTP call, the latest first. Secrets are masked."),
    calls.length === 0 && h("p", { class: "empty" }, "No call yet."),
    h("ol", { class: "calls" }, calls.map((each) => same(each, ui.call === each.number, () => call(each)))),
    data.wire.length > calls.length && h("p", { class: "empty" }, "Older calls are not shown."),
  );
}

function call(each) {
  const isOpen = ui.call === each.number;
  return h(
    "li",
    { key: each.number, class: `call call-${each.to.toLowerCase()}` },
    h(
      "button",
      { type: "button", class: "call-head", "aria-expanded": String(isOpen), onclick: () => toggle(each.number) },
      h("span", { class: "call-way" }, `${short(each.from)} → ${short(each.to)}`),
      h("span", { class: "call-about" }, each.about),
      status(each),
    ),
    isOpen &&
      h(
        "div",
        { class: "call-more" },
        h("code", null, `${each.method} ${each.path}`),
        each.auth && h("code", null, each.auth),
        h("span", { class: "quiet" }, exactTime(each.at)),
      ),
  );
}

function status(each) {
  if (each.ms === null) return [h("span", { class: "status waiting" }, "…", h("span", { class: "sr" }, "under way")), h("span", { class: "ms" })];
  const isBad = each.status === null || each.status >= 400;
  return [
    h("span", { class: `status${isBad ? " bad" : ""}` }, each.status === null ? "cut" : String(each.status)),
    h("span", { class: "quiet ms" }, `${each.ms} ms`),
  ];
}

function short(name) {
  return name === "Loadmaster" ? "Bot" : name;
}

function toggle(number) {
  ui.call = ui.call === number ? null : number;
  redraw();
}
