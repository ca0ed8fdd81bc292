// The addresses of the instances. One is asked at a time; if it doesn't answer, the next one is.

const PATIENCE_MILLIS = 2500;

// For a while, an instance that didn't answer is asked last.
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
    throw new Error("The instance doesn't answer.");
  }
}

const avoided = (base) => Date.now() - (failures.get(base) ?? 0) < AVOID_MILLIS;

const inOrder = () => [...addresses].sort((one, other) => avoided(one) - avoided(other));

// Returns the state, and whether it comes from another instance than the page; or null if no instance answers.
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
  // First the instance that sent the page, if it is well; then the one that answered last.
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
