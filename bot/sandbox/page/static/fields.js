// What takes something in, in a modal or beside a text: each change goes to Slack.

import { doAs, redraw, uploadAll } from "./app.js";
import { combobox } from "./combobox.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { size } from "./words.js";

const MANY = new Set(["checkboxes", "multi_static_select"]);
const uploading = new Set();

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
  const held = (about.value.selected_options ?? []).map((each) => each.value);
  return element.options.map((each) => {
    const isOn = held.includes(each.value);
    const others = held.filter((value) => value !== each.value);
    const onchange = () => about.choose(isOn ? others : [...held, each.value]);
    return tick("checkbox", each, isOn, onchange, about);
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
  const held = about.value.files ?? [];
  const add = async (list) => {
    uploading.add(about.id);
    redraw();
    const ids = await uploadAll(list);
    uploading.delete(about.id);
    await about.choose([...held.map((each) => each.id), ...ids]);
  };
  const rest = (file) => held.filter((each) => each !== file).map((each) => each.id);
  return [
    h(
      "label",
      {
        class: "drop",
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => {
          event.preventDefault();
          event.stopPropagation();
          add([...event.dataTransfer.files]);
        },
      },
      icon("clip"),
      uploading.has(about.id) ? "Uploading …" : "Choose files, or drop them here",
      h("input", {
        type: "file",
        class: "unseen",
        multiple: element.max_files !== 1,
        onchange: (event) => {
          add([...event.target.files]);
          event.target.value = "";
        },
        ...about.attributes,
      }),
    ),
    held.map((file) =>
      h(
        "div",
        { class: "chip", key: file.id },
        icon("file"),
        h("span", { class: "chip-name" }, file.name),
        h("span", { class: "quiet" }, size(file.size)),
        h(
          "button",
          { type: "button", class: "plain", "aria-label": `Remove ${file.name}`, onclick: () => about.choose(rest(file)) },
          icon("cross"),
        ),
      ),
    ),
  ];
}

function choose(block, element, where, value) {
  if (!where.address.view) {
    return doAs("press", { ...where.address, block: block.block_id, action: element.action_id, value });
  }
  return doAs("choose", { ...where.address, block: block.block_id, action: element.action_id, value });
}

async function suggest(block, element, where, typed) {
  const least = element.min_query_length ?? 3;
  if (typed.length < least) return { options: [], least };
  const found = await doAs("suggest", { ...where.address, block: block.block_id, action: element.action_id, typed });
  return { options: found?.options ?? [], least };
}
