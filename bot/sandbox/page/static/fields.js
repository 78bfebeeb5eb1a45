// What takes something in, in a modal or beside a text: each change goes to Slack.

import { ask } from "./api.js";
import { doAs, redraw, settled, ui, uploadAll } from "./app.js";
import { combobox } from "./combobox.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { size } from "./words.js";

const MANY = new Set(["checkboxes", "multi_static_select"]);
/** How many lots of files are on their way, by the id of their field. */
const uploading = new Map();
/** What stands in a field of several things; first what Slack was not told of yet. */
const entered = new Map();
const drawn = new Map();

/** Tell whether files are on their way into a view. */
export function isUploading(view) {
  return [...uploading].some(([id, lots]) => lots && id.startsWith(`f-${view}-`));
}

/** Describe an element with its label, hint and error. */
export function field(block, element, where) {
  const id = `f-${where.id}-${block.block_id}-${element.action_id}`;
  const error = where.errors?.[block.block_id];
  const value = where.values?.[block.block_id]?.[element.action_id] ?? {};
  const label = block.label?.text ?? element.placeholder?.text ?? "Choose";
  const told = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  const about = {
    id,
    label,
    value,
    placeholder: element.placeholder?.text ?? "",
    attributes: { "aria-invalid": error ? "true" : null, "aria-describedby": told || null },
    choose: (given) => choose(block, element, where, given),
    suggest: (typed) => suggest(block, element, where, typed),
  };
  const optional = block.optional && h("span", { class: "quiet" }, " (optional)");
  const named = isGroup(element)
    ? h("fieldset", { class: "field", ...about.attributes }, h("legend", null, label, optional), draw(element, about))
    : h("div", { class: "field" }, h("label", { for: id }, label, optional), draw(element, about));
  return [
    named,
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, block.hint.text),
    error && h("p", { class: "error", id: `${id}-error`, role: "alert" }, error),
  ];
}

function isGroup(element) {
  return MANY.has(element.type) || element.type === "radio_buttons" || element.type === "file_input";
}

function draw(element, about) {
  if (element.type === "external_select") return combobox(about);
  if (MANY.has(element.type)) return boxes(element, about);
  if (element.type === "radio_buttons") return radios(element, about);
  if (element.type === "static_select") return select(element, about);
  if (element.type === "file_input") return files(element, about);
  return text(element, about);
}

function text(element, about) {
  const tag = element.multiline ? "textarea" : "input";
  return h(tag, {
    id: about.id,
    class: "input",
    placeholder: about.placeholder,
    value: about.value.value ?? "",
    onchange: (event) => about.choose(event.target.value || null),
    ...about.attributes,
  });
}

function select(element, about) {
  const chosen = about.value.selected_option?.value ?? "";
  const options = element.options ?? element.option_groups.flatMap((each) => each.options);
  return h(
    "select",
    {
      id: about.id,
      class: "input",
      value: chosen,
      onchange: (event) => about.choose(event.target.value || null),
      ...about.attributes,
    },
    h("option", { value: "" }, about.placeholder || "Choose …"),
    options.map((each) => h("option", { value: each.value }, each.text.text)),
  );
}

function boxes(element, about) {
  const held = hold(about, (about.value.selected_options ?? []).map((each) => each.value));
  return element.options.map((each) => {
    const onchange = (event) =>
      enter(about, (now) => (event.target.checked ? [...now, each.value] : without(now, each.value)));
    return tick("checkbox", each, held.includes(each.value), onchange, about);
  });
}

function radios(element, about) {
  const chosen = about.value.selected_option?.value;
  return element.options.map((each) =>
    tick("radio", each, each.value === chosen, () => about.choose(each.value), about),
  );
}

function tick(type, option, checked, onchange, about) {
  return h(
    "label",
    { class: "tick", key: option.value },
    h("input", { type, name: about.id, checked, onchange }),
    h("span", null, option.text.text),
  );
}

function files(element, about) {
  const there = about.value.files ?? [];
  const held = hold(about, there.map((each) => each.id));
  return [
    h(
      "label",
      {
        class: "drop",
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => {
          event.preventDefault();
          event.stopPropagation();
          add(about, [...event.dataTransfer.files]);
        },
      },
      icon("clip"),
      uploading.get(about.id) ? "Uploading …" : "Choose files, or drop them here",
      h("input", {
        type: "file",
        class: "unseen",
        multiple: element.max_files !== 1,
        onchange: (event) => {
          add(about, [...event.target.files]);
          event.target.value = "";
        },
        ...about.attributes,
      }),
    ),
    there.filter((each) => held.includes(each.id)).map((file) => chip(file, about)),
  ];
}

function chip(file, about) {
  const remove = () => enter(about, (now) => without(now, file.id));
  return h(
    "div",
    { class: "chip", key: file.id },
    icon("file"),
    h("span", { class: "chip-name" }, file.name),
    h("span", { class: "quiet" }, size(file.size)),
    h("button", { type: "button", class: "plain", "aria-label": `Remove ${file.name}`, onclick: remove }, icon("cross")),
  );
}

async function add(about, list) {
  const lots = (by) => uploading.set(about.id, (uploading.get(about.id) ?? 0) + by);
  lots(1);
  redraw();
  const ids = await uploadAll(list, ui.me);
  if (ids.length) await enter(about, (now) => [...now, ...ids]);
  lots(-1);
  redraw();
}

function hold(about, values) {
  const held = entered.get(about.id) ?? values;
  drawn.set(about.id, held);
  return held;
}

// Changes what stands there by now, be it known to Slack already or not.
async function enter(about, change) {
  const values = change(entered.get(about.id) ?? drawn.get(about.id));
  entered.set(about.id, values);
  redraw();
  await about.choose(values);
  await settled();
  if (entered.get(about.id) === values) entered.delete(about.id);
  redraw();
}

function without(values, value) {
  return values.filter((each) => each !== value);
}

function choose(block, element, where, value) {
  const name = where.address.view ? "choose" : "press";
  return doAs(name, { ...where.address, block: block.block_id, action: element.action_id, value });
}

async function suggest(block, element, where, typed) {
  const least = element.min_query_length ?? 3;
  if (typed.length < least) return null;
  const about = { ...where.address, block: block.block_id, action: element.action_id, typed };
  return (await doAs("suggest", about, ask))?.options ?? null;
}
