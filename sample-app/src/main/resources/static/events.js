// Describes what changed from one state to the next.
import { leading } from "./reports.js";
import { title } from "./emails.js";
import { count, describe, kindOf, make, number } from "./kinds.js";

const MOST = 100;
const list = document.getElementById("events");
let before = null;
let orphanedAt = null;
let leaderlessAt = null;
const orphanedEmails = new Map();

list.append(make("li", { className: "empty" }, "Nothing yet."));

export function say(text, name) {
  list.querySelector(".empty")?.remove();
  const swatch = name ? [make("span", { className: "swatch kind", ariaHidden: "true", data: { kind: kindOf(name) } }), " "] : [];
  list.prepend(make("li", {}, make("time", {}, new Date().toLocaleTimeString("en-GB")), make("span", {}, ...swatch, text)));
  while (list.children.length > MOST) {
    list.lastChild.remove();
  }
}

export function observe(state) {
  if (before && !state.problem) {
    tellSessions(state);
    tellMoves(state);
    tellLeader(state);
    tellEmails(state);
    tellVerdict(state);
  }
  if (state.problem && !before?.problem) {
    say("The database doesn't answer");
  }
  before = state;
}

function tellSessions(state) {
  const sessions = (of) => new Map(of.instances.filter(({ session }) => session !== null).map((instance) => [instance.session, instance]));
  const was = sessions(before);
  const is = sessions(state);
  for (const [session, instance] of is) {
    if (!was.has(session)) {
      say(`${describe(instance)} has joined`, instance.name);
    }
  }
  for (const [session, instance] of was) {
    if (!is.has(session)) {
      say(`The session of ${instance.name} is over`, instance.name);
    }
  }
  for (const instance of state.instances) {
    const earlier = before.instances.find(({ name, port }) => name === instance.name && port === instance.port);
    if (instance.status === "ENDED" && earlier && earlier.status !== "ENDED") {
      if (instance.owned) {
        orphanedAt ??= Date.now();
      }
      if (before.reports.leader && before.reports.leader.session === earlier.session) {
        leaderlessAt ??= Date.now();
      }
      if (instance.emails.held) {
        orphanedEmails.set(instance.session, { name: instance.name, held: instance.emails.held, at: Date.now() });
      }
      const holds = [instance.owned && count(instance.owned, "partition"), instance.emails.held && count(instance.emails.held, "email")].filter(Boolean);
      say(`The process of ${instance.name} has ended${holds.length ? `; its session still holds ${holds.join(" and ")}` : ""}`, instance.name);
    }
  }
}

function tellMoves(state) {
  for (const lease of state.leases) {
    const was = before.leases.find(({ name, size }) => name === lease.name && size === lease.size);
    if (!was) {
      continue;
    }
    const gained = new Map();
    lease.partitions.forEach(({ session }, index) => {
      if (session !== null && was.partitions[index] && was.partitions[index].session !== session) {
        gained.set(session, (gained.get(session) ?? 0) + 1);
      }
    });
    for (const [session, gain] of gained) {
      const owner = state.instances.find((instance) => instance.session === session);
      say(`${owner?.name ?? "Another client"} took over ${count(gain, "partition")} of ${lease.name}`, owner?.name);
    }
  }
  const lease = state.leases[0];
  const live = new Set(state.instances.filter(({ status }) => status === "ACTIVE").map(({ session }) => session));
  if (orphanedAt && lease?.partitions.every(({ session }) => live.has(session))) {
    say(`All partitions of ${lease.name} have a live owner, ${((Date.now() - orphanedAt) / 1000).toFixed(1)} s after the process ended`);
    orphanedAt = null;
  }
}

function tellLeader(state) {
  const { leader } = state.reports;
  if (leader && leader.token !== before.reports.leader?.token) {
    const { name } = leading(state);
    const after = leaderlessAt ? `, ${((Date.now() - leaderlessAt) / 1000).toFixed(1)} s after the leader ended` : "";
    say(`${name} was elected and now writes the reports${after}`, name);
    leaderlessAt = null;
  } else if (!leader && before.reports.leader) {
    say("No instance leads");
  }
}

// The emails of a process that has ended change hands only when another session claims them.
function tellEmails({ instances, emails }) {
  for (const [session, orphans] of orphanedEmails) {
    const holder = instances.find((instance) => instance.session === session);
    if (holder) {
      orphans.held = holder.emails.held;
    } else if (emails.ownerless === 0) {
      const after = ((Date.now() - orphans.at) / 1000).toFixed(1);
      say(`The others took over the ${count(orphans.held, "email")} that ${orphans.name} held, ${after} s after it ended`, orphans.name);
      orphanedEmails.delete(session);
    }
  }
  if (!before.emails) {
    return;
  }
  const aside = emails.outbox.givenUp - before.emails.outbox.givenUp;
  if (aside > 0) {
    say(`${count(aside, "email")} given up: ${emails.outbox.answer ?? "no answer"}`);
  }
  const { verdict } = emails;
  if (verdict && verdict.checkedAt !== before.emails.verdict?.checkedAt) {
    say(`${title(verdict)}: ${number(verdict.sent)} sent${verdict.givenUp ? `, ${number(verdict.givenUp)} given up` : ""}`);
  }
}

function tellVerdict({ verdict }) {
  if (verdict && verdict.orders !== before.verdict?.orders) {
    const wrong = verdict.wrong.length;
    say(wrong ? `${number(wrong)} balances are wrong` : `All balances are right after ${number(verdict.orders)} orders`);
  }
}
