// Builds and updates the page from descriptions of it. Texts become text nodes and
// attributes attributes: nothing is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["checked", "disabled", "value"]);
/** What is no attribute: `made` and `gone` are called with the element, once each. */
const OURS = new Set(["key", "made", "gone", "value"]);
const described = new WeakMap();

/** Describe an element; children may be nested lists, texts, or nothing. */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: children.flat(Infinity).filter(isThere) };
}

/**
 * Describe an object by `describe`, anew only if it, or `state`, is another one. What is
 * described by the same description is not looked at again.
 */
export function same(object, state, describe) {
  const held = described.get(object);
  if (held?.state === state) return held.description;
  const description = describe();
  described.set(object, { state, description });
  return description;
}

/** Make the children of an element what the descriptions say, keeping what it can. */
export function render(parent, children) {
  const flat = [children].flat(Infinity).filter(isThere);
  const old = [...parent.childNodes];
  const keyed = new Map(old.filter((n) => n.key !== undefined).map((n) => [n.key, n]));
  const loose = old.filter((n) => n.key === undefined);
  const nodes = flat.map((each) => update(take(each, keyed, loose), each, parent));
  const kept = new Set(nodes);
  for (const node of old) if (!kept.has(node)) drop(node);
  let next = parent.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
}

function drop(node) {
  node.remove();
  node.props?.gone?.(node);
}

function isThere(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

function take(child, keyed, loose) {
  const key = child.props?.key;
  if (key !== undefined) {
    const found = keyed.get(key);
    keyed.delete(key);
    return found?.tag === child.tag ? found : undefined;
  }
  const at = loose.findIndex((node) => node.tag === child.tag);
  return at < 0 ? undefined : loose.splice(0, at + 1).pop();
}

function update(node, child, parent) {
  if (child.tag === undefined) return updateText(node, String(child));
  const isNew = node === undefined;
  const element = node ?? create(child, parent);
  if (element.shown === child) return element;
  element.shown = child;
  setAll(element, child.props);
  render(element, child.children);
  if ("value" in child.props) setValue(element, child.props.value);
  if (isNew && child.props.made) queueMicrotask(() => child.props.made(element));
  return element;
}

function updateText(node, text) {
  if (node === undefined) return document.createTextNode(text);
  if (node.data !== text) node.data = text;
  return node;
}

function create(child, parent) {
  const isSvg = child.tag === "svg" || parent.namespaceURI === SVG;
  const element = isSvg
    ? document.createElementNS(SVG, child.tag)
    : document.createElement(child.tag);
  element.tag = child.tag;
  element.key = child.props.key;
  element.props = {};
  return element;
}

function setAll(element, props) {
  for (const name in element.props) if (!(name in props)) set(element, name, null);
  for (const name in props) set(element, name, props[name]);
  element.props = props;
}

function set(element, name, value) {
  if (OURS.has(name)) return;
  if (name.startsWith("on")) element[name] = value;
  else if (PROPERTIES.has(name)) element[name] = Boolean(value);
  else if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    const text = value === true ? "" : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

// What a person is typing stays, unless the description changed meanwhile.
function setValue(element, value) {
  if (element.given === value) return;
  element.given = value;
  element.value = value ?? "";
}
