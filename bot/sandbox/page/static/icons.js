// Small drawings, each on a grid of 24.

import { h } from "./dom.js";

const PATHS = {
  at: ["M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1"],
  bin: ["M5 7h14M9.5 7V4h5v3", "M7 7l1 13h8l1-13"],
  bolt: ["M13 3 5 13.5h6L10 21l9-11.5h-6z"],
  check: ["M5 12.5 10 17 19 7"],
  clip: ["m20 11-8.4 8.4a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8L9.5 17a1.7 1.7 0 0 1-2.4-2.4l7.7-7.6"],
  comment: ["M4 5h16v11H9l-5 4z"],
  cross: ["M6 6l12 12M18 6 6 18"],
  down: ["M12 4v11m-5-4.5 5 5 5-5M5 20h14"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v5h4"],
  hash: ["M9 4 7 20M17 4l-2 16M4 9h17M3 15h17"],
  home: ["M4 11 12 4l8 7v9h-5v-6H9v6H4z"],
  link: ["M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7", "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  people: ["M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6", "M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.5c2.2.8 3.5 2.6 3.5 5.5"],
  pencil: ["M5 19l1-4L16 5l3 3L9 18z", "M14 7l3 3"],
  power: ["M12 3v9", "M7 6.5a8 8 0 1 0 10 0"],
  reply: ["M10 5 4 11l6 6", "M4 11h9c4 0 7 2.5 7 8"],
  send: ["M4 4l17 8-17 8 3-8z", "M7 12h8"],
  shared: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c5 5 5 13 0 18-5-5-5-13 0-18z"],
  slash: ["M15 4 9 20"],
  smile: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M8 14c2 3 6 3 8 0", "M9 9.5v.5M15 9.5v.5"],
};

/** Describe an icon; it is decoration, its button or text says the same. */
export function icon(name) {
  return h(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
    PATHS[name].map((d) => h("path", { d })),
  );
}
