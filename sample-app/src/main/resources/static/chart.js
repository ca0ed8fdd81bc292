// Orders per second over the last minute, stacked by instance.
import { kindOf, label, make, number, sorted } from "./kinds.js";

const SPAN_MILLIS = 60_000;
const WIDTH = 600;
const HEIGHT = 160;
const SVG = "http://www.w3.org/2000/svg";
const samples = [];

export function showChart({ instances, orders }) {
  const now = Date.now();
  if (orders) {
    samples.push({ at: now, rates: new Map(sorted(instances).map(({ name, perSecond }) => [name, perSecond])) });
  }
  while (samples.length && samples[0].at < now - SPAN_MILLIS) {
    samples.shift();
  }
  draw(now);
}

function draw(now) {
  const names = [...new Set(samples.flatMap(({ rates }) => [...rates.keys()]))].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  const totals = samples.map(({ rates }) => [...rates.values()].reduce((sum, rate) => sum + rate, 0));
  const top = ceiling(Math.max(...totals, 1));
  const x = (at) => WIDTH * (1 - (now - at) / SPAN_MILLIS);
  const y = (rate) => HEIGHT * (1 - rate / top);
  const bottom = samples.map(() => 0);
  const labels = [];
  const paths = names.map((name) => {
    const lower = samples.map(({ at }, index) => `${x(at).toFixed(1)} ${y(bottom[index]).toFixed(1)}`);
    samples.forEach(({ rates }, index) => (bottom[index] += rates.get(name) ?? 0));
    const upper = samples.map(({ at }, index) => `${x(at).toFixed(1)} ${y(bottom[index]).toFixed(1)}`);
    const path = svg("path", { class: "area", d: `M${upper.join("L")}L${lower.reverse().join("L")}Z` });
    path.dataset.kind = kindOf(name);
    const [now, before] = [bottom.at(-1) ?? 0, (bottom.at(-1) ?? 0) - (samples.at(-1)?.rates.get(name) ?? 0)];
    if ((now - before) / top > 0.09) {
      labels.push(make("b", { style: `top: ${100 * (1 - (now + before) / 2 / top)}%` }, label(name)));
    }
    return path;
  });
  const lines = [0, 0.5, 1].map((part) => svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT * part, y2: HEIGHT * part }));
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": words(names) });
  picture.append(...lines, ...paths);
  document.getElementById("chart").replaceChildren(
    make("p", { className: "scale" }, make("span", {}, `${number(top)} per second`)),
    make("div", { className: "plot" }, picture, ...labels),
    make("p", { className: "scale" }, make("span", {}, "a minute ago"), make("span", {}, "now")));
}

function words(names) {
  const last = samples.at(-1);
  return last ? names.map((name) => `${name}: ${number(last.rates.get(name) ?? 0)} per second`).join(", ") : "no orders";
}

// The next of 1, 2, 5, 10, 20, 50, ...
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}
