// Slack's mrkdwn, as descriptions of elements. Source:
// docs.slack.dev/messaging/formatting-message-text.

import { h } from "./dom.js";

// Without a bound, a text of many lone marks takes minutes to look through.
const MARKED = "\\S|\\S[^\\n]{0,1000}?\\S";
const TOKEN = new RegExp(
  "```(?<block>[\\s\\S]*?)```" +
    "|`(?<code>[^`\\n]+)`" +
    "|<(?<sign>[@#!])(?<id>[^>|]+)(?:\\|(?<name>[^>]*))?>" +
    "|<(?<url>[^>|]+)(?:\\|(?<label>[^>]*))?>" +
    "|:(?<emoji>[a-z0-9_+'-]+):" +
    `|(?<![\\p{L}\\p{N}_])(?<mark>[*_~])(?<marked>${MARKED})\\k<mark>(?![\\p{L}\\p{N}_])`,
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
  return text.text.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => lookUp(around.emoji, name) ?? whole);
}

/** Return what stands under a name that somebody wrote, though it be "constructor". */
export function lookUp(names, name) {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/** Return what stands for itself in a text of the wire. */
export function decode(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
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
  if (emoji !== undefined) return lookUp(around.emoji, emoji) ?? found[0];
  return h(TAGS[mark], null, inline(marked, around));
}

function mention(sign, id, name, around) {
  const known = lookUp(around.names, id) ?? (name ? decode(name) : id);
  return h("span", { class: "mention" }, `${sign}${known}`);
}

function special(id, name) {
  const date = /^date\^(\d+)\^/.exec(id);
  if (!date) return h("span", { class: "mention" }, `@${decode(name || id)}`);
  const at = new Date(Number(date[1]) * 1000);
  if (Number.isNaN(at.getTime())) return decode(name ?? "");
  const shown = at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return h("time", { datetime: at.toISOString() }, shown);
}
