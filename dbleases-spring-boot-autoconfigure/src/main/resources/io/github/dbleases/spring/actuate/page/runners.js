// The task runners of the instance that answers, with their throughput since the page was opened.
import { count, duration, keyed, make, number, write } from "./dom.js";
import { sparkline } from "./chart.js";
import { byNameOf } from "./cluster.js";

const POINTS = 60;
const RATE_MILLIS = 10_000;
const element = (id) => document.getElementById(id);

// By session and runner: behind a load balancer, each answer can come from another instance.
const samples = new Map();

export function showRunners({ client, runners, error }) {
  const all = byNameOf(runners).map(([name, runner]) => ({ name, ...runner }));
  element("runners-empty").hidden = all.length > 0;
  write(element("runners-facts"), all.length ? `of ${client.id}` : "");
  keyed(element("runners"), all, {
    key: ({ name }) => name,
    build,
    update: (view, runner) => update(view, runner, measure(`${client.session}/${runner.name}`, runner.completed), error),
  });
}

// Adds a sample, and returns the tasks per second at each one, as an average of the last ten seconds.
function measure(key, completed) {
  const now = performance.now();
  const taken = samples.get(key) ?? [];
  samples.set(key, taken);
  const first = taken.find(({ at }) => at >= now - RATE_MILLIS);
  const rate = first ? Math.max(0, (1000 * (completed - first.completed)) / Math.max(1, now - first.at)) : null;
  taken.push({ at: now, completed, rate });
  if (taken.length > POINTS) {
    taken.shift();
  }
  return taken.map((sample) => sample.rate).filter((value) => value !== null);
}

function build({ name }) {
  const view = {
    spark: make("div", { className: "sparks" }),
    rate: make("b"),
    now: make("p", { className: "facts" }),
    totals: make("p", { className: "facts" }),
  };
  view.root = make("li", { className: "runner" },
    make("div", { className: "what" }, make("p", {}, make("strong", {}, name)), view.now, view.totals),
    make("div", { className: "throughput" }, view.spark, make("p", {}, view.rate, " per second")));
  return view;
}

function update(view, runner, rates, error) {
  const rate = rates.at(-1);
  write(view.rate, rate === undefined ? "\u2013" : rate > 0 && rate < 10 ? rate.toFixed(1) : number(rate));
  view.spark.replaceChildren(sparkline(rates, POINTS));
  write(view.now, [
    `${number(runner.running)} running`,
    `${number(runner.held)} held`,
    runner.oldestPendingMillis !== undefined && `the oldest waits ${duration(runner.oldestPendingMillis)}`,
    runner.sessions ? `shared by ${count(runner.sessions, "instance")}` : error ? "" : "not running",
  ].filter(Boolean).join(" \u00b7 "));
  write(view.totals, `${number(runner.completed)} completed \u00b7 ${number(runner.failed)} failed \u00b7 ${number(runner.retried)} retried \u00b7 `
    + `${number(runner.givenUp)} given up \u00b7 ${number(runner.lost)} lost`);
}
