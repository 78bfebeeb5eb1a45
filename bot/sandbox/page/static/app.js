// What all parts of the page share: what there is, what a person looks at, and doing.

import { act, look, upload } from "./api.js";
import { noteUnread } from "./unread.js";

/** What the sandbox told last; null before that. */
export const data = { now: null, wire: [], stamp: 0 };

/** The place beside the conversations. */
export const HOME = "home";

/** What is only this page's: who one is, what is open, what is being written. */
export const ui = {
  me: "UANNA",
  place: "CGENERAL",
  tab: "slack",
  item: null,
  fresh: new Set(),
  thread: null,
  draft: "",
  files: [],
  sending: 0,
  hasShared: false,
  isConnected: true,
  isDragging: false,
  editing: null,
  picking: null,
  asked: null,
  notice: null,
  said: "",
  missed: new Set(),
  ...recall(),
};

/** What of it a reload leaves as it was, in this tab. */
const KEPT = ["me", "place", "tab", "item"];
const MOST_CALLS = 300;

let draw = () => {};
let isDue = false;
let looking = null;
let isNew = false;
let clearing = 0;

/** Tell how the page is drawn. */
export function setDraw(callback) {
  draw = callback;
}

/** Draw the page anew, once for all that happens now. */
export function redraw() {
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    draw();
    remember();
  });
}

/** Look at the sandbox again, one look at a time; resolves once all is drawn. */
export function refresh() {
  isNew = true;
  looking ??= lookOn().finally(() => {
    looking = null;
  });
  return looking;
}

/** Wait for the look that is under way. */
export async function settled() {
  await looking;
}

async function lookOn() {
  while (isNew) {
    isNew = false;
    try {
      await lookOnce();
      ui.isConnected = true;
    } catch {
      ui.isConnected = false;
    }
    redraw();
  }
}

async function lookOnce() {
  const person = ui.me;
  const seen = await look(person, data.stamp);
  if (person !== ui.me) {
    isNew = true;
    return;
  }
  keepSame(data.now?.slack.messages ?? {}, seen.slack.messages);
  noteCalls(seen.wire);
  notePlane(data.now?.plane, seen.plane);
  noteSlack(data.now?.slack, seen.slack);
  noteUnread(person, seen.slack);
  data.now = seen;
  settle(seen.slack);
}

// Messages that are as they were stay the same objects: they are not drawn anew.
function keepSame(before, after) {
  for (const [id, messages] of Object.entries(after)) {
    const old = new Map(before[id]?.map((each) => [each.ts, each]));
    after[id] = messages.map((each) => {
      const known = old.get(each.ts);
      return known && JSON.stringify(known) === JSON.stringify(each) ? known : each;
    });
  }
}

// A call that was under way comes again, under the same number.
function noteCalls(news) {
  const calls = new Map(data.wire.map((each) => [each.number, each]));
  for (const each of news) {
    calls.set(each.number, each);
    data.stamp = Math.max(data.stamp, each.stamp);
  }
  data.wire = [...calls.values()].slice(-MOST_CALLS);
}

// A person may not be where the one before them was.
function settle(slack) {
  const isMember = !slack.people.find((each) => each.id === ui.me)?.isStranger;
  const isThere = slack.conversations.some((each) => each.id === ui.place);
  if (!isThere && !(isMember && ui.place === HOME)) ui.place = slack.conversations[0].id;
}

/** Do something as the person one is, in turn or by `ask`; what goes wrong is told. */
export async function doAs(name, body, by = act) {
  try {
    return await by(name, { as: ui.me, ...body });
  } catch (error) {
    complain(error.message);
    return null;
  } finally {
    refresh();
  }
}

/** Upload files as a person; return their ids. */
export async function uploadAll(files, person) {
  const ids = [];
  for (const file of files) {
    try {
      ids.push(await upload(file, person));
    } catch (error) {
      complain(`${file.name}: ${error.message}`);
    }
  }
  return ids;
}

/** Show a sentence about what went wrong, for a while. */
export function complain(text) {
  notify(text, true);
}

/** Show a sentence about what was done, for a while. */
export function tell(text) {
  notify(text, false);
}

function notify(text, isBad) {
  ui.notice = { text, isBad, number: (ui.notice?.number ?? 0) + 1 };
  redraw();
  clearTimeout(clearing);
  clearing = setTimeout(() => {
    ui.notice = null;
    redraw();
  }, 8000);
}

/** Have something said by a screen reader, though it was said last as well. */
export function say(text) {
  ui.said = ui.said === text ? `${text}\u00a0` : text;
  redraw();
}

/** Show a work item in Plane, and go there. */
export function openItem(key) {
  ui.item = key;
  ui.tab = "plane";
  focusOn(`[id="item-${key}"] .item-head`, "nearest");
}

/** Redraw, then bring an element into view and give it the focus. */
export function focusOn(selector, block) {
  redraw();
  requestAnimationFrame(() => {
    const found = document.querySelector(selector);
    found?.scrollIntoView({ block });
    found?.focus({ preventScroll: true });
  });
}

// Opens the work item that something was attached to, and tells of it.
function notePlane(before, after) {
  if (!before) {
    ui.item ??= after.projects[0]?.items[0]?.key ?? null;
    return;
  }
  const old = new Map(allItems(before).map((each) => [each.key, contents(each)]));
  for (const item of allItems(after)) {
    const news = contents(item).filter((each) => !old.get(item.key)?.includes(each));
    if (!news.length) continue;
    ui.fresh = new Set([...ui.fresh, ...news]);
    if (item.comments.some((each) => each.id === news[0])) continue;
    ui.item = item.key;
    if (ui.tab !== "plane") ui.missed.add("plane");
    const files = item.attachments.filter((each) => news.includes(each.id + each.done));
    for (const each of files) if (each.done) say(`${each.name} is on ${item.key} now.`);
  }
}

function noteSlack(before, after) {
  if (before && ui.tab !== "slack" && JSON.stringify(before.messages) !== JSON.stringify(after.messages)) {
    ui.missed.add("slack");
  }
}

/** Return the work items of all projects. */
export function allItems(plane) {
  return plane.projects.flatMap((each) => each.items);
}

function contents(item) {
  return [
    ...item.attachments.map((each) => each.id + each.done),
    ...item.comments.map((each) => each.id),
    ...item.links.map((each) => each.id),
  ];
}

function remember() {
  const kept = Object.fromEntries(KEPT.map((name) => [name, ui[name]]));
  try {
    sessionStorage.setItem("page", JSON.stringify(kept));
  } catch {
    // where a browser keeps nothing, a reload begins anew
  }
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem("page")) ?? {};
  } catch {
    return {};
  }
}
