// The form that is open in Slack.

import { data, doAs, settled } from "./app.js";
import { blocks } from "./blocks.js";
import { dialog } from "./dialog.js";
import { h } from "./dom.js";
import { isUploading } from "./fields.js";

const closing = new Set();
let isBusy = false;

/** Describe the open form, with what there is to tell meanwhile. */
export function modal(notices) {
  const view = data.now.slack.modal;
  const where = { id: view.id, address: { view: view.id }, values: view.values, errors: view.errors };
  return dialog(
    { key: view.id, "aria-labelledby": "modal-title", close: () => close(view.id) },
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
        h("button", { type: "button", class: "button", onclick: () => close(view.id) }, view.close ?? "Close"),
        view.submit && h("button", { type: "submit", class: "button primary", disabled: isUploading(view.id) }, view.submit),
      ),
    ),
    notices,
  );
}

async function close(view) {
  if (closing.has(view)) return;
  closing.add(view);
  if (!(await doAs("close", { view }))) closing.delete(view);
}

async function submit(view) {
  if (isBusy) return;
  isBusy = true;
  const back = document.activeElement;
  // What has the focus hears of its change first.
  back?.blur?.();
  await doAs("submit", { view });
  await settled();
  isBusy = false;
  (findWrong() ?? back)?.focus?.();
}

function findWrong() {
  const wrong = document.querySelector(".modal [aria-invalid=true]");
  return wrong?.matches("fieldset") ? wrong.querySelector("input") : wrong;
}
