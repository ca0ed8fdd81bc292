// Reads the endpoint again and again, and passes the answer to the parts of the page.
import { write } from "./dom.js";
import { kindOf } from "./kinds.js";
import { readCluster } from "./endpoint.js";
import { showSummary } from "./summary.js";
import { showSessions } from "./sessions.js";
import { readMoving, showLeases } from "./leases.js";
import { showLeaders } from "./leaders.js";
import { showRunners } from "./runners.js";
import { expectHistory, historyParameters, readHistory, showHistory } from "./history.js";
import { learnElections, onChange } from "./operations.js";

const PAUSE_MILLIS = 2000;

const element = (id) => document.getElementById(id);
const { application } = document.documentElement.dataset;
let latest = null;
let paused = false;
let wake = () => {};

async function loop() {
  for (;;) {
    if (!paused && !document.hidden) {
      await refresh();
    }
    await new Promise((resume) => {
      wake = resume;
      setTimeout(resume, PAUSE_MILLIS);
    });
  }
}

async function refresh() {
  try {
    const answer = await readCluster(historyParameters());
    await Promise.all([readMoving(answer), readHistory()]);
    show(answer);
    source("live", `Live from ${answer.client.id}`);
  } catch (problem) {
    source("lost", "No answer");
    document.body.dataset.stale = "true";
    showSummary({ lost: problem.message });
  }
}

function show(answer) {
  // Without the database, an instance knows only itself. The last known state of the others stays, and the summary says so.
  const { client, runners, error } = answer;
  const cluster = error && latest ? { ...latest, client, runners, error } : answer;
  latest = error ? latest : answer;
  document.body.dataset.stale = String(Boolean(error && latest));
  kindOf.learn([{ name: client.id }, ...cluster.sessions.map((session) => ({ name: session.client }))]);
  learnElections(cluster);
  showWhere(client);
  showSummary(cluster);
  showSessions(cluster);
  showLeases(cluster);
  showLeaders(cluster);
  showRunners(cluster);
  showHistory(cluster, answer.history);
}

function showWhere({ id, state, ttlMillis, heartbeatMillis }) {
  write(element("where"), application && !id.startsWith(application) ? `${application}, as seen by ${id}` : `As seen by ${id}`);
  write(element("about"), `${id} is ${state}, has a TTL of ${ttlMillis / 1000} s and a heartbeat of ${heartbeatMillis / 1000} s. `
    + `The page reads the endpoint every ${PAUSE_MILLIS / 1000} s while it is visible.`);
}

function source(state, text) {
  element("source").dataset.state = paused ? "paused" : state;
  write(element("source-text"), paused ? "Paused" : text);
}

element("pause").addEventListener("click", () => {
  paused = !paused;
  element("pause").setAttribute("aria-pressed", String(paused));
  source("paused", "Connecting");
  wake();
});

document.title = application ? `Leases of ${application}` : "Leases";
document.addEventListener("visibilitychange", () => wake());
onChange(() => {
  expectHistory();
  wake();
});
loop();
