// The instances as addresses: one answers at a time, and when it does not, the next one is asked.

const PATIENCE_MILLIS = 2500;

const home = location.origin;
let homePort = null;
let addresses = [home];

const address = (port) => (port === homePort ? home : `${location.protocol}//${location.hostname}:${port}`);

async function call(base, path, options = {}) {
  const response = await fetch(`${base}/${path}`, {
    ...options,
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MILLIS),
  });
  const text = await response.text();
  const body = text ? JSON.parse(text) : null;
  if (!response.ok) {
    throw new Error(body?.detail ?? `it answered ${response.status}`);
  }
  return body;
}

// Returns the state and whether it comes from another instance than the page, or null when nobody answers.
export async function poll() {
  for (const base of addresses) {
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

function learn(state, base) {
  const self = state.instances.find((instance) => instance.name === state.servedBy);
  if (base === home && self) {
    homePort = self.port;
  }
  const others = state.instances
    .filter((instance) => instance.port && instance.status !== "ENDED")
    .map((instance) => address(instance.port))
    .concat(addresses);
  // Who has answered is asked first the next time.
  addresses = [...new Set([base, ...others, home])];
}

// Posts to the instance on a port, or to the one that answered last.
export function send(path, body, port) {
  return call(port ? address(port) : addresses[0], path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}
