// One message with its thread, and what can be done about it.

import { data, doAs, complain, redraw, tell, ui } from "./app.js";
import { around, blocks } from "./blocks.js";
import { h, same } from "./dom.js";
import { edit, editor, isEdited, remove } from "./editing.js";
import { icon } from "./icons.js";
import { lookUp, mrkdwn } from "./mrkdwn.js";
import { pick, QUICK, react, reactions } from "./reacting.js";
import { size, time } from "./words.js";

/** Describe a message and the replies to it, which are among `all`. */
export function thread(message, all) {
  const replies = all.filter((each) => each.thread === message.ts && each !== message);
  return h(
    "div",
    { class: "thread", key: message.ts },
    shown(message),
    replies.length > 0 && h("div", { class: "replies" }, replies.map(shown)),
  );
}

// What is being filled in changes without the message.
function shown(message) {
  const changes = isEdited(message) || Object.keys(message.values).length > 0;
  return changes ? article(message) : same(message, ui.me, () => article(message));
}

function article(message) {
  const name = lookUp(data.now.slack.names, message.user) ?? message.user;
  return h(
    "article",
    {
      class: `message${message.onlyYou ? " only-you" : ""}`,
      key: message.ts,
      id: `m-${message.channel}-${message.ts}`,
      tabindex: "-1",
      "aria-label": `${name}, ${time(message.ts)}`,
    },
    h("div", { class: `face face-${message.byBot ? "bot" : name}`, "aria-hidden": "true" }, message.byBot ? icon("clip") : name[0].toUpperCase()),
    h(
      "div",
      { class: "message-body" },
      byline(message, name),
      isEdited(message) ? editor() : text(message),
      message.files.map(file),
      reactions(message),
      !message.onlyYou && !message.gone && toolbar(message),
    ),
  );
}

function byline(message, name) {
  return h(
    "p",
    { class: "byline" },
    h("strong", null, name),
    message.byBot && h("span", { class: "badge" }, "app"),
    h("time", { class: "quiet" }, time(message.ts)),
    message.edited && !message.byBot && !message.gone && h("span", { class: "quiet" }, "· edited"),
    message.onlyYou && h("span", { class: "quiet" }, "· only you see this"),
  );
}

function text(message) {
  const where = {
    id: `${message.channel}-${message.ts}`,
    address: { channel: message.channel, ts: message.ts },
    values: message.values,
  };
  if (message.blocks.length) return blocks(message.blocks, where);
  return message.text && h("div", { class: `text${message.gone ? " quiet" : ""}` }, mrkdwn(message.text, around()));
}

function file(each) {
  return h(
    "div",
    { class: "file", key: each.id },
    h("span", { class: "file-icon" }, icon("file")),
    h(
      "span",
      { class: "file-words" },
      h("strong", null, each.name),
      h("span", { class: "quiet" }, each.gone ? "deleted" : `${size(each.size)}, ${each.type}`),
    ),
  );
}

// One stop of the Tab key; the arrows move in it (www.w3.org/WAI/ARIA/apg, toolbar).
function toolbar(message) {
  const isOwn = message.user === ui.me;
  const tools = [
    ...QUICK.map(([name, drawn]) => tool(drawn, `React with ${name}`, () => react(message, name))),
    tool(icon("smile"), "React with another emoji", () => pick(message)),
    tool(icon("reply"), "Reply in the thread", () => reply(message)),
    tool(icon("bolt"), "Attach to work item …", () => doAs("shortcut", { channel: message.channel, ts: message.ts })),
    tool(icon("link"), "Copy the link", () => copy(message)),
    isOwn && tool(icon("pencil"), "Edit the message", () => edit(message)),
    isOwn && tool(icon("bin"), "Delete the message", () => remove(message)),
  ].filter(Boolean);
  tools[0].props.tabindex = "0";
  return h("div", { class: "toolbar", role: "toolbar", "aria-label": "About this message", onkeydown: step }, tools);
}

function tool(drawn, label, onclick) {
  return h("button", { type: "button", class: "tool", tabindex: "-1", "aria-label": label, title: label, onclick }, drawn);
}

function step(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const tools = [...event.currentTarget.children];
  const at = tools.indexOf(document.activeElement) + by;
  tools.at(at % tools.length).focus();
  event.preventDefault();
}

function reply(message) {
  ui.thread = message.thread ?? message.ts;
  redraw();
  queueMicrotask(() => document.getElementById("draft")?.focus());
}

async function copy(message) {
  try {
    await navigator.clipboard.writeText(message.link);
    tell("The link is copied. Type /attach WEB-2 and paste it behind.");
  } catch {
    complain(`The browser does not let the page copy. The link is ${message.link}`);
  }
}
