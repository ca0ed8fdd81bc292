// The partitions of each lease as a grid, with the orders that are left to do.
import { count, kindOf, label, make, number, sorted, write } from "./kinds.js";
import { makeGrid } from "./actuator/leasespage/grid.js";

const narrow = matchMedia("(max-width: 40rem)");
const views = new Map();

export function showLeases({ leases, instances }) {
  const owners = new Map(instances.filter(({ session }) => session !== null).map((instance) => [instance.session, instance]));
  for (const lease of leases) {
    if (!views.has(lease.name)) {
      views.set(lease.name, build(lease));
    }
    update(views.get(lease.name), lease, owners, instances);
  }
  for (const [name, view] of views) {
    if (!leases.some((lease) => lease.name === name)) {
      view.panel.remove();
      views.delete(name);
    }
  }
}

function build({ name }) {
  const view = {
    most: 20,
    facts: make("p"),
    legend: make("ul", { className: "legend" }),
    grid: makeGrid({ label: `Partitions of ${name}`, hint: "Point at a partition, or use the arrow keys, to see its owner." }),
  };
  view.panel = make("section", { className: "panel", ariaLabel: `Lease ${name}` },
    make("div", { className: "lease-head" }, make("h2", {}, `Partitions of \u201c${name}\u201d`), view.facts), view.grid.grid, view.grid.detail, view.legend);
  document.getElementById("leases").append(view.panel);
  return view;
}

function update(view, lease, owners, instances) {
  view.most = Math.max(view.most, ...lease.partitions.map(({ waiting }) => waiting));
  view.grid.show(lease.partitions.map((partition) => cell(partition, owners, view.most)), narrow.matches ? 8 : 16);
  write(view.facts, facts(lease));
  view.hasWork ||= lease.partitions.some(({ waiting }) => waiting > 0);
  showLegend(view, instances, view.hasWork);
}

function cell(partition, owners, most) {
  const { session, pending, waiting } = partition;
  const owner = owners.get(session);
  const name = owner?.name ?? "";
  const stale = ["ENDED", "STARTING"].includes(owner?.status);
  const moving = pending !== null && pending !== session;
  const next = moving ? owners.get(pending)?.name ?? "another" : null;
  return {
    owner: session, kind: kindOf(name), label: label(name), moving, stale, load: waiting / most,
    text: tell(partition, stale ? `a process of ${name} that has ended` : owner?.name, next),
  };
}

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
