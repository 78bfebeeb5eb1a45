// Slack's mrkdwn, as descriptions of elements. Source:
// docs.slack.dev/messaging/formatting-message-text.

import { h } from "./dom.js";

const TOKEN = new RegExp(
  "```(?<block>[\\s\\S]*?)```" +
    "|`(?<code>[^`\\n]+)`" +
    "|<(?<sign>[@#!])(?<id>[^>|]+)(?:\\|(?<name>[^>]*))?>" +
    "|<(?<url>[^>|]+)(?:\\|(?<label>[^>]*))?>" +
    "|:(?<emoji>[a-z0-9_+'-]+):" +
    "|(?<![\\p{L}\\p{N}_])(?<mark>[*_~])(?<marked>\\S|\\S[^\\n]*?\\S)\\k<mark>(?![\\p{L}\\p{N}_])",
  "gu",
);
const TAGS = { "*": "strong", _: "em", "~": "s" };

/** Describe a text; `around` has names, emoji, and what follows a link. */
export function mrkdwn(text, around) {
  return text.split(/^((?:&gt;.*(?:\n|$))+)/m).map((part, at) =>
    at % 2
      ? h("blockquote", null, inline(part.replace(/^&gt; ?/gm, "").trimEnd(), around))
      : inline(part, around),
  );
}

/** Describe a plain text; its emoji names are drawn unless that is switched off. */
export function plain(text, around) {
  if (text.type === "mrkdwn") return mrkdwn(text.text, around);
  if (text.emoji === false) return text.text;
  return text.text.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => around.emoji[name] ?? whole);
}

function inline(text, around) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    parts.push(decode(text.slice(end, found.index)), token(found, around));
    end = found.index + found[0].length;
  }
  parts.push(decode(text.slice(end)));
  return parts;
}

function token(found, around) {
  const { block, code, sign, id, name, url, label, emoji, mark, marked } = found.groups;
  if (block !== undefined) return h("pre", null, decode(block.replace(/^\n/, "")));
  if (code !== undefined) return h("code", null, decode(code));
  if (sign === "!") return special(id, name);
  if (sign) return mention(sign, id, name, around);
  if (url !== undefined) return around.link(decode(url), decode(label || url));
  if (emoji !== undefined) return around.emoji[emoji] ?? found[0];
  return h(TAGS[mark], null, inline(marked, around));
}

function mention(sign, id, name, around) {
  const known = around.names[id] ?? (name ? decode(name) : id);
  return h("span", { class: "mention" }, `${sign}${known}`);
}

function special(id, name) {
  const date = /^date\^(\d+)\^/.exec(id);
  if (!date) return h("span", { class: "mention" }, `@${decode(name || id)}`);
  const at = new Date(Number(date[1]) * 1000);
  const shown = at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return h("time", { datetime: at.toISOString() }, shown);
}

function decode(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
