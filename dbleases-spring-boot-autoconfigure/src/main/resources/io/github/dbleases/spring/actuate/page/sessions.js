// The instances with a live session: what they own and lead, and how long they are trusted without another heartbeat.
import { count, duration, keyed, make, moment, number, write } from "./dom.js";
import { badge, sorted } from "./kinds.js";
import { byNameOf, someOf } from "./cluster.js";
import { buttonsFor } from "./operations.js";
import { selectHistory } from "./history.js";

const FIRST = 12;
const LOW = 0.34;
const element = (id) => document.getElementById(id);

export function showSessions(cluster) {
  const { sessions } = cluster;
  const all = sorted(sessions.map((session) => ({ ...session, name: session.client })));
  write(element("sessions-facts"), sessions.length ? `${count(sessions.length, "session")}` : "");
  element("sessions-empty").hidden = sessions.length > 0;
  element("sessions").parentElement.hidden = sessions.length === 0;
  const shares = sharesOf(cluster);
  keyed(element("sessions"), someOf(all, FIRST, "sessions", () => showSessions(cluster)), {
    key: ({ session }) => session,
    build,
    update: (view, session) => update(view, session, shares.get(session.session), cluster),
  });
}

function sharesOf({ sessions, leases, leaders }) {
  const shares = new Map(sessions.map(({ session }) => [session, { partitions: 0, leases: [], leads: [] }]));
  for (const [name, { assignments }] of byNameOf(leases)) {
    for (const { session, count: owned } of assignments) {
      const share = shares.get(session);
      if (share) {
        share.partitions += owned;
        share.leases.push(`${number(owned)} of ${name}`);
      }
    }
  }
  for (const [name, { leader }] of byNameOf(leaders)) {
    shares.get(leader?.session)?.leads.push(name);
  }
  return shares;
}

function build({ client, session }) {
  const cell = (name, className = "", ...children) => make("td", { role: "cell", className, data: { name } }, ...children);
  const view = {
    bar: make("span"),
    left: make("span", { className: "left" }),
    partitions: cell("Partitions", "amount"),
    leads: cell("Leads", "names"),
    up: cell("Up for", "up"),
    weight: cell("Weight", "weight amount"),
    actions: make("td", { role: "cell", className: "buttons" }),
    self: make("span", { className: "pill" }, "serves this page"),
    drained: make("span", { className: "pill" }, "drained"),
  };
  view.life = make("div", { className: "life", role: "meter", ariaLabel: `Time until the session of ${client} expires` }, view.bar);
  view.life.setAttribute("aria-valuemin", "0");
  view.operations = buttonsFor("session");
  const history = make("button", { type: "button", className: "plain small", ariaLabel: `History of ${client}` }, "History");
  history.addEventListener("click", () => selectHistory({ session, name: client }));
  view.actions.append(...view.operations.buttons, history);
  view.root = make("tr", { role: "row" },
    make("th", { role: "rowheader", scope: "row" }, make("span", { className: "party" }, badge(client), make("span", { className: "name" }, client), view.drained, view.self)),
    view.partitions, view.leads,
    cell("Session expires in", "expiry", make("span", { className: "meter" }, view.life, view.left)),
    view.up, view.weight, cell("Session", "token", String(session)), view.actions);
  return view;
}

function update(view, session, { partitions, leases, leads }, { client }) {
  const { weight, startedAt, expiresInMillis, self, drained = false } = session;
  view.operations.show({ session: session.session, client: session.client, drained });
  view.drained.hidden = !drained;
  const part = Math.min(1, Math.max(0, expiresInMillis / client.ttlMillis));
  view.bar.style.width = `${100 * part}%`;
  view.life.dataset.low = String(part < LOW);
  view.life.setAttribute("aria-valuemax", String(client.ttlMillis / 1000));
  view.life.setAttribute("aria-valuenow", (part * client.ttlMillis / 1000).toFixed(1));
  view.root.dataset.state = expiresInMillis < 0 ? "expired" : "live";
  view.self.hidden = !self;
  write(view.left, expiresInMillis < 0 ? "expired" : `${(expiresInMillis / 1000).toFixed(1)} s`);
  write(view.partitions, number(partitions));
  view.partitions.title = leases.join(", ");
  write(view.leads, leads.length > 3 ? `${leads.slice(0, 2).join(", ")} and ${leads.length - 2} more` : leads.join(", ") || "\u2013");
  view.leads.title = leads.join(", ");
  write(view.up, duration(Date.now() - new Date(startedAt)));
  view.up.title = `Since ${moment(startedAt)}`;
  write(view.weight, number(weight));
}
