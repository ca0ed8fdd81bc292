// The write operations. Each shows its plan, which is the answer to a dry run, before it can be confirmed.
import { make, moment, number, write } from "./dom.js";
import { party, sorted } from "./kinds.js";
import { partitionWords } from "./cluster.js";
import { change, readLease } from "./endpoint.js";

// A new operation of the endpoint needs one entry: what it is done to, its words, and the body of its request. With
// `choose`, an instance is chosen, which is passed to `body`. It is only offered if `when` says so.
const OPERATIONS = [
  {
    operation: "move", on: "partition", button: "Move", choose: "Move to",
    title: ({ lease, partition }) => `Move partition ${partition} of ${lease}`,
    text: "The owner stops its work on the partition first. If the receiver would own too much, it gives another partition back.",
    body: ({ partition }, instance) => ({ partition, instance }),
  },
  {
    operation: "move", on: "leader", button: "Move", choose: "Move to",
    title: ({ lease }) => `Move the leadership of ${lease}`,
    text: "The leader stops its work first. Then the chosen instance leads, with a higher token.",
    body: (target, instance) => ({ instance }),
  },
  {
    operation: "resign", on: "leader", button: "Resign", when: ({ session }) => session !== undefined,
    title: ({ lease }) => `Ask the leader of ${lease} to resign`,
    text: "The leader stops its work first. Then another candidate leads. The former leader ranks last for a while.",
    body: ({ session }) => ({ instance: String(session) }),
  },
  {
    operation: "rebalance", on: "lease", button: "Rebalance",
    title: ({ lease }) => `Rebalance ${lease}`,
    text: "The shares become fair now, without waiting for the debounce.",
    body: () => ({}),
  },
  {
    operation: "drain", on: "session", button: "Drain", when: ({ drained }) => !drained,
    title: ({ client }) => `Drain ${client}`,
    text: "The instance hands over everything as soon as its work on it has ended, and stands by until it is resumed.",
    body: ({ session }) => ({ instance: String(session) }),
  },
  {
    operation: "resume", on: "session", button: "Resume", when: ({ drained }) => drained,
    title: ({ client }) => `Resume ${client}`,
    text: "The instance takes part again, and gets its share after the debounce.",
    body: ({ session }) => ({ instance: String(session) }),
  },
  {
    operation: "remove", on: "lease", button: "Remove", when: ({ assignments }) => assignments.length === 0,
    title: ({ lease }) => `Remove ${lease}`,
    text: "No instance uses the lease. It is created again when an instance joins it.",
    body: () => ({}),
  },
  {
    operation: "remove", on: "leader", button: "Remove", when: ({ candidates }) => candidates === 0,
    title: ({ lease }) => `Remove ${lease}`,
    text: "No instance is a candidate. The election is created again when an instance joins it.",
    body: () => ({}),
  },
];

const FACTS = ["Owner", "Session", "Token", "Since"];

const element = (id) => document.getElementById(id);
const dialog = element("dialog");

// In a frame of another page, a user could be tricked into a click.
const allowed = new Set(window.top === window.self ? document.documentElement.dataset.operations.split(" ") : []);
let elections = new Set();
let open = null;
let changed = () => {};

// Learns which names are those of elections.
export const learnElections = ({ leaders }) => (elections = new Set(Object.keys(leaders)));

// Sets what is called after an operation.
export const onChange = (listener) => (changed = listener);

const operationsOn = (kind) => OPERATIONS.filter(({ operation, on }) => on === kind && allowed.has(operation));

// Makes a button for each operation that is allowed on a kind of thing. Call `show` with what it would be done to.
export function buttonsFor(kind) {
  let current = null;
  const buttons = operationsOn(kind).map((operation) => {
    const button = make("button", { type: "button", className: "plain small" }, `${operation.button}\u2026`);
    button.addEventListener("click", () => start(operation, current));
    return { operation, button };
  });
  return {
    buttons: buttons.map(({ button }) => button),
    show(target) {
      current = target;
      for (const { operation, button } of buttons) {
        button.hidden = !(operation.when?.(target) ?? true);
        button.setAttribute("aria-label", `${operation.title(target)}\u2026`);
      }
    },
  };
}

// Shows what is known about a partition, with the operation on it if there is one.
export function inspect(kind, target) {
  const [operation = null] = operationsOn(kind);
  start(operation, target);
}

async function start(operation, target) {
  const mine = (open = { operation, target });
  write(element("dialog-title"), operation?.title(target) ?? `Partition ${target.partition} of ${target.lease}`);
  write(element("dialog-text"), operation?.text ?? "");
  showFacts(target.partition === undefined ? [] : FACTS.map((name) => [name, "\u2026"]));
  element("dialog-choice").hidden = !operation?.choose;
  element("dialog-plan").hidden = !operation;
  element("dialog-confirm").hidden = !operation;
  write(element("dialog-confirm"), operation?.button ?? "");
  write(element("dialog-cancel"), operation ? "Cancel" : "Close");
  showPlan("Reading the lease");
  dialog.showModal();
  try {
    const lease = target.lease === undefined ? null : await readLease(target.lease);
    if (open === mine) {
      mine.lease = lease;
      showFacts(factsOf(lease, target));
      showChoice(lease, operation, target);
      await plan();
    }
  } catch (problem) {
    showRefusal(mine, problem);
  }
}

