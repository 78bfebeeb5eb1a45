// Second thoughts: a message of one's own is edited where it stands, or deleted.

import { data, doAs, redraw, settled, ui } from "./app.js";
import { askFirst } from "./asking.js";
import { h } from "./dom.js";
import { decode, lookUp } from "./mrkdwn.js";

/** Begin to edit a message. */
export function edit(message) {
  ui.editing = { channel: message.channel, ts: message.ts, text: typed(message.text) };
  redraw();
}

/** Delete a message, after a question. */
export function remove(message) {
  const question = {
    title: "Delete this message?",
    text: "Loadmaster hears of it: what is not attached yet is left out, what is attached stays.",
    yes: "Delete",
    no: "Keep it",
    isDanger: true,
  };
  askFirst(question, async () => {
    await doAs("delete", { channel: message.channel, ts: message.ts });
    await settled();
    // What had the focus may be gone with it.
    if (document.activeElement === document.body) document.querySelector(".log")?.focus();
  });
}

/** Tell whether a message is being edited. */
export function isEdited(message) {
  const { editing } = ui;
  return editing !== null && editing.channel === message.channel && editing.ts === message.ts;
}

/** Describe what a message is edited in. */
export function editor() {
  const { editing } = ui;
  return h(
    "form",
    {
      class: "editor",
      onsubmit: (event) => {
        event.preventDefault();
        save();
      },
    },
    h("label", { class: "sr", for: "edited" }, "Edit the message"),
    h("textarea", {
      id: "edited",
      class: "input",
      rows: "2",
      value: editing.text,
      made: (area) => area.focus(),
      oninput: (event) => {
        editing.text = event.target.value;
        event.target.given = editing.text;
      },
      onkeydown: (event) => {
        if (event.key === "Escape") stop();
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        save();
      },
    }),
    h(
      "div",
      { class: "line" },
      h("button", { type: "submit", class: "button primary small" }, "Save"),
      h("button", { type: "button", class: "button small", onclick: stop }, "Cancel"),
    ),
  );
}

async function save() {
  const { editing } = ui;
  if ((await doAs("edit", editing)) && ui.editing === editing) stop();
}

function stop() {
  const { channel, ts } = ui.editing;
  ui.editing = null;
  redraw();
  queueMicrotask(() => document.getElementById(`m-${channel}-${ts}`)?.focus());
}

// What a person typed for this text of the wire (bot/sandbox/mrkdwn.py, from_plain).
function typed(text) {
  const names = data.now.slack.names;
  return decode(
    text
      .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) => (lookUp(names, id) ? `@${lookUp(names, id)}` : whole))
      .replace(/<(https?:[^>|]+)(?:\|[^>]*)?>/g, "$1"),
  );
}
