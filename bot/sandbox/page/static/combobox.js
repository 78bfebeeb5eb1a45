// A field that looks up what is typed, by keyboard too. Pattern:
// www.w3.org/WAI/ARIA/apg/patterns/combobox (editable, with list autocomplete).

import { redraw, settled } from "./app.js";
import { h } from "./dom.js";

const PAUSE = 150;
const states = new Map();

/** Describe the field; `about.suggest` looks up, or returns null; `about.choose` takes. */
export function combobox(about) {
  const state = stateOf(about.id);
  const chosen = about.value.selected_option?.text.text ?? "";
  const list = `${about.id}-list`;
  return h(
    "div",
    { class: "combobox" },
    h("input", {
      id: about.id,
      class: "input",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: about.placeholder,
      "aria-autocomplete": "list",
      "aria-expanded": String(state.isOpen),
      "aria-controls": list,
      "aria-activedescendant": state.isOpen && state.options.length ? `${list}-${state.at}` : null,
      value: state.typed ?? chosen,
      oninput: (event) => type(state, about, event.target.value),
      onkeydown: (event) => key(state, about, event),
      onblur: () => close(state),
      ...about.attributes,
    }),
    h(
      "ul",
      { id: list, class: "options", role: "listbox", "aria-label": `${about.label}: what is found`, hidden: !state.isOpen || !state.options.length },
      state.options.map((each, at) =>
        h(
          "li",
          {
            id: `${list}-${at}`,
            key: each.value,
            role: "option",
            "aria-selected": String(at === state.at),
            onpointerdown: (event) => {
              event.preventDefault();
              pick(state, about, each);
            },
          },
          each.text,
        ),
      ),
    ),
    h("p", { class: "hint", role: "status" }, state.isOpen && state.note),
  );
}

function stateOf(id) {
  if (!states.has(id)) {
    states.set(id, { typed: null, options: [], at: 0, isOpen: false, note: "", timer: 0 });
  }
  return states.get(id);
}

function type(state, about, typed) {
  Object.assign(state, { typed, isOpen: true, note: "Searching …" });
  clearTimeout(state.timer);
  state.timer = setTimeout(() => search(state, about, typed), PAUSE);
  redraw();
}

async function search(state, about, typed) {
  const options = await about.suggest(typed);
  if (state.typed !== typed) return;
  const isNone = options?.length === 0;
  Object.assign(state, { options: options ?? [], at: 0, note: isNone ? "Nothing is found." : "" });
  redraw();
}

function key(state, about, event) {
  if (!state.isOpen) return;
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves && state.options.length) {
    const length = state.options.length;
    state.at = (state.at + moves[event.key] + length) % length;
  } else if (event.key === "Enter") {
    if (state.options.length) pick(state, about, state.options[state.at]);
  } else if (event.key === "Escape") {
    close(state);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  redraw();
}

async function pick(state, about, option) {
  Object.assign(state, { typed: option.text, isOpen: false, options: [] });
  await about.choose(option.value);
  await settled();
  state.typed = null;
  redraw();
}

function close(state) {
  Object.assign(state, { typed: null, isOpen: false, options: [] });
  redraw();
}
