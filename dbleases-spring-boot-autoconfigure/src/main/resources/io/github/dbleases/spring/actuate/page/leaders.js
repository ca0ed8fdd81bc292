// The leader elections, with the leaders and their tokens.
import { count, keyed, make, moment, duration, write } from "./dom.js";
import { paintBadge } from "./kinds.js";
import { byNameOf, someOf } from "./cluster.js";
import { buttonsFor } from "./operations.js";
import { selectHistory } from "./history.js";

const FIRST = 10;
const element = (id) => document.getElementById(id);

export function showLeaders(cluster) {
  const elections = byNameOf(cluster.leaders).map(([name, election]) => ({ name, ...election }));
  element("leaders-empty").hidden = elections.length > 0;
  write(element("leaders-facts"), elections.length ? count(elections.length, "election") : "");
  keyed(element("leaders"), someOf(elections, FIRST, "leaders", () => showLeaders(cluster)), {
    key: ({ name }) => name,
    build,
    update: (view, election) => update(view, election, cluster),
  });
}

function build({ name }) {
  const view = {
    operations: buttonsFor("leader"),
    badge: make("span", { className: "badge none", ariaHidden: "true" }, make("b", { hidden: true })),
    who: make("span", { className: "who" }),
    facts: make("p", { className: "facts" }),
    token: make("p", { className: "facts token" }),
  };
  const history = make("button", { type: "button", className: "plain small", ariaLabel: `History of ${name}` }, "History");
  history.addEventListener("click", () => selectHistory({ lease: name }));
  view.root = make("li", {}, view.badge,
    make("div", { className: "what" }, make("p", { className: "line" }, make("strong", {}, name), " ", view.who), view.facts, view.token),
    make("div", { className: "buttons" }, ...view.operations.buttons, history));
  return view;
}

function update(view, { name, leader, isLeader, candidates }, { client, error }) {
  const known = leader ?? (isLeader ? { client: client.id, session: client.session } : null);
  view.operations.show({ lease: name, partition: 0, session: known?.session, candidates });
  paintBadge(view.badge, known?.client ?? null);
  view.who.parentElement.title = known ? `${name} is led by ${known.client}` : name;
  write(view.who, known ? `is led by ${known.client}` : error ? "has an unknown leader" : "has no leader");
  view.root.dataset.state = known ? "led" : "vacant";
  write(view.facts, [
    leader && `since ${moment(leader.since)}`,
    !error && count(candidates, "candidate"),
  ].filter(Boolean).join(" \u00b7 "));
  view.facts.title = leader ? `For ${duration(Date.now() - new Date(leader.since))}` : "";
  write(view.token, leader ? `Token ${leader.token}` : "");
}
