// What happened, newest first, of everything or of one lease, election or instance.
import { keyed, make, moment, write } from "./dom.js";
import { party, sorted } from "./kinds.js";
import { byNameOf, partitionWords } from "./cluster.js";
import { readCluster, readLease } from "./endpoint.js";

const EVENTS = 20;
const EVERYTHING = "everything";

// The history of one lease is a request of its own, so it is not read at each turn.
const TURNS = 5;

const element = (id) => document.getElementById(id);
const panel = element("history-panel");
const filter = element("history-filter");
let about = null;
let page = 1;
let next = null;
let turn = 0;
let fetched = null;
let elections = new Set();

// What the page adds to its request about the whole cluster, so that one answer has both.
export const historyParameters = () => (page === 1 && !about?.lease ? { history: EVENTS, session: about?.session ?? null } : {});

// Has the history of one lease read at the next turn.
export const expectHistory = () => (turn = 0);

// Reads the first page of the history of one lease, now and then.
export async function readHistory() {
  if (page === 1 && about?.lease && turn++ % TURNS === 0) {
    fetched = await fetchPage(null);
  }
}

async function fetchPage(before) {
  const parameters = { history: EVENTS, before };
  try {
    const answer = about?.lease ? await readLease(about.lease, parameters) : await readCluster({ ...parameters, session: about?.session ?? null });
    return answer.history ?? { events: [], error: answer.error };
  } catch (problem) {
    return { events: [], error: problem.message };
  }
}

export function showHistory(cluster, answered) {
  elections = new Set(Object.keys(cluster.leaders));
  showFilter(cluster);
  if (page === 1) {
    const history = about?.lease ? fetched : answered;
    if (history) {
      show(history);
    } else if (cluster.error) {
      show({ events: [], error: cluster.error });
    }
  }
}

function show(history) {
  const { events, error } = history;
  next = history.next ?? null;
  if (events.length || !error) {
    keyed(element("history"), events, { key: ({ id }) => id, build: row, update: () => {} });
    panel.querySelector("table").hidden = events.length === 0;
  }
  element("history-empty").hidden = events.length > 0;
  write(element("history-empty"), error ?? "Nothing is recorded.");
  element("history-older").disabled = next === null;
  element("history-newest").disabled = page === 1;
  write(element("history-page"), page === 1 ? "" : `Page ${page}`);
}

function row(event) {
  const cell = (name, child) => make("td", { role: "cell", className: child ? "" : "nothing", data: { name } }, child || "\u2013");
  const time = make("time", { dateTime: event.at, title: event.at }, moment(event.at));
  return { root: make("tr", { role: "row", data: { type: event.type } },
    make("td", { role: "cell", className: "time", data: { name: "Time" } }, time),
    cell("Lease", event.lease),
    make("td", { role: "cell", className: "told", data: { name: "What happened" } }, ...tell(event)),
    cell("Why", event.cause?.replaceAll("-", " ")),
    cell("Changed by", event.by && party(event.by, "badge tiny"))) };
}

// A sentence for each type. An event of a later version is told by its type.
const SENTENCES = {
  "session-opened": ({ session }) => [session, " opened a session"],
  "session-ended": ({ session }) => [session, " closed its session"],
  "session-marked-dead": ({ session }) => [session, " was marked dead"],
  granted: ({ session, what }) => [session, ` got ${what}`],
  moved: ({ session, from, what }) => [from, ` handed ${what} over to `, session],
  "taken-over": ({ session, from, what }) => [session, ` took ${what} over from `, from],
  vacated: ({ session, from, what }) => [from ?? session, ` gave up ${what}, which has no owner now`],
  "hand-over-requested": ({ session, to, what }) => [session, ` was asked to hand ${what} over to `, to],
  "hand-over-withdrawn": ({ session, what }) => [session, ` no longer needs to hand over ${what}`],
  elected: ({ session, from }) => [session, " was elected", ...(from ? [" after ", from] : [])],
  "incarnation-found": () => ["A new incarnation of the database was found"],
  "work-overdue": ({ session, what }) => [session, ` held ${what} for longer than the work deadline`],
  operation: ({ principal, session }) => [`${principal ?? "An unknown user"} asked for an operation`, ...(session ? [" on ", session] : [])],
};

function tell(event) {
  const parties = Object.fromEntries(["session", "from", "to"].map((role) => [role, event[role] && party(event[role], "badge tiny")]));
  const what = elections.has(event.lease) ? "the leadership" : event.partitions ? partitionWords(event.partitions) : "nothing";
  const sentence = SENTENCES[event.type]?.({ ...parties, what, principal: event.principal }) ?? [parties.session, ` ${event.type.replaceAll("-", " ")}`];
  const details = [event.token && `token ${event.token}`, event.detail].filter(Boolean).join(", ");
  return [make("span", {}, ...sentence.filter((part) => part !== undefined)), ...(details ? [make("span", { className: "aside" }, details)] : [])];
}

function showFilter({ leases, leaders, sessions }) {
  const groups = [
    ["Leases", byNameOf(leases).map(([name]) => [`lease:${name}`, name])],
    ["Elections", byNameOf(leaders).map(([name]) => [`lease:${name}`, name])],
    ["Instances", sorted(sessions.map(({ client, session }) => ({ name: client, session }))).map(({ name, session }) => [`session:${session}`, name])],
  ];
  const chosen = about?.lease ? `lease:${about.lease}` : about?.session ? `session:${about.session}` : EVERYTHING;
  if (![EVERYTHING, ...groups.flatMap(([, options]) => options.map(([value]) => value))].includes(chosen)) {
    groups.push(["No longer live", [[chosen, about.name ?? about.lease ?? String(about.session)]]]);
  }
  const key = JSON.stringify(groups);
  if (filter.dataset.key !== key) {
    filter.dataset.key = key;
    const option = (value, text) => make("option", { value }, text);
    filter.replaceChildren(option(EVERYTHING, "everything"), ...groups.filter(([, options]) => options.length)
      .map(([name, options]) => make("optgroup", { label: name }, ...options.map(([value, text]) => option(value, text)))));
  }
  if (filter.value !== chosen) {
    filter.value = chosen;
  }
}

async function turnTo(nextPage, before) {
  page = nextPage;
  turn = 0;
  const asked = about;
  const history = await fetchPage(before);
  if (asked === about && page === nextPage) {
    fetched = history;
    show(history);
  }
}

// Shows the history of a lease or election ({ lease }), or of a session ({ session, name }).
export function selectHistory(subject) {
  about = subject;
  turnTo(1, null);
  const value = subject.lease ? `lease:${subject.lease}` : `session:${subject.session}`;
  filter.value = value;
  panel.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth", block: "start" });
  element("history-title").focus({ preventScroll: true });
}

filter.addEventListener("change", () => {
  const [kind, value] = [filter.value.split(":", 1)[0], filter.value.slice(filter.value.indexOf(":") + 1)];
  const name = filter.selectedOptions[0].textContent;
  about = kind === "lease" ? { lease: value } : kind === "session" ? { session: Number(value), name } : null;
  turnTo(1, null);
});
element("history-older").addEventListener("click", () => turnTo(page + 1, next));
element("history-newest").addEventListener("click", () => turnTo(1, null));
