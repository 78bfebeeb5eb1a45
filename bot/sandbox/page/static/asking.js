// A question before something is done. Source:
// docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object.

import { redraw, ui } from "./app.js";
import { dialog } from "./dialog.js";
import { h } from "./dom.js";

/** Ask a question (title, text, yes, no, isDanger); `go` is called after a yes. */
export function askFirst(question, go) {
  ui.asked = { question, go };
  redraw();
}

/** Describe the question, with what there is to tell meanwhile. */
export function asking(notices) {
  const { question, go } = ui.asked;
  const style = question.isDanger ? "danger" : "primary";
  return dialog(
    {
      key: "asking",
      kind: "small",
      role: "alertdialog",
      "aria-labelledby": "asking-title",
      "aria-describedby": "asking-text",
      close,
    },
    h("header", null, h("h2", { id: "asking-title" }, question.title)),
    h("div", { class: "modal-text text", id: "asking-text" }, question.text),
    h(
      "footer",
      null,
      h("button", { type: "button", class: "button", onclick: close }, question.no),
      h("button", { type: "button", class: `button ${style}`, onclick: () => close(go) }, question.yes),
    ),
    notices,
  );
}

function close(then) {
  ui.asked = null;
  redraw();
  if (typeof then === "function") then();
}
