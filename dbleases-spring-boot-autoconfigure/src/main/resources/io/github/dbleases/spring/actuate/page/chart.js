// Numbers over the last minute: stacked areas, or a small line beside a text.
import { make, number } from "./dom.js";
import { label } from "./kinds.js";

const SPAN_MILLIS = 60_000;
const WIDTH = 600;
const HEIGHT = 160;
const SVG = "http://www.w3.org/2000/svg";

// Makes a chart in an element. `paint` colors an area. The unit is for the scale and for screen readers. A series that is
// named after an instance has its label. Call the returned function with the numbers of each moment, by name.
export function makeChart(holder, { unit, paint, labelled = true, least = 1 }) {
  const samples = [];
  return (names, values) => {
    const now = Date.now();
    if (values) {
      samples.push({ at: now, values });
    }
    while (samples.length && samples[0].at < now - SPAN_MILLIS) {
      samples.shift();
    }
    draw(holder, samples, now, { unit, paint, labelled, least, names: all(names, samples) });
  };
}

// The current names in their order, then those from the last minute.
const all = (names, samples) => [...new Set([...names, ...samples.flatMap(({ values }) => [...values.keys()])])];

function draw(holder, samples, now, { unit, paint, labelled, least, names }) {
  const totals = samples.map(({ values }) => [...values.values()].reduce((sum, value) => sum + value, 0));
  const top = ceiling(Math.max(...totals, least));
  const x = (at) => WIDTH * (1 - (now - at) / SPAN_MILLIS);
  const y = (value) => HEIGHT * (1 - value / top);
  const bottom = samples.map(() => 0);
  const labels = [];
  const paths = names.map((name) => {
    const lower = samples.map(({ at }, index) => `${x(at).toFixed(1)} ${y(bottom[index]).toFixed(1)}`);
    samples.forEach(({ values }, index) => (bottom[index] += values.get(name) ?? 0));
    const upper = samples.map(({ at }, index) => `${x(at).toFixed(1)} ${y(bottom[index]).toFixed(1)}`);
    const path = svg("path", { class: "area", d: samples.length ? `M${upper.join("L")}L${lower.reverse().join("L")}Z` : "" });
    paint(path, name);
    const [now, before] = [bottom.at(-1) ?? 0, (bottom.at(-1) ?? 0) - (samples.at(-1)?.values.get(name) ?? 0)];
    if (labelled && (now - before) / top > 0.09) {
      const text = make("b", {}, label(name));
      text.style.top = `${100 * (1 - (now + before) / 2 / top)}%`;
      labels.push(text);
    }
    return path;
  });
  const lines = [0, 0.5, 1].map((part) => svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT * part, y2: HEIGHT * part }));
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": words(names, samples, unit) });
  picture.append(...lines, ...paths);
  holder.replaceChildren(
    make("p", { className: "scale" }, make("span", {}, `${number(top)} ${unit}`)),
    make("div", { className: "plot" }, picture, ...labels),
    make("p", { className: "scale" }, make("span", {}, "a minute ago"), make("span", {}, "now")));
}

function words(names, samples, unit) {
  const last = samples.at(-1);
  return last ? names.map((name) => `${name}: ${number(last.values.get(name) ?? 0)} ${unit}`).join(", ") : "nothing yet";
}

// The next one of 1, 2, 5, 10, 20, 50, ...
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

// A line without a scale, filled below, for values at equal distances. The newest one is at the right.
export function sparkline(values, most) {
  const top = Math.max(1, ...values);
  const points = values.map((value, index) =>
    `${(WIDTH * (most - values.length + index)) / (most - 1)} ${(HEIGHT * (1 - (.94 * value) / top)).toFixed(1)}`);
  const picture = svg("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  picture.append(svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }));
  if (points.length > 1) {
    const [first, last] = [points[0], points.at(-1)].map((point) => point.split(" ")[0]);
    picture.append(
      svg("path", { class: "below", d: `M${first} ${HEIGHT}L${points.join("L")}L${last} ${HEIGHT}Z` }),
      svg("path", { class: "line", d: `M${points.join("L")}` }));
  }
  return picture;
}
