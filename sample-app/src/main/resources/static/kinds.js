// Gives each instance a color with a pattern, and a label. Both stay the same while the page is open.

const KINDS = 8;
const kinds = new Map();

const byName = (one, other) => one.name.localeCompare(other.name, "en", { numeric: true });

export const sorted = (instances) =>
  [...instances].sort((one, other) => byName(one, other) || (one.session ?? 0) - (other.session ?? 0));

export const kindOf = Object.assign((name) => kinds.get(name) ?? 0, {
  learn(instances) {
    for (const { name } of sorted(instances)) {
      if (!kinds.has(name)) {
        kinds.set(name, kinds.size % KINDS);
      }
    }
  },
});

// The digits at the end of the name, or its first letters.
export const label = (name) => (/(\d+)$/.exec(name)?.[1] ?? name).slice(-4);

// A session that belongs to no instance has the name of its client.
export const describe = (instance) => (instance.port ? instance.name : `Another session of ${instance.name}`);

export const number = (value) => Math.round(value).toLocaleString("en");

// "1 order", "2 orders"
export const count = (value, thing) => `${number(value)} ${thing}${value === 1 ? "" : "s"}`;

export const money = (cents) => (cents / 100).toLocaleString("en", { minimumFractionDigits: 2 });

// Makes an element: make("p", { className: "x" }, "text", child, ...).
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
