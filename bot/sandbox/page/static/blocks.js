// Block Kit as the bot sends it. Source: docs.slack.dev/reference/block-kit.

import { complain, data, doAs, focusOn, openItem, ui } from "./app.js";
import { askFirst } from "./asking.js";
import { field } from "./fields.js";
import { h } from "./dom.js";
import { plain } from "./mrkdwn.js";

const DRAWN = { section, context, actions, header, divider, markdown, input, image };

/** Describe the blocks of a message or view; `where` says whose they are. */
export function blocks(list, where) {
  return list.map((block) => {
    const draw = DRAWN[block.type];
    const body = draw ? draw(block, where) : `(${block.type})`;
    return h("div", { key: block.block_id, class: `block block-${block.type}` }, body);
  });
}

/** Return what texts are drawn with: names, emoji, and where links lead. */
export function around() {
  const { slack } = data.now;
  return { names: slack.names, emoji: slack.emoji, link };
}

/** Describe a link: into Plane or Slack here on the page, else to the web. */
export function link(url, label) {
  const item = itemOf(url);
  if (item) return jump(label, `Show ${item} in Plane`, () => openItem(item));
  const message = /^https:\/\/acme\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})/.exec(url);
  if (message) return jump(label, "Show the message", () => openMessage(message));
  if (!/^https?:\/\//.test(url)) return label;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

function jump(label, title, onclick) {
  return h("button", { type: "button", class: "link", title, onclick }, label);
}

function itemOf(url) {
  const { plane } = data.now;
  const found = url.startsWith(`${plane.origin}/`) && /\/browse\/([A-Z0-9]+-\d+)\/?$/.exec(url);
  return found ? found[1] : null;
}

function openMessage([, channel, seconds, micros]) {
  const there = data.now.slack.conversations.some((each) => each.id === channel);
  if (!there) return complain("You are not in that conversation.");
  Object.assign(ui, { place: channel, tab: "slack", thread: null, editing: null });
  focusOn(`[id="m-${channel}-${seconds}.${micros}"]`, "center");
}

function section(block, where) {
  return [
    h(
      "div",
      { class: "section-text" },
      block.text && h("div", { class: "text" }, plain(block.text, around())),
      (block.fields ?? []).map((each) => h("div", { class: "text" }, plain(each, around()))),
    ),
    block.accessory && element(block, block.accessory, where),
  ];
}

function context(block) {
  return block.elements.map((each) =>
    each.type === "image" ? each.alt_text : h("span", { class: "text" }, plain(each, around())),
  );
}

function actions(block, where) {
  return block.elements.map((each) => element(block, each, where));
}

function header(block) {
  return h("h4", null, plain(block.text, around()));
}

function divider() {
  return h("hr");
}

function markdown(block) {
  return h("div", { class: "text" }, block.text);
}

function image(block) {
  return h("span", { class: "quiet" }, `Image: ${block.alt_text}`);
}

function input(block, where) {
  return field(block, block.element, where);
}

function element(block, item, where) {
  if (item.type === "button") return button(block, item, where);
  if (item.type === "overflow") return item.options.map((each) => option(block, item, each, where));
  if (item.type === "image") return item.alt_text;
  return field(block, item, where);
}

function button(block, item, where) {
  const style = item.style ? ` ${item.style}` : "";
  const onclick = () => afterConfirm(item, () => press(block, item, where, item.value));
  return h("button", { type: "button", class: `button small${style}`, onclick }, plain(item.text, around()));
}

function option(block, item, each, where) {
  const onclick = () => afterConfirm(item, () => press(block, item, where, each.value));
  return h("button", { type: "button", class: "button small", onclick }, plain(each.text, around()));
}

function afterConfirm(item, go) {
  const { confirm } = item;
  if (!confirm) return go();
  const question = {
    title: plain(confirm.title, around()),
    text: plain(confirm.text, around()),
    yes: confirm.confirm ? plain(confirm.confirm, around()) : "Yes",
    no: confirm.deny ? plain(confirm.deny, around()) : "No",
    isDanger: confirm.style === "danger",
  };
  return askFirst(question, go);
}

function press(block, item, where, value) {
  return doAs("press", { ...where.address, block: block.block_id, action: item.action_id, value });
}
