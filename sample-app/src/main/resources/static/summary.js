// The progress of the work, and whether the balances are right.
import { count, kindOf, make, money, number, sorted, write } from "./kinds.js";

const element = (id) => document.getElementById(id);

export function showSummary({ orders, instances, verdict }) {
  if (!orders) {
    return;
  }
  write(element("done"), number(orders.done));
  write(element("total"), number(orders.total));
  write(element("rate"), number(orders.perSecond));
  showProgress(orders, instances);
  showVerdict(orders, verdict);
}

function showProgress(orders, instances) {
  const shares = sorted(instances).filter((instance) => instance.done > 0).map(({ name, done }) => ({ name, part: done }));
  showShares(element("progress"), shares, orders.total, orders.done);
}

// A bar with the share that each instance has done.
export function showShares(bar, shares, all, done) {
  const key = shares.map(({ name }) => name).join();
  if (bar.dataset.key !== key) {
    bar.dataset.key = key;
    bar.replaceChildren(...shares.map(({ name }) => make("span", { className: "kind", data: { kind: kindOf(name) } })));
  }
  shares.forEach(({ name, part }, index) => {
    bar.children[index].style.width = `${(100 * part) / all}%`;
    bar.children[index].title = `${name}: ${number(part)}`;
  });
  bar.setAttribute("aria-valuenow", all ? Math.floor((100 * done) / all) : 0);
  bar.setAttribute("aria-valuetext", `${number(done)} of ${number(all)}`);
}

function showVerdict(orders, verdict) {
  const waiting = orders.total - orders.done;
  const current = verdict && verdict.orders === orders.total;
  const wrong = current ? verdict.wrong : [];
  const state = !current ? "none" : verdict.wrong.length ? "wrong" : "right";
  element("verdict").dataset.state = state;
  write(element("verdict-mark"), { none: "\u2026", right: "\u2713", wrong: "\u2717" }[state]);
  write(element("verdict-title"), title(state, orders, verdict, waiting));
  write(element("verdict-text"), text(state, orders, verdict, waiting));
  element("wrong").hidden = wrong.length === 0;
  const key = current ? String(verdict.orders) : "";
  if (element("wrong").dataset.key !== key) {
    element("wrong").dataset.key = key;
    element("wrong").open = true;
    element("wrong-rows").replaceChildren(...wrong.map(row));
  }
}

function title(state, orders, verdict, waiting) {
  switch (state) {
    case "right":
      return "All balances are right";
    case "wrong":
      return `${number(verdict.wrong.length)} of ${number(verdict.customers)} balances are wrong`;
    default:
      if (!orders.imported) {
        return "Importing the orders";
      }
      return waiting ? `${count(waiting, "order")} to do` : orders.total ? "Checking the balances" : "There are no orders";
  }
}

function text(state, orders, verdict, waiting) {
  if (state === "none") {
    return waiting ? "Once all are done, every balance is compared with the orders." : orders.total ? "" : "Add some below.";
  }
  const at = new Date(verdict.checkedAt).toLocaleTimeString("en-GB");
  return `${number(verdict.orders)} orders of ${number(verdict.customers)} customers, checked by ${verdict.checkedBy} at ${at}`;
}

const row = ({ customer, expected, actual }) =>
  make("tr", {}, make("td", {}, customer), ...[expected, actual, actual - expected].map((cents) => make("td", {}, money(cents))));
