// Emoji below a message: those that are there, and a choice of others.

import { data, doAs, redraw, ui } from "./app.js";
import { dialog } from "./dialog.js";
import { h } from "./dom.js";
import { lookUp } from "./mrkdwn.js";
import { count } from "./words.js";

/** Those at hand beside each message. */
export const QUICK = [
  ["paperclip", "📎"],
  ["+1", "👍"],
];
const MORE = [
  ...QUICK,
  ["eyes", "👀"],
  ["white_check_mark", "✅"],
  ["tada", "🎉"],
  ["heart", "❤️"],
  ["rocket", "🚀"],
  ["pray", "🙏"],
  ["fire", "🔥"],
  ["joy", "😂"],
  ["thinking_face", "🤔"],
  ["wave", "👋"],
  ["bulb", "💡"],
  ["floppy_disk", "💾"],
  ["package", "📦"],
  ["x", "❌"],
];

/** React to a message, or take the reaction back. */
export function react(message, emoji) {
  return doAs("react", { channel: message.channel, ts: message.ts, emoji });
}

/** Let a person choose an emoji for a message. */
export function pick(message) {
  ui.picking = { channel: message.channel, ts: message.ts };
  redraw();
}

/** Describe the reactions of a message. */
export function reactions(message) {
  return message.reactions.length > 0 && h("div", { class: "reactions" }, message.reactions.map((each) => reaction(message, each)));
}

function reaction(message, each) {
  const { slack } = data.now;
  const who = each.people.map((id) => slack.names[id] ?? id).join(", ");
  return h(
    "button",
    {
      type: "button",
      class: "reaction",
      key: each.name,
      title: `${who}: :${each.name}:`,
      "aria-pressed": String(each.mine),
      "aria-label": `${each.name}, ${count(each.people.length, "reaction")}`,
      onclick: () => react(message, each.name),
    },
    lookUp(slack.emoji, each.name) ?? `:${each.name}:`,
    ` ${each.people.length}`,
  );
}

/** Describe the choice of an emoji, with what there is to tell meanwhile. */
export function picker(notices) {
  const message = ui.picking;
  return dialog(
    { key: "picker", kind: "small", "aria-labelledby": "picker-title", close },
    h("header", null, h("h2", { id: "picker-title" }, "React")),
    h(
      "div",
      { class: "emojis" },
      MORE.map(([name, drawn]) =>
        h("button", { type: "button", class: "emoji", "aria-label": name, title: `:${name}:`, onclick: () => choose(message, name) }, drawn),
      ),
    ),
    h(
      "form",
      {
        class: "emoji-name",
        onsubmit: (event) => {
          event.preventDefault();
          choose(message, document.getElementById("emoji-name").value);
        },
      },
      h("label", { for: "emoji-name" }, "Another one, by its name"),
      h(
        "div",
        { class: "line" },
        h("input", { id: "emoji-name", class: "input", autocomplete: "off", spellcheck: "false", placeholder: "such as sparkles" }),
        h("button", { type: "submit", class: "button primary" }, "React"),
      ),
    ),
    h("footer", null, h("button", { type: "button", class: "button", onclick: close }, "Close")),
    notices,
  );
}

async function choose(message, emoji) {
  if (!emoji.trim()) return;
  if (await react(message, emoji)) close();
}

function close() {
  ui.picking = null;
  redraw();
}
