// The instance that writes the sales reports, and the latest ones. A later leader has a higher token.
import { kindOf, label, make, money, number, write } from "./kinds.js";

const element = (id) => document.getElementById(id);
const time = (instant) => new Date(instant).toLocaleTimeString("en-GB");

// The instance whose session leads. The session may belong to a process that has ended.
export const leading = ({ reports, instances }) =>
  reports.leader && (instances.find(({ session }) => session === reports.leader.session) ?? { name: reports.leader.client });

export function showReports(state) {
  const { reports } = state;
  showLeader(state);
  const key = reports.latest.map(({ id }) => id).join();
  const rows = element("report-rows");
  if (reports.latest.length && rows.dataset.key !== key) {
    const last = Number(rows.dataset.last ?? Infinity);
    rows.dataset.key = key;
    rows.dataset.last = String(reports.latest[0].id);
    rows.replaceChildren(...reports.latest.map((report, index) => row(report, reports.latest[index + 1], report.id > last)));
    element("reports-empty").hidden = true;
    element("reports-table").hidden = false;
  }
}

function showLeader(state) {
  const { leader } = state.reports;
  const instance = leading(state);
  const ended = ["ENDED", "STARTING"].includes(instance?.status);
  const box = element("leader");
  box.dataset.state = !leader ? "none" : ended ? "ended" : "leads";
  const badge = element("leader-badge");
  badge.className = leader ? "badge kind" : "badge none";
  badge.dataset.kind = leader ? kindOf(instance.name) : "";
  write(badge.firstChild, leader ? label(instance.name) : "");
  badge.firstChild.hidden = !leader;
  write(element("leader-name"), leader ? `${instance.name} ${ended ? "was the leader and has ended" : "leads"}` : "No leader");
  write(element("leader-text"), about(leader, instance, ended));
}

function about(leader, instance, ended) {
  if (!leader) {
    return "No reports are written until an instance is elected.";
  }
  return ended
    ? `Another one is elected soon after its session expires, in ${(Math.max(0, instance.expiresInMillis) / 1000).toFixed(1)} s.`
    : `Since ${leader.since ? time(leader.since) : "its election"}, with token ${leader.token}`;
}

function row(report, before, fresh) {
  const took = before && before.token !== report.token;
  const cell = (name, text) => make("td", { data: { name } }, text);
  const writer = cell("Written by", "");
  writer.append(make("span", { className: "swatch kind", ariaHidden: "true", data: { kind: kindOf(report.writtenBy) } }), " ", report.writtenBy);
  if (took) {
    writer.append(" ", make("span", { className: "took" }, report.writtenBy === before.writtenBy ? "elected again" : "took over"));
  }
  return make("tr", { className: `${took ? "after" : ""}${fresh ? " fresh" : ""}` },
    make("td", { data: { name: "Time" } }, time(report.writtenAt)), writer,
    cell("Done", number(report.done)), cell("Waiting", number(report.waiting)),
    cell("Sales", money(report.sales)), cell("Refunds", money(report.refunds)), cell("Token", String(report.token)));
}
