// What all parts of the page share: what there is, what a person looks at, and doing.

import { act, look, upload } from "./api.js";

/** What the sandbox told last; null before that. */
export const data = { now: null, wire: [] };

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
  notice: "",
  said: "",
  missed: new Set(),
};

let draw = () => {};
let isDue = false;
let isLooking = false;
let isNew = false;

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
  });
}

/** Look at the sandbox again; one look at a time. */
export async function refresh() {
  isNew = true;
  if (isLooking) return;
  isLooking = true;
  while (isNew) {
    isNew = false;
    try {
      await lookOnce();
    } catch {
      ui.isConnected = false;
    }
    redraw();
  }
  isLooking = false;
}

async function lookOnce() {
  const person = ui.me;
  const seen = await look(person, data.wire.at(-1)?.number ?? 0);
  if (person !== ui.me) {
    isNew = true;
    return;
  }
  data.wire = [...data.wire, ...seen.wire].slice(-300);
  notePlane(data.now?.plane, seen.plane);
  noteSlack(data.now?.slack, seen.slack);
  data.now = seen;
}

/** Do something as the person one is; what goes wrong is told. */
export async function doAs(name, body) {
  try {
    return await act(name, { as: ui.me, ...body });
  } catch (error) {
    complain(error.message);
    return null;
  } finally {
    refresh();
  }
}

/** Upload files as the person one is; return their ids. */
export async function uploadAll(files) {
  const ids = [];
  for (const file of files) {
    try {
      ids.push(await upload(file, ui.me));
    } catch (error) {
      complain(`${file.name}: ${error.message}`);
    }
  }
  return ids;
}

/** Show a sentence about what went wrong, for a while. */
export function complain(text) {
  ui.notice = text;
  redraw();
  setTimeout(() => {
    if (ui.notice === text) ui.notice = "";
    redraw();
  }, 8000);
}

/** Have something said by a screen reader. */
export function say(text) {
  ui.said = text;
  redraw();
}

/** Show a work item in Plane. */
export function openItem(key) {
  ui.item = key;
  ui.tab = "plane";
  redraw();
  requestAnimationFrame(() => {
    document.getElementById(`item-${key}`)?.scrollIntoView({ block: "nearest" });
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
    for (const each of files) if (each.done) ui.said = `${each.name} is on ${item.key} now.`;
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
