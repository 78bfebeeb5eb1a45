// A dialog over all else: it has the focus while it is there, and gives it back.

import { h } from "./dom.js";

/** Describe a dialog; `close` is called when a person wants it away. */
export function dialog({ close, kind = "", ...props }, ...children) {
  return h(
    "dialog",
    {
      ...props,
      class: `modal ${kind}`,
      made: open,
      gone: giveFocusBack,
      oncancel: (event) => {
        event.preventDefault();
        close();
      },
    },
    children,
  );
}

function open(element) {
  if (!element.isConnected || element.open) return;
  element.opener = document.activeElement;
  element.showModal();
}

function giveFocusBack(element) {
  if (element.opener?.isConnected) element.opener.focus();
}
