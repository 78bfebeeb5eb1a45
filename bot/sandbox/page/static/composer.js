// Where one writes: text, files, the slash command with its hint, mentions.

import { allItems, data, doAs, redraw, ui, uploadAll } from "./app.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { size } from "./words.js";

const COMMAND = "/attach";
const HINT = "WEB-12 [link to a message or file]";
const KEY = /\b[A-Z][A-Z0-9]*-[1-9]\d*\b|\/browse\//i;

/** Describe the composer of a conversation. */
export function composer(channel) {
  const name = channel.kind === "direct" ? "Loadmaster" : channel.name;
  const label = ui.thread ? "Reply in the thread" : `Message ${name}`;
  return h(
    "form",
    {
      class: "composer",
      key: "composer",
      onsubmit: (event) => {
        event.preventDefault();
        send(channel);
      },
    },
    ui.thread && inThread(),
    ui.files.length > 0 && h("div", { class: "chips" }, ui.files.map(chip)),
    h("label", { class: "sr", for: "draft" }, label),
    h("textarea", {
      id: "draft",
      rows: "2",
      placeholder: ui.files.length ? "Say where it belongs, such as: see WEB-1" : label,
      value: ui.draft,
      "aria-describedby": "draft-help",
      oninput: (event) => write(event.target),
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          send(channel);
        }
      },
      onpaste: (event) => readDrop(event.clipboardData.files),
    }),
    h("div", { id: "draft-help", class: "helps" }, help()),
    buttons(),
  );
}

/** Take files that were dropped, pasted or chosen, and look at the text. */
export function readDrop(files) {
  if (!files.length) return;
  ui.files = [...ui.files, ...files];
  redraw();
  queueMicrotask(() => document.getElementById("draft")?.focus());
}

function inThread() {
  return h(
    "div",
    { class: "in-thread" },
    icon("reply"),
    "In the thread",
    h("button", { type: "button", class: "plain", "aria-label": "Write to the conversation instead", onclick: () => set({ thread: null }) }, icon("cross")),
  );
}

function chip(file) {
  const drop = () => set({ files: ui.files.filter((each) => each !== file) });
  return h(
    "div",
    { class: "chip" },
    icon("file"),
    h("span", { class: "chip-name" }, file.name),
    h("span", { class: "quiet" }, size(file.size)),
    h("button", { type: "button", class: "plain", "aria-label": `Remove ${file.name}`, onclick: drop }, icon("cross")),
  );
}

function help() {
  if (ui.draft.startsWith("/") && ui.thread) return "Slack takes no command in a thread.";
  if (ui.draft.startsWith("/")) return [h("strong", null, COMMAND), ` ${HINT}`, h("span", { class: "quiet" }, " Attach files to a Plane work item")];
  if (!ui.files.length || KEY.test(ui.draft)) return null;
  const keys = allItems(data.now.plane).slice(0, 4).map((each) => each.key);
  return [
    h("span", { class: "quiet" }, "Name a work item: "),
    keys.map((key) => h("button", { type: "button", class: "key", key, onclick: () => insert(key) }, key)),
  ];
}

function buttons() {
  return h(
    "div",
    { class: "composer-buttons" },
    h(
      "label",
      { class: "tool", title: "Attach files" },
      icon("clip"),
      h("span", { class: "sr" }, "Attach files"),
      h("input", {
        type: "file",
        class: "unseen",
        id: "pick-files",
        multiple: true,
        onchange: (event) => {
          readDrop([...event.target.files]);
          event.target.value = "";
        },
      }),
    ),
    tool("at", "Mention Loadmaster", () => insert("@loadmaster")),
    tool("slash", `Type ${COMMAND}`, () => set({ draft: `${COMMAND} ` }, true)),
    tool("bolt", "Shortcut: attach files", () => doAs("shortcut", {})),
    h("span", { class: "stretch" }),
    ui.sending > 0 && h("span", { class: "quiet" }, "Sending …"),
    h("button", { type: "submit", class: "button primary small" }, icon("send"), "Send"),
  );
}

function tool(drawing, label, onclick) {
  return h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick }, icon(drawing));
}

function write(area) {
  ui.draft = area.value;
  area.given = area.value;
  redraw();
}

function insert(word) {
  const gap = ui.draft && !/\s$/.test(ui.draft) ? " " : "";
  set({ draft: `${ui.draft}${gap}${word} ` }, true);
}

function set(changes, takesFocus = false) {
  Object.assign(ui, changes);
  redraw();
  if (takesFocus) queueMicrotask(() => document.getElementById("draft")?.focus());
}

async function send(channel) {
  // Whoever one becomes meanwhile, this is who writes.
  const { me, draft, files, thread } = ui;
  if (!draft.trim() && !files.length) return;
  set({ sending: ui.sending + 1, draft: "", files: [] });
  if (!thread) document.querySelector(".log").goToEnd();
  const ids = await uploadAll(files, me);
  const isWhole = ids.length === files.length;
  const done = isWhole && (await doAs("share", { as: me, channel: channel.id, text: draft, files: ids, thread }));
  ui.sending -= 1;
  ui.hasShared ||= Boolean(done && files.length);
  // What was not taken may be mended, unless something else is being written by now.
  if (!done && ui.me === me && !ui.draft && !ui.files.length) set({ draft, files, thread: ui.place === channel.id ? thread : null });
  redraw();
}
