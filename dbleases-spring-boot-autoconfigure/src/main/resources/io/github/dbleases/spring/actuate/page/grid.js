// The partitions of a lease as a grid: who owns them, and which ones are moving.
import { make, write } from "./dom.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");

// Makes a grid. Call `show` with its cells in their order and the number of columns. A cell has an owner, which is null if
// there is none, the kind and the label of the owner, and a text that says it all. It can be `moving`, `stale` if its
// owner may be gone, and have a `load` from 0 to 1. `choose` is called with the index of a cell that is clicked.
export function makeGrid({ label, hint, choose = null }) {
  const grid = make("div", { className: "grid", role: "grid", ariaLabel: label });
  const detail = make("p", { className: "detail" });
  const view = { grid, detail, hint, cells: [], shown: [], columns: 0, at: null };
  grid.addEventListener("keydown", (event) => move(view, event));
  for (const type of ["focusin", "mouseover"]) {
    grid.addEventListener(type, (event) => point(view, event.target.closest(".cell")));
  }
  for (const type of ["focusout", "mouseleave"]) {
    grid.addEventListener(type, () => point(view, document.activeElement.closest?.(".cell")));
  }
  if (choose) {
    grid.classList.add("choosable");
    grid.addEventListener("click", (event) => {
      const cell = event.target.closest(".cell");
      if (cell) {
        choose(Number(cell.dataset.index));
      }
    });
  }
  return { grid, detail, show: (cells, columns) => show(view, cells, columns) };
}

function show(view, cells, columns) {
  if (view.cells.length !== cells.length || view.columns !== columns) {
    build(view, cells.length, columns);
  }
  const width = view.grid.clientWidth / columns;
  view.grid.dataset.size = width < 15 ? "small" : width < 36 ? "medium" : "large";
  cells.forEach((cell, index) => {
    const before = view.shown[index];
    if (before && Object.keys(cell).every((key) => cell[key] === before[key])) {
      return;
    }
    const element = view.cells[index];
    const owned = cell.owner !== null;
    element.className = `cell ${owned ? "kind" : "none"}${cell.moving ? " moving" : ""}${cell.stale ? " stale" : ""}`;
    element.dataset.kind = owned ? cell.kind : "";
    write(element.firstChild, owned ? cell.label : "");
    element.firstChild.hidden = !owned;
    element.style.setProperty("--w", String(cell.load ?? 0));
    element.setAttribute("aria-label", cell.text);
    if (before && owned && before.owner !== cell.owner) {
      element.animate([{ transform: "scale(.7)", opacity: .4 }, { transform: "none", opacity: 1 }], { duration: still.matches ? 0 : 600, easing: "ease-out" });
    }
  });
  view.shown = cells;
  write(view.detail, view.at === null ? view.hint : cells[view.at].text);
}

function build(view, size, columns) {
  const focused = view.cells.indexOf(document.activeElement);
  view.cells = Array.from({ length: size }, (ignored, index) =>
    make("div", { className: "cell none", tabIndex: index === 0 ? 0 : -1, role: "gridcell", data: { index } }, make("b"), make("i")));
  const rows = [];
  for (let first = 0; first < size; first += columns) {
    rows.push(make("div", { className: "row", role: "row" },
      make("span", { className: "axis", role: "rowheader" }, String(first)), ...view.cells.slice(first, first + columns)));
  }
  view.grid.style.setProperty("--columns", columns);
  view.grid.replaceChildren(...rows);
  Object.assign(view, { columns, shown: [], at: null });
  if (focused >= 0) {
    focus(view, Math.min(focused, size - 1));
  }
}

function point(view, cell) {
  view.at = cell && view.grid.contains(cell) ? Number(cell.dataset.index) : null;
  write(view.detail, view.shown[view.at]?.text ?? view.hint);
}

function move(view, event) {
  const cell = event.target.closest(".cell");
  if (!cell || event.altKey || event.ctrlKey || event.metaKey) {
    return;
  }
  const from = Number(cell.dataset.index);
  const last = view.cells.length - 1;
  const to = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from - view.columns,
    ArrowDown: from + view.columns,
    Home: 0,
    End: last,
    Enter: from,
    " ": from,
  }[event.key];
  if (to === undefined) {
    return;
  }
  event.preventDefault();
  if (to === from) {
    cell.click();
  } else if (to >= 0 && to <= last) {
    focus(view, to);
  }
}

function focus(view, index) {
  view.cells.forEach((cell, other) => (cell.tabIndex = other === index ? 0 : -1));
  view.cells[index].focus();
}
