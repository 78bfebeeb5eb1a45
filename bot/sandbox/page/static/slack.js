// The Slack side: who one is, conversations, messages, the app's Home.

import { data, doAs, HOME, redraw, refresh, say, ui } from "./app.js";
import { blocks } from "./blocks.js";
import { composer, readDrop } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { thread } from "./message.js";
import { isUnread } from "./unread.js";
import { count } from "./words.js";

const ICONS = { public: "hash", private: "lock", shared: "shared", group: "people", direct: "comment" };

/** Describe the Slack side. */
export function slackSide() {
  const { slack } = data.now;
  const here = slack.conversations.find((each) => each.id === ui.place);
  return [
    h(
      "header",
      { class: "side-head" },
      h("div", { class: "brand brand-slack", "aria-hidden": "true" }, "A"),
      h("div", { class: "side-title" }, h("h2", null, "Slack"), h("p", { class: "quiet" }, "workspace Acme")),
      h(
        "label",
        { class: "you" },
        h("span", null, "You are"),
        h(
          "select",
          { value: ui.me, onchange: (event) => become(event.target.value) },
          slack.people.map((each) => h("option", { value: each.id }, `${each.name}, ${each.role}`)),
        ),
      ),
    ),
    h("div", { class: "slack-body" }, sidebar(slack), here ? conversation(here) : home()),
  ];
}

async function become(person) {
  ui.me = person;
  data.now.slack.modal = null;
  ui.thread = null;
  ui.editing = null;
  say(`You are ${data.now.slack.names[person]} now.`);
  await refresh();
  if (ui.place === HOME) doAs("home", {});
}

function sidebar(slack) {
  const channels = slack.conversations.filter((each) => each.kind !== "direct");
  const isMember = !slack.people.find((each) => each.id === ui.me).isStranger;
  return h(
    "nav",
    { class: "sidebar", "aria-label": "Conversations", made: showPlace },
    h("h3", null, "Channels"),
    h("ul", null, channels.map(entry)),
    isMember && [h("h3", null, "Loadmaster"), h("ul", null, ofLoadmaster(slack))],
  );
}

// Only members have the app itself (docs.slack.dev/apis/slack-connect).
function ofLoadmaster(slack) {
  const direct = slack.conversations.find((each) => each.kind === "direct");
  return [
    h("li", { key: HOME }, place(HOME, "home", "Home", openHome)),
    h("li", { key: "direct" }, place(direct?.id ?? "direct", "comment", "Messages", openDirect)),
  ];
}

function entry(channel) {
  const notes = { private: ", private", shared: ", shared with Globex" }[channel.kind] ?? "";
  return h(
    "li",
    { key: channel.id },
    place(channel.id, ICONS[channel.kind], channel.name, () => goTo(channel.id), `${notes}${channel.hasBot ? "" : ", without Loadmaster"}`),
  );
}

function place(id, drawing, name, onclick, more = "") {
  return h(
    "button",
    { type: "button", class: "place", "aria-current": ui.place === id ? "page" : null, onclick },
    icon(drawing),
    h("span", { class: "place-name" }, name),
    more && h("span", { class: "sr" }, more),
    isUnread(id) && [h("span", { class: "dot", "aria-hidden": "true" }), h("span", { class: "sr" }, ", something new")],
  );
}

function goTo(id) {
  ui.place = id;
  ui.thread = null;
  ui.editing = null;
  redraw();
  queueMicrotask(showPlace);
}

