// The form that is open in Slack, as a dialog.

import { data, doAs } from "./app.js";
import { blocks } from "./blocks.js";
import { h } from "./dom.js";

let opener = null;
let isBusy = false;

/** Describe the open modal, if there is one. */
export function modal() {
  const view = data.now.slack.modal;
  if (!view) {
    giveFocusBack();
    return null;
  }
  const where = { id: view.id, address: { view: view.id }, values: view.values, errors: view.errors };
  const close = () => doAs("close", { view: view.id });
  return h(
    "dialog",
    {
      key: view.id,
      class: "modal",
      "aria-labelledby": "modal-title",
      made: open,
      oncancel: (event) => {
        event.preventDefault();
        close();
      },
    },
    h(
      "form",
      {
        class: "modal-form",
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          submit(view.id);
        },
      },
      h("header", null, h("h2", { id: "modal-title" }, view.title), h("span", { class: "quiet" }, "Loadmaster, in Slack")),
      h("div", { class: "modal-body" }, blocks(view.blocks, where)),
      h(
        "footer",
        null,
        h("button", { type: "button", class: "button", onclick: close }, view.close ?? "Close"),
        view.submit && h("button", { type: "submit", class: "button primary" }, view.submit),
      ),
    ),
  );
}

function open(dialog) {
  opener ??= document.activeElement;
  if (dialog.isConnected && !dialog.open) dialog.showModal();
}

function giveFocusBack() {
  const back = opener;
  opener = null;
  if (back) queueMicrotask(() => back.isConnected && back.focus());
}

async function submit(view) {
  if (isBusy) return;
  isBusy = true;
  // What has the focus hears of its change first.
  document.activeElement?.blur?.();
  await doAs("submit", { view });
  isBusy = false;
  setTimeout(() => document.querySelector(".modal [aria-invalid=true]")?.focus(), 150);
}
