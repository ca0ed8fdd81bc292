// Polls the state, passes it to the parts of the page, and calls the instances that the buttons belong to.
import { send, poll } from "./peers.js";
import { count, kindOf, describe } from "./kinds.js";
import { showLeases } from "./leases.js";
import { showCards } from "./cards.js";
import { showRates } from "./rates.js";
import { showSummary } from "./summary.js";
import { showEmails } from "./emails.js";
import { showReports } from "./reports.js";
import { observe, say } from "./events.js";

const PAUSE_MILLIS = 500;
const MANY = 500;

const element = (id) => document.getElementById(id);
let latest = null;

async function loop() {
  for (;;) {
    const started = performance.now();
    const answer = await poll();
    answer ? show(answer) : showLost();
    await new Promise((resume) => setTimeout(resume, Math.max(50, PAUSE_MILLIS - (performance.now() - started))));
  }
}

function show({ state, moved }) {
  // Without the database, an instance knows only itself. The last known state of the others stays, and the banner says so.
  const shown = state.problem && latest ? { ...latest, problem: state.problem, leases: state.leases } : state;
  kindOf.learn(shown.instances);
  document.body.dataset.stale = String(Boolean(state.problem));
  showSummary(shown);
  showLeases(shown);
  showCards(shown, act);
  showRates(shown);
  showEmails(shown);
  showReports(shown);
  observe(shown);
  source("live", `Live from ${state.servedBy}`);
  banner(state.problem ?? (moved && `The instance that sent this page doesn't answer. The page now uses ${state.servedBy}.`));
  latest = state.problem ? latest : state;
}

function showLost() {
  source("lost", "No answer");
  banner("No instance answers. The page keeps trying. If all instances have stopped, start the order desk again in the terminal.");
}

function source(state, text) {
  if (element("source").dataset.state !== state || element("source-text").textContent !== text) {
    element("source").dataset.state = state;
    element("source-text").textContent = text;
  }
}

function banner(text) {
  element("banner").hidden = !text;
  if (text && element("banner").textContent !== text) {
    element("banner").textContent = text;
  }
}

async function act(instance, action) {
  const name = describe(instance);
  try {
    if (action === "START") {
      await send(`instances/${encodeURIComponent(instance.name)}/start`, {});
      say(`${name} is starting`, instance.name);
    } else {
      await send("instance/end", { how: action }, instance.port);
      say(action === "KILL" ? `${name} was killed` : `${name} is stopping`, instance.name);
    }
  } catch (problem) {
    say(`${name}: ${problem.message}`, instance.name);
  }
}

function result(text, bad = false) {
  element("add-result").textContent = text;
  element("add-result").dataset.state = bad ? "bad" : "good";
}

element("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const amount = element("amount").value.trim();
  try {
    const order = await send("orders", {
      customer: element("customer").value.trim(),
      amount: /^-?\d+$/.test(amount) ? Number(amount) : amount,
    });
    result(`Order ${order.id} is waiting in partition ${order.partition}.`);
  } catch (problem) {
    result(problem.message, true);
  }
});

element("add-many").addEventListener("click", async () => {
  let left = MANY;
  let unanswered = 0;
  const random = (bound) => Math.floor(Math.random() * bound);
  const adder = async () => {
    while (left-- > 0) {
      const customer = `C-${String(1 + random(500)).padStart(4, "0")}`;
      const amount = random(12) === 0 ? -1 - random(9999) : 1 + random(50000);
      await send("orders", { customer, amount }).catch(() => unanswered++);
    }
  };
  element("add-many").disabled = true;
  result(`Adding ${MANY} orders…`);
  await Promise.all([adder(), adder(), adder(), adder()]);
  result(unanswered ? `${MANY} orders were sent, ${unanswered} of which got no answer.` : `${MANY} orders were added.`, unanswered > 0);
  element("add-many").disabled = false;
});

loop();

document.getElementById("emails-retry").addEventListener("click", async () => {
  try {
    const { emails } = await send("emails/retry", {});
    say(`Retrying ${count(emails, "email")}`);
  } catch (problem) {
    say(`No email is retried: ${problem.message}`);
  }
});
