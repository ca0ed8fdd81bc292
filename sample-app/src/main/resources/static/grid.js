// The partitions of each lease as a grid: their owners, and which ones are moving.
import { count, kindOf, label, make, number, sorted, write } from "./kinds.js";

const narrow = matchMedia("(max-width: 40rem)");
const views = new Map();

export function showLeases({ leases, instances }) {
  const holder = document.getElementById("leases");
  const owners = new Map(instances.filter(({ session }) => session !== null).map((instance) => [instance.session, instance]));
  const columns = narrow.matches ? 8 : 16;
  for (const lease of leases) {
    const key = `${lease.size}/${columns}`;
    let view = views.get(lease.name);
    if (view?.key !== key) {
      const fresh = build(lease, columns, key);
      view ? view.panel.replaceWith(fresh.panel) : holder.append(fresh.panel);
      views.set(lease.name, (view = fresh));
    }
    update(view, lease, owners, instances);
  }
  for (const [name, view] of views) {
    if (!leases.some((lease) => lease.name === name)) {
      view.panel.remove();
      views.delete(name);
    }
  }
}

function build(lease, columns, key) {
  const cells = lease.partitions.map(({ partition }) =>
    make("div", { className: "cell none", tabIndex: partition === 0 ? 0 : -1, role: "gridcell", data: { partition } }, make("b"), make("i")));
  const rows = [];
  for (let first = 0; first < cells.length; first += columns) {
    rows.push(make("div", { className: "row", role: "row" },
      make("span", { className: "axis", role: "rowheader" }, String(first)), ...cells.slice(first, first + columns)));
    rows[rows.length - 1].style.setProperty("--columns", columns);
  }
  const grid = make("div", { className: "grid", role: "grid", ariaLabel: `Partitions of ${lease.name}` }, ...rows);
  const facts = make("p");
  const detail = make("p", { className: "detail" });
  const legend = make("ul", { className: "legend" });
  const panel = make("section", { className: "panel", ariaLabel: `Lease ${lease.name}` },
    make("div", { className: "lease-head" }, make("h2", {}, `Partitions of \u201c${lease.name}\u201d`), facts), grid, detail, legend);
  const view = { key, panel, cells, facts, detail, legend, sessions: null, told: [], at: null };
  grid.addEventListener("keydown", (event) => move(view, columns, event));
  for (const type of ["focusin", "mouseover"]) {
    grid.addEventListener(type, (event) => point(view, event.target.closest(".cell")));
  }
  grid.addEventListener("mouseleave", () => point(view, document.activeElement.closest?.(".cell")));
  return view;
}

function update(view, lease, owners, instances) {
  const most = Math.max(20, ...lease.partitions.map(({ waiting }) => waiting), view.most ?? 0);
  view.most = most;
  lease.partitions.forEach((partition, index) => {
    const cell = view.cells[index];
    const owner = owners.get(partition.session)?.name;
    const next = owners.get(partition.pending)?.name;
    const stale = ["ENDED", "STARTING"].includes(owners.get(partition.session)?.status);
    const moving = partition.pending !== null && partition.pending !== partition.session;
    const unowned = partition.session === null;
    cell.className = `cell ${unowned ? "none" : "kind"}${moving ? " moving" : ""}${stale ? " stale" : ""}`;
    cell.dataset.kind = unowned ? "" : kindOf(owner ?? "");
    write(cell.firstChild, unowned ? "" : label(owner ?? "?"));
    cell.firstChild.hidden = unowned;
    cell.style.setProperty("--w", String(partition.waiting / most));
    if (view.sessions && !unowned && view.sessions[index] !== partition.session) {
      cell.animate([{ transform: "scale(.7)", opacity: .4 }, { transform: "none", opacity: 1 }], { duration: still() ? 0 : 600, easing: "ease-out" });
    }
    view.told[index] = tell(partition, stale ? `a process of ${owner} that has ended` : owner, moving ? next ?? "another" : null);
    cell.setAttribute("aria-label", view.told[index]);
  });
  view.sessions = lease.partitions.map(({ session }) => session);
  write(view.facts, facts(lease));
  write(view.detail, view.at === null ? "Point at a partition, or use the arrow keys, to see its owner." : view.told[view.at]);
  view.hasWork ||= lease.partitions.some(({ waiting }) => waiting > 0);
  showLegend(view, instances, view.hasWork);
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function tell({ partition, session, waiting }, owner, next) {
  const who = session === null ? "no instance" : owner ?? "another client";
  const work = waiting ? `, ${count(waiting, "order")} to do` : "";
  return `Partition ${partition}: owned by ${who}${next ? `, moving to ${next}` : ""}${work}`;
}

function facts({ partitions, size, balanced }) {
  if (partitions.length === 0) {
    return `${number(size)} partitions, too many to show`;
  }
  const unowned = partitions.filter(({ session }) => session === null).length;
  const moving = partitions.filter(({ pending, session }) => pending !== null && pending !== session).length;
  return [
    `${number(size)} partitions`,
    unowned ? `${unowned} without an owner` : "",
    moving ? `${moving} moving` : "",
    balanced ? "balanced" : "not balanced",
  ].filter(Boolean).join(" \u00b7 ");
}

function showLegend(view, instances, hasWork) {
  const names = [...new Set(sorted(instances).map(({ name }) => name))];
  const key = `${names.join()}/${hasWork}`;
  if (view.legend.dataset.key === key) {
    return;
  }
  view.legend.dataset.key = key;
  const item = (className, text, kind = "") => make("li", {}, make("span", { className: `swatch ${className}`, data: { kind } }), text);
  view.legend.replaceChildren(
    ...names.map((name) => item("kind", name, kindOf(name))),
    item("none", "no owner"), item("moving", "moving"), ...(hasWork ? [item("work", "orders to do")] : []));
}

function point(view, cell) {
  view.at = cell ? Number(cell.dataset.partition) : null;
  if (cell) {
    write(view.detail, view.told[view.at]);
  }
}

function move(view, columns, event) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -Infinity, End: Infinity };
  const cell = event.target.closest(".cell");
  if (!cell || !(event.key in steps)) {
    return;
  }
  event.preventDefault();
  const from = Number(cell.dataset.partition);
  const last = view.cells.length - 1;
  const step = steps[event.key];
  const to = Number.isFinite(step) ? (from + step < 0 || from + step > last ? from : from + step) : step < 0 ? 0 : last;
  cell.tabIndex = -1;
  view.cells[to].tabIndex = 0;
  view.cells[to].focus();
}
