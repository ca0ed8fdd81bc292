// One card for each instance: its session, its share of the work, and the buttons that stop or start it.
import { describe, kindOf, label, make, number, sorted, write } from "./kinds.js";

const LOW = 0.34;
const WORDS = { ACTIVE: "Active", STARTING: "Starting", SILENT: "No session", ENDED: "Ended" };
const cards = new Map();

const keyOf = (instance) => (instance.port ? instance.name : `${instance.name}/${instance.session}`);

export function showCards({ instances, ttlMillis, servedBy, reports }, act) {
  const holder = document.getElementById("instances");
  const wanted = sorted(instances);
  for (const [key, card] of cards) {
    if (!wanted.some((instance) => keyOf(instance) === key)) {
      card.root.remove();
      cards.delete(key);
    }
  }
  wanted.forEach((instance, index) => {
    const key = keyOf(instance);
    if (!cards.has(key)) {
      cards.set(key, build(instance, act));
    }
    const card = cards.get(key);
    if (holder.children[index] !== card.root) {
      holder.insertBefore(card.root, holder.children[index] ?? null);
    }
    update(card, instance, ttlMillis, servedBy);
    card.leads.hidden = instance.session === null || instance.session !== reports.leader?.session;
  });
}

function build(instance, act) {
  const card = { instance };
  const button = (text, className, action) => {
    const made = make("button", { type: "button", className }, text);
    made.setAttribute("aria-label", `${text} ${instance.name}`);
    made.addEventListener("click", async () => {
      made.disabled = true;
      await act(card.instance, action);
      // Long enough for the state to show the result.
      setTimeout(() => (made.disabled = false), 1500);
    });
    return made;
  };
  const figure = (text) => {
    const value = make("dd");
    return [value, make("div", {}, make("dt", {}, text), value)];
  };
  const [owned, ownedBox] = figure("partitions");
  const [done, doneBox] = figure("orders done");
  const [rate, rateBox] = figure("per second");
  const [held, heldBox] = figure("emails held");
  const [sent, sentBox] = figure("emails sent");
  const [sending, sendingBox] = figure("per second");
  Object.assign(card, {
    owned, done, rate, held, sent, sending,
    where: make("span", { className: "where" }),
    pill: make("span", { className: "pill" }),
    leads: make("span", { className: "pill leads", title: "The leader, which writes the sales reports", hidden: true }, "Leader"),
    bar: make("span"),
    left: make("span"),
    end: button("Stop gracefully", "plain", "GRACEFUL"),
    kill: button("Kill", "hard", "KILL"),
    start: button("Start", "", "START"),
    hint: make("p"),
  });
  card.life = make("div", { className: "life", role: "meter", ariaLabel: "Time until the session expires" }, card.bar);
  card.life.setAttribute("aria-valuemin", "0");
  card.end.title = "Like a deployment: work stops, partitions and emails go to the others, the session ends";
  card.kill.title = "Like kill -9: the others aren't told, and the session has to expire";
  card.session = make("div", { className: "session" }, card.life, card.left);
  card.root = make("article", { className: "card" },
    make("header", {},
      make("span", { className: "badge kind", ariaHidden: "true", data: { kind: kindOf(instance.name) } }, make("b", {}, label(instance.name))),
      make("div", {}, make("h3", {}, describe(instance)), card.where), make("div", { className: "pills" }, card.leads, card.pill)),
    make("dl", { className: "numbers" }, ownedBox, doneBox, rateBox, heldBox, sentBox, sendingBox),
    card.session,
    make("div", { className: "actions" }, card.end, card.kill, card.start, card.hint));
  return card;
}

function update(card, instance, ttlMillis, servedBy) {
  card.instance = instance;
  card.root.dataset.status = instance.status;
  write(card.pill, WORDS[instance.status]);
  write(card.where, where(instance, servedBy));
  write(card.owned, number(instance.owned));
  write(card.done, number(instance.done));
  write(card.rate, number(instance.perSecond));
  write(card.held, number(instance.emails.held));
  write(card.sent, number(instance.emails.sent));
  write(card.sending, number(instance.emails.perSecond));
  showSession(card, instance, ttlMillis);
  card.end.hidden = card.kill.hidden = !["ACTIVE", "SILENT"].includes(instance.status) || !instance.port;
  card.start.hidden = !instance.startable;
  write(card.hint, hint(instance));
  card.hint.hidden = !card.hint.textContent;
}

const where = ({ port, name }, servedBy) =>
  port ? `port ${port}${name === servedBy ? ", serves this page" : ""}` : "not an instance that this page knows";

function showSession(card, { session, expiresInMillis, status }, ttlMillis) {
  const part = session === null ? 0 : Math.min(1, Math.max(0, expiresInMillis / ttlMillis));
  card.bar.style.width = `${100 * part}%`;
  card.life.dataset.low = String(part < LOW);
  card.life.setAttribute("aria-valuemax", String(ttlMillis / 1000));
  card.life.setAttribute("aria-valuenow", (part * ttlMillis / 1000).toFixed(1));
  const seconds = (Math.abs(expiresInMillis) / 1000).toFixed(1);
  if (session === null) {
    write(card.left, "No live session");
  } else if (expiresInMillis < 0) {
    write(card.left, `Session expired ${seconds} s ago, about to be marked dead`);
  } else {
    write(card.left, ["ENDED", "STARTING"].includes(status)
      ? `The session of the process that ended expires in ${seconds} s`
      : `Session expires in ${seconds} s without a heartbeat`);
  }
}

function hint({ status }) {
  return status === "SILENT" ? "Paused, cut off, or killed." : "";
}
