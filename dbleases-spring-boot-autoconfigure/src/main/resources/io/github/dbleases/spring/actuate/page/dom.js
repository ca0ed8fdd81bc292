// Makes and updates elements. Every text becomes a text node, so nothing in the data is ever read as HTML.

// Makes an element: make("p", { className: "x", data: { kind: 1 } }, "text", child, ...).
export function make(tag, properties = {}, ...children) {
  const { data = {}, ...others } = properties;
  const element = Object.assign(document.createElement(tag), others);
  Object.assign(element.dataset, data);
  element.append(...children);
  return element;
}

// Writes a text only when it changed, so that screen readers and selections are left alone.
export function write(element, text) {
  if (element.textContent !== String(text)) {
    element.textContent = text;
  }
}

// Shows one child for each item, in their order. An item that was there before keeps its child, and with it the focus.
export function keyed(holder, items, { key, build, update }) {
  const views = (holder.views ??= new Map());
  const keys = items.map(key);
  for (const [gone, view] of views) {
    if (!keys.includes(gone)) {
      view.root.remove();
      views.delete(gone);
    }
  }
  items.forEach((item, index) => {
    if (!views.has(keys[index])) {
      views.set(keys[index], build(item));
    }
    const view = views.get(keys[index]);
    if (holder.children[index] !== view.root) {
      holder.insertBefore(view.root, holder.children[index] ?? null);
    }
    update(view, item);
  });
}

export const number = (value) => Math.round(value).toLocaleString("en");

// "1 order", "2 orders"
export const count = (value, thing, things = `${thing}s`) => `${number(value)} ${value === 1 ? thing : things}`;

// "340 ms", "4.2 s", "3 min", "5 h", "2 days"
export function duration(millis) {
  const seconds = millis / 1000;
  if (seconds < 1) {
    return `${Math.round(millis)} ms`;
  }
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const [value, unit] = [[86_400, "days"], [3600, "h"], [60, "min"], [1, "s"]]
    .map(([size, name]) => [Math.floor(seconds / size), name])
    .find(([amount, name]) => amount >= (name === "days" ? 2 : 1));
  return `${number(value)} ${unit}`;
}

// The time of day, after the date unless that is today.
export function moment(instant) {
  const at = new Date(instant);
  const time = at.toLocaleTimeString("en-GB");
  return at.toDateString() === new Date().toDateString()
    ? time
    : `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}
