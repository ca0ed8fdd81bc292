// Whether all is well, or what isn't.
import { count, make, number, write } from "./dom.js";

const MOST = 5;
const ALARM = "\u26a0 ";
const element = (id) => document.getElementById(id);

export function showSummary(cluster) {
  const problems = cluster.lost ? [{ level: "bad", text: cluster.lost }] : problemsOf(cluster);
  const worst = ["bad", "warn", "busy"].find((level) => problems.some((problem) => problem.level === level)) ?? "good";
  element("summary").dataset.state = worst;
  const title = document.title.replace(ALARM, "");
  document.title = worst === "bad" ? `${ALARM}${title}` : title;
  write(element("summary-mark"), { good: "\u2713", busy: "\u21c4", warn: "!", bad: "!" }[worst]);
  write(element("summary-title"), cluster.lost ? "Nothing is known at the moment" : headline(worst, cluster));
  const texts = problems.slice(0, MOST).map(({ text }) => text);
  if (problems.length > MOST) {
    texts.push(`and ${number(problems.length - MOST)} more`);
  }
  const list = element("summary-problems");
  if (list.dataset.key !== texts.join("\n")) {
    list.dataset.key = texts.join("\n");
    list.replaceChildren(...texts.map((text) => make("li", {}, text)));
  }
}

function headline(worst, { sessions, leases, leaders, error }) {
  if (error) {
    return "The database doesn't answer";
  }
  if (worst === "bad" || worst === "warn") {
    return "Something needs attention";
  }
  const partitions = Object.values(leases).reduce((sum, lease) => sum + lease.partitions, 0);
  const shared = [
    partitions && `${count(partitions, "partition")} of ${count(Object.keys(leases).length, "lease")}`,
    Object.keys(leaders).length && count(Object.keys(leaders).length, "election"),
  ].filter(Boolean);
  return `${count(sessions.length, "instance")} ${sessions.length === 1 ? "has" : "share"} ${shared.join(" and ") || "nothing"}`;
}

function problemsOf({ client, sessions, leases, leaders, error }) {
  const found = [];
  const add = (level, text) => found.push({ level, text });
  if (error) {
    add("bad", `${error} ${sessions.length ? "What is shown of the others is what was known before." : "Nothing is known of the others."}`);
  }
  if (client.problem) {
    add("bad", client.problem);
  }
  if (client.state !== "ACTIVE") {
    add(["STOPPED", "CLOSED"].includes(client.state) ? "warn" : "bad", `${client.id} is ${client.state} and owns nothing.`);
  }
  for (const [name, { partitions, unassigned, balanced, moving }] of Object.entries(leases)) {
    if (unassigned) {
      add("bad", `${unassigned === partitions ? "No partition" : `${number(unassigned)} of ${count(partitions, "partition")}`} of ${name} ${unassigned === partitions ? "has an owner" : unassigned === 1 ? "has no owner" : "have no owner"}.`);
    }
    if (moving) {
      add("busy", `${count(moving, "partition")} of ${name} ${moving === 1 ? "is" : "are"} being handed over.`);
    } else if (balanced === false && !unassigned) {
      add("busy", `The shares of ${name} are not fair yet.`);
    }
  }
  for (const [name, { leader, candidates }] of Object.entries(leaders)) {
    if (!leader && !error) {
      add(candidates ? "bad" : "warn", candidates ? `No instance leads ${name}, although ${count(candidates, "instance is a candidate", "instances are candidates")}.` : `No instance is a candidate for ${name}.`);
    }
  }
  for (const { client: name, expiresInMillis, drained } of error ? [] : sessions) {
    if (drained) {
      add("busy", `${name} is drained and stands by until it is resumed.`);
    }
    if (expiresInMillis < 0) {
      add("warn", `The session of ${name} has expired. If it isn't renewed, another instance marks it dead.`);
    }
  }
  return found;
}
