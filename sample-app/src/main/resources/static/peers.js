// The instances as addresses: one answers at a time, and when it does not, the next one is asked.

const PATIENCE_MILLIS = 2500;

// Who did not answer is asked last for a while.
const AVOID_MILLIS = 5000;

const home = location.origin;
let homePort = null;
let addresses = [home];
const failures = new Map();

const address = (port) => (port === homePort ? home : `${location.protocol}//${location.hostname}:${port}`);

async function call(base, path, options = {}) {
  const response = await ask(base, path, options);
  const text = await response.text();
  const body = text ? JSON.parse(text) : null;
  if (!response.ok) {
    throw new Error(body?.detail ?? `The instance answered ${response.status}.`);
  }
  return body;
}

async function ask(base, path, options) {
  try {
    const response = await fetch(`${base}/${path}`, {
      ...options,
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
    failures.delete(base);
    return response;
  } catch {
    failures.set(base, Date.now());
    throw new Error("The instance does not answer.");
  }
}

const avoided = (base) => Date.now() - (failures.get(base) ?? 0) < AVOID_MILLIS;

const inOrder = () => [...addresses].sort((one, other) => avoided(one) - avoided(other));

// Returns the state and whether it comes from another instance than the page, or null when nobody answers.
export async function poll() {
  for (const base of inOrder()) {
    try {
      const state = await call(base, "state");
      learn(state, base);
      return { state, moved: base !== home };
    } catch {
      // The next one may answer.
    }
  }
  return null;
}

function learn({ instances, servedBy }, base) {
  if (base === home) {
    homePort = instances.find(({ name }) => name === servedBy)?.port ?? homePort;
  }
  const peers = (...statuses) => instances.filter(({ port, status }) => port && statuses.includes(status)).map(({ port }) => address(port));
  const active = peers("ACTIVE");
  // The instance that sent the page, as long as it is well; then who answered last.
  addresses = [...new Set([...active.filter((peer) => peer === home), base, ...active, ...peers("SILENT", "STARTING"), ...addresses])];
}

// Posts to the instance on a port, or to the one that answered last.
export function send(path, body, port) {
  return call(port ? address(port) : inOrder()[0], path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}
