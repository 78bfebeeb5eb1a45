// The Plane side: projects, work items, what hangs on them, the calls that are left.

import { data, redraw, ui } from "./app.js";
import { link } from "./blocks.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { count, size, time } from "./words.js";

/** Describe the Plane side. */
export function planeSide() {
  const { plane } = data.now;
  return [
    h(
      "header",
      { class: "side-head" },
      h("div", { class: "brand brand-plane", "aria-hidden": "true" }, "P"),
      h("div", { class: "side-title" }, h("h2", null, "Plane"), h("p", { class: "quiet" }, `workspace ${plane.workspace}`)),
      plane.limit && budget(plane),
    ),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Work items" }, plane.projects.map(project)),
  ];
}

function budget(plane) {
  const text = `${plane.left} of ${plane.limit} calls left`;
  return h(
    "div",
    { class: "budget", title: "Plane allows a key so many calls a minute; Loadmaster keeps to that." },
    h("span", { id: "budget-text" }, text),
    h("meter", { min: "0", max: plane.limit, low: plane.limit / 4, value: plane.left, "aria-label": "Calls to Plane left this minute" }),
  );
}

function project(each) {
  return h(
    "section",
    { class: "project", key: each.identifier },
    h("h3", null, each.name, h("span", { class: "quiet" }, ` ${each.identifier}`)),
    h("ul", { class: "items" }, each.items.map(item)),
  );
}

function item(each) {
  const isOpen = ui.item === each.key;
  const detail = `detail-${each.key}`;
  return h(
    "li",
    { class: `item${isOpen ? " open" : ""}`, key: each.key, id: `item-${each.key}` },
    h(
      "h4",
      null,
      h(
        "button",
        { type: "button", class: "item-head", "aria-expanded": String(isOpen), "aria-controls": detail, onclick: () => toggle(each.key) },
        h("span", { class: "item-key" }, each.key),
        h("span", { class: "item-name" }, each.name),
        tally("clip", each.attachments.filter((row) => row.done).length, "attachment"),
        tally("comment", each.comments.length, "comment"),
      ),
    ),
    h("div", { id: detail, class: "detail", hidden: !isOpen }, isOpen && inside(each)),
  );
}

function toggle(key) {
  ui.item = ui.item === key ? null : key;
  redraw();
}

function tally(drawing, number, word) {
  return (
    number > 0 &&
    h("span", { class: "tally" }, icon(drawing), h("span", { "aria-hidden": "true" }, String(number)), h("span", { class: "sr" }, `, ${count(number, word)}`))
  );
}

function inside(each) {
  const isEmpty = !each.attachments.length && !each.links.length && !each.comments.length;
  return [
    isEmpty && h("p", { class: "empty" }, "Nothing is attached. Share a file in Slack with ", h("span", { class: "whole" }, each.key), " in the text."),
    each.attachments.map(attachment),
    each.links.map((row) => h("div", { class: "row", key: row.id }, icon("link"), row.url ? link(row.url, row.title) : row.title)),
    each.comments.map(comment),
  ];
}

function attachment(row) {
  const state = row.done ? "" : " pending";
  return h(
    "div",
    { class: `attachment${state}${ui.fresh.has(row.id + row.done) ? " fresh" : ""}`, key: row.id },
    h("span", { class: "file-icon" }, icon("file")),
    h(
      "div",
      { class: "file-words" },
      h("strong", null, row.name),
      row.done
        ? h("span", { class: "quiet" }, `${size(row.size)}, ${row.type}, ${time(row.at)}`)
        : h("span", { class: "quiet" }, "on its way …"),
      row.sha256 &&
        h(
          "details",
          { class: "digest" },
          h(
            "summary",
            null,
            `SHA-256 ${row.sha256.slice(0, 8)}… `,
            row.same && h("span", { class: "same" }, icon("check"), " the same bytes as in Slack"),
          ),
          h("code", null, row.sha256),
        ),
    ),
    row.done && h("a", { class: "tool", href: `/attachments/${row.id}`, download: row.name, "aria-label": `Download ${row.name}`, title: "Download" }, icon("down")),
  );
}

function comment(row) {
  return h(
    "div",
    { class: `comment${ui.fresh.has(row.id) ? " fresh" : ""}`, key: row.id },
    icon("comment"),
    h("div", null, h("p", { class: "quiet" }, `${row.by}, ${time(row.at)}`), row.nodes.map(node)),
  );
}

function node(each) {
  if (typeof each === "string") return each;
  const inner = each.nodes.map(node);
  if (each.tag !== "a") return h(each.tag, null, inner);
  return each.url ? link(each.url, each.nodes.map(words).join("")) : inner;
}

function words(each) {
  return typeof each === "string" ? each : each.nodes.map(words).join("");
}