function factsOf(lease, { partition }) {
  const owned = lease?.partitions.find((one) => one.partition === partition);
  if (!owned) {
    return [];
  }
  const values = [owned.client ?? "none", owned.session ?? "none", owned.token, owned.since ? moment(owned.since) : "not known"];
  const facts = FACTS.map((name, index) => [name, String(values[index])]);
  const next = lease.members.find(({ session }) => session === owned.pendingSession);
  return owned.pendingSession === null ? facts : [...facts, ["Moving to", next?.client ?? `session ${owned.pendingSession}`]];
}

const showFacts = (facts) =>
  element("dialog-facts").replaceChildren(...facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));

function showChoice(lease, operation, { partition }) {
  if (!operation?.choose) {
    return;
  }
  const owner = lease.partitions.find((one) => one.partition === partition)?.session;
  const others = sorted(lease.members.map(({ client, session }) => ({ name: client, session }))).filter(({ session }) => session !== owner);
  const same = (name) => others.filter((other) => other.name === name).length > 1;
  element("dialog-choice").firstChild.textContent = `${operation.choose} `;
  element("dialog-instance").replaceChildren(...others.map(({ name, session }) =>
    make("option", { value: String(session) }, same(name) ? `${name}, session ${session}` : name)));
  element("dialog-instance").focus();
}

const bodyOf = ({ operation, target }, dryRun) =>
  ({ operation: operation.operation, ...operation.body(target, element("dialog-instance").value), dryRun });

async function plan() {
  const mine = open;
  const { operation, target, lease } = mine;
  if (!operation) {
    return;
  }
  if (operation.choose && !element("dialog-instance").value) {
    showPlan("There is no other instance.");
    return;
  }
  showPlan("Asking for the plan");
  const asked = (mine.asked = {});
  try {
    const answer = await change(target.lease ?? null, bodyOf(mine, true));
    if (open === mine && mine.asked === asked) {
      const changes = answer.moves.length ? "The plan" : "The plan: nothing is handed over.";
      showPlan(answer.changed ? changes : "There is nothing to do: it is already so, or under way.", answer.moves, lease);
      element("dialog-confirm").disabled = !answer.changed;
    }
  } catch (problem) {
    if (mine.asked === asked) {
      showRefusal(mine, problem);
    }
  }
}

function showPlan(title, moves = [], lease = null, state = "") {
  element("dialog-plan").dataset.state = state;
  write(element("plan-title"), title);
  element("plan-moves").replaceChildren(...moves.map((move) => make("li", {},
    make("span", { className: "moved" }, what(move, lease)), party(move.from, "badge tiny"),
    make("span", {}, "\u2192", make("span", { className: "quiet" }, "to")),
    move.to ? party(move.to, "badge tiny") : make("span", {}, "no instance"))));
  element("dialog-confirm").disabled = true;
}

// What moves, with the name of its lease unless the operation is about that lease.
function what({ lease, partitions }, about) {
  const leadership = about ? about.kind === "leader" : elections.has(lease);
  return `${leadership ? "the leadership" : partitionWords(partitions)}${about || !lease ? "" : ` of ${lease}`}`;
}

function showRefusal(mine, { message }) {
  if (open === mine) {
    showPlan(message, [], null, "refused");
    element("dialog-plan").hidden = false;
  }
}

async function confirm() {
  const mine = open;
  element("dialog-confirm").disabled = true;
  try {
    const { moves, changed: done } = await change(mine.target.lease ?? null, bodyOf(mine, false));
    dialog.close();
    say(done ? requested(moves, mine.lease) : "There was nothing left to do.");
    changed();
  } catch (problem) {
    showRefusal(mine, problem);
  }
}

const requested = (moves, lease) =>
  moves.length === 1 && moves[0].to
    ? `${moves[0].from.client} hands ${what(moves[0], lease)} over to ${moves[0].to.client} as soon as its work on it has ended.`
    : moves.length ? `${number(moves.length)} hand-overs are under way.` : "Done.";

function say(text) {
  element("notice").hidden = false;
  write(element("notice-text"), text);
}

element("dialog-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!element("dialog-confirm").disabled && !element("dialog-confirm").hidden) {
    confirm();
  }
});
element("dialog-instance").addEventListener("change", plan);
element("dialog-cancel").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => (open = null));
element("notice-close").addEventListener("click", () => (element("notice").hidden = true));
