// The leases of partitions: a grid with the owners, and how many partitions each instance owns.
import { count, keyed, make, number, write } from "./dom.js";
import { kindOf, label, sorted } from "./kinds.js";
import { makeGrid } from "./grid.js";
import { byNameOf, clientOf, hasExpired, partitionsOf, someOf } from "./cluster.js";
import { readLease } from "./endpoint.js";
import { buttonsFor, inspect } from "./operations.js";
import { selectHistory } from "./history.js";

const FIRST = 6;
const MOST_CELLS = 4096;
const narrow = matchMedia("(max-width: 40rem)");
const element = (id) => document.getElementById(id);

// The sessions that wait for partitions, by lease and partition.
const waiting = new Map();

// The answer about the whole cluster says how many partitions are moving, but not which ones.
export async function readMoving({ leases, error }) {
  if (error) {
    return;
  }
  waiting.clear();
  const moving = byNameOf(leases).filter(([, { moving: some, partitions }]) => some && partitions <= MOST_CELLS);
  await Promise.all(moving.slice(0, FIRST).map(async ([name]) => {
    const lease = await readLease(name).catch(() => ({ partitions: [] }));
    waiting.set(name, new Map(lease.partitions
      .filter(({ pendingSession, session }) => pendingSession !== null && pendingSession !== session)
      .map(({ partition, pendingSession }) => [partition, pendingSession])));
  }));
}

export function showLeases(cluster) {
  const leases = byNameOf(cluster.leases).map(([name, lease]) => ({ name, ...lease }));
  element("leases-empty").hidden = leases.length > 0;
  write(element("leases-facts"), count(leases.length, "lease"));
  keyed(element("leases"), someOf(leases, FIRST, "leases", () => showLeases(cluster)), {
    key: ({ name, partitions }) => `${name}/${partitions}`,
    build,
    update: (view, lease) => update(view, lease, cluster),
  });
}

function build({ name, partitions }) {
  const view = { facts: make("p"), operations: buttonsFor("lease"), legend: make("ul", { className: "legend" }) };
  const history = make("button", { type: "button", className: "plain small", ariaLabel: `History of ${name}` }, "History");
  history.addEventListener("click", () => selectHistory({ lease: name }));
  view.root = make("section", { className: "panel lease", ariaLabel: `Lease ${name}` },
    make("div", { className: "head" }, make("h2", {}, name), view.facts,
      make("div", { className: "buttons" }, ...view.operations.buttons, history)));
  if (partitions <= MOST_CELLS) {
    view.grid = makeGrid({
      label: `Partitions of ${name}`,
      hint: "Point at a partition, or use the arrow keys, to see its owner.",
      choose: (partition) => inspect("partition", { lease: name, partition }),
    });
    view.root.append(view.grid.grid, view.grid.detail, view.legend);
  } else {
    view.root.append(make("p", { className: "detail" }, "Too many partitions for a grid. Each instance owns:"), view.legend);
  }
  return view;
}

function update(view, lease, cluster) {
  view.operations.show({ lease: lease.name, assignments: lease.assignments });
  write(view.facts, [
    `${number(lease.partitions)} partitions`,
    lease.balanced === true && "balanced",
    lease.balanced === false && "not balanced",
  ].filter(Boolean).join(" \u00b7 "));
  const assignments = cluster.error && !lease.assignments.length ? own(lease, cluster.client) : lease.assignments;
  view.grid?.show(cells(lease, assignments, cluster), columns(lease.partitions));
  showLegend(view, lease, assignments);
}

// Without the database, an instance knows only what it owns itself.
const own = ({ owned }, { id, session }) =>
  owned.length ? [{ client: id, session, count: owned.length, partitions: owned.join(",") }] : [];

function cells(lease, assignments, cluster) {
  const next = waiting.get(lease.name);
  const all = Array.from({ length: lease.partitions }, (ignored, partition) => ({ owner: null, text: `Partition ${partition}: no owner` }));
  for (const { client, session, partitions } of assignments) {
    const stale = hasExpired(cluster, session);
    const shared = { owner: session, kind: kindOf(client), label: label(client), stale };
    for (const partition of partitionsOf(partitions)) {
      const to = next?.get(partition);
      all[partition] = { ...shared, moving: to !== undefined, text: words(partition, client, stale, to && (clientOf(cluster, to) ?? "another session")) };
    }
  }
  return all;
}

const words = (partition, client, stale, to) =>
  `Partition ${partition}: ${client}${stale ? ", whose session has expired" : ""}${to ? `, moving to ${to}` : ""}`;

function columns(partitions) {
  if (narrow.matches) {
    return partitions <= 64 ? 8 : partitions <= 512 ? 16 : 32;
  }
  return partitions <= 64 ? 16 : partitions <= 512 ? 32 : 64;
}

function showLegend({ legend, grid }, lease, assignments) {
  const items = sorted(assignments.map((assignment) => ({ ...assignment, name: assignment.client })))
    .map(({ name, count: owned, partitions, session }) => ({ key: session, name, swatch: "kind", kind: kindOf(name), owned, ranges: partitions }));
  items.push({ key: "none", name: "no owner", swatch: "none", kind: "", owned: lease.unassigned, ranges: "" });
  if (grid) {
    items.push({ key: "moving", name: "moving", swatch: "moving", kind: "", owned: lease.moving, ranges: "" });
  }
  keyed(legend, items, {
    key: ({ key }) => key,
    build: ({ name, swatch, kind }) => {
      const view = { number: make("b") };
      view.root = make("li", {}, make("span", { className: `swatch ${swatch}`, ariaHidden: "true", data: { kind } }), make("span", { className: "name" }, name), view.number);
      return view;
    },
    update: (view, { owned, ranges }) => {
      write(view.number, owned === null ? "?" : number(owned));
      view.root.title = ranges.length > 400 ? `${ranges.slice(0, 400)}\u2026` : ranges;
    },
  });
}