// On a phone the conversations stand in one line, of which a part is seen.
function showPlace() {
  document.querySelector(".place[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

function openHome() {
  goTo(HOME);
  doAs("home", {});
}

async function openDirect() {
  const made = await doAs("direct", {});
  if (!made) return;
  await refresh();
  goTo(made.channel);
}

function home() {
  const view = data.now.slack.home;
  const where = view && { id: view.id, address: { view: view.id }, values: view.values, errors: {} };
  return h(
    "section",
    { class: "talk", key: HOME, "aria-label": "Loadmaster’s Home" },
    h("header", { class: "talk-head" }, h("h3", null, "Loadmaster"), h("p", { class: "quiet" }, "Home")),
    h(
      "div",
      { class: "home", tabindex: "0" },
      view ? blocks(view.blocks, where) : h("p", { class: "empty" }, "Loadmaster shows its Home in a moment …"),
    ),
  );
}

function conversation(channel) {
  const all = data.now.slack.messages[channel.id] ?? [];
  const roots = all.filter((each) => !each.thread || !all.some((other) => other.ts === each.thread));
  return h(
    "section",
    {
      class: `talk${ui.isDragging ? " dragging" : ""}`,
      key: channel.id,
      "aria-label": title(channel),
      ondragover: (event) => drag(event, true),
      ondragleave: (event) => event.currentTarget.contains(event.relatedTarget) || drag(event, false),
      ondrop: (event) => {
        drag(event, false);
        readDrop(event.dataTransfer.files);
      },
    },
    h(
      "header",
      { class: "talk-head" },
      h("h3", null, icon(ICONS[channel.kind]), channel.kind === "direct" ? "Loadmaster" : channel.name),
      h("p", { class: "quiet" }, about(channel)),
    ),
    h(
      "div",
      { class: "log", role: "log", "aria-label": `Messages: ${title(channel)}`, tabindex: "0", made: follow },
      roots.map((each) => thread(each, all)),
      hint(all, channel),
    ),
    composer(channel),
    h("div", { class: "drop-here", "aria-hidden": "true" }, icon("clip"), h("strong", null, "Drop to attach"), "then name a work item, such as WEB-1"),
  );
}

// Text that is dragged about is none of the conversation's.
function drag(event, isDragging) {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  if (ui.isDragging === isDragging) return;
  ui.isDragging = isDragging;
  redraw();
}

// Stays at the end as long as a person has not scrolled away from it. That the log is of
// another size moves its end away as well: then the observer comes after the event.
function follow(log) {
  let isAtEnd = true;
  let extent = "";
  const measure = () => `${log.clientWidth} ${log.clientHeight}`;
  log.addEventListener("scroll", () => {
    if (measure() === extent) isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  });
  const toEnd = () => {
    extent = measure();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  };
  log.goToEnd = () => {
    isAtEnd = true;
    toEnd();
  };
  new MutationObserver(toEnd).observe(log, { childList: true, subtree: true, characterData: true });
  new ResizeObserver(toEnd).observe(log);
  toEnd();
}

function title(channel) {
  return channel.kind === "direct" ? "direct messages with Loadmaster" : channel.name;
}

function about(channel) {
  const who = count(channel.members.length, "person", "people");
  const bot = channel.hasBot ? " and Loadmaster" : "; Loadmaster is not invited";
  const shared = channel.kind === "shared" ? ", shared with Globex" : "";
  return channel.kind === "direct" ? "Only you and Loadmaster" : `${who}${bot}${shared}`;
}

// Before a person has come, the sandbox has shared a file of its own in this one.
const BEGUN = "CGENERAL";

function hint(all, channel) {
  const shares = all.filter((each) => !each.byBot && each.files.length);
  if (ui.hasShared || !channel.hasBot || shares.length > Number(channel.id === BEGUN)) {
    return all.length === 0 && h("p", { class: "empty" }, "Nothing has been said here yet.");
  }
  return h(
    "div",
    { class: "first", key: "hint" },
    h("div", { class: "first-icon" }, icon("clip")),
    h("h4", null, "Drop a file here, with WEB-1 in the text"),
    h("p", null, "Loadmaster puts it onto that work item in Plane and answers here. Nothing leaves this machine."),
    h("button", { type: "button", class: "button primary", onclick: () => sample() }, "Try it with a sample file"),
  );
}

function sample() {
  const text = "A file from the sandbox’s page, on its way to a work item in Plane.\n";
  ui.draft = "The first draft, for WEB-1";
  readDrop([new File([text], "first-draft.txt", { type: "text/plain" })]);
}
