// Gives each client a color with a pattern, and a short label. They stay the same while the page is open.
import { make, write } from "./dom.js";

const KINDS = 8;
const kinds = new Map();
const labels = new Map();

const byName = (one, other) => one.name.localeCompare(other.name, "en", { numeric: true });

// Sorts what has a name, and maybe a session: host-2 before host-10.
export const sorted = (named) =>
  [...named].sort((one, other) => byName(one, other) || (one.session ?? 0) - (other.session ?? 0));

export const kindOf = Object.assign((name) => kinds.get(name) ?? "", {
  learn(named) {
    for (const { name } of sorted(named)) {
      if (!kinds.has(name)) {
        kinds.set(name, kinds.size % KINDS);
        labels.set(name, newLabel(name));
      }
    }
  },
});

export const label = (name) => labels.get(name) ?? "";

// The number at the end of the name if it is short and free, otherwise the next free letter.
function newLabel(name) {
  const taken = new Set(labels.values());
  const digits = /(?<!\d)\d{1,2}$/.exec(name)?.[0];
  if (digits !== undefined && !taken.has(digits)) {
    return digits;
  }
  for (let next = 0; ; next++) {
    const letters = (next >= 26 ? String.fromCharCode(64 + Math.floor(next / 26)) : "") + String.fromCharCode(65 + (next % 26));
    if (!taken.has(letters)) {
      return letters;
    }
  }
}

// A patch of the color with the label, for beside the name.
export const badge = (name, className = "badge") =>
  make("span", { className: `${className} kind`, ariaHidden: "true", data: { kind: kindOf(name) } }, make("b", {}, label(name)));

// The name of the client of a session, after its patch.
export const party = ({ client, session }, className) =>
  make("span", { className: "party", title: `Session ${session}` }, badge(client ?? "", className), make("span", { className: "name" }, client ?? `session ${session}`));

export function paintBadge(element, name) {
  element.dataset.kind = name === null ? "" : kindOf(name);
  element.classList.toggle("kind", name !== null);
  element.classList.toggle("none", name === null);
  write(element.firstChild, name === null ? "" : label(name));
  element.firstChild.hidden = name === null;
}
