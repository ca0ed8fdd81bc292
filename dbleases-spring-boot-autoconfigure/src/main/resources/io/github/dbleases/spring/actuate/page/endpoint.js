// Reads the endpoint "leases", and sends its write operations.

const PATIENCE_MILLIS = 5000;
const root = document.documentElement.dataset.leases;

export const readCluster = (parameters = {}) => call(withParameters(root, parameters));

export const readLease = (name, parameters = {}) => call(withParameters(pathOf(name), parameters));

export const change = (lease, body) =>
  call(lease === null ? root : pathOf(lease), {
    method: "POST",
    headers: { "Content-Type": "application/json", ...csrf() },
    body: JSON.stringify(body),
  });

// A name can contain slashes. A browser would resolve dots between them.
function pathOf(name) {
  const segments = name.split("/");
  if (segments.some((segment) => segment === "." || segment === "..")) {
    throw new Error(`${name} has dots between its slashes, so it can't be part of an address.`);
  }
  return `${root}/${segments.map(encodeURIComponent).join("/")}`;
}

function withParameters(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

// Spring Security accepts a write request that repeats its cookie, unless the token is kept in the HTTP session.
function csrf() {
  const token = /(?:^|; )XSRF-TOKEN=([^;]*)/.exec(document.cookie)?.[1];
  return token ? { "X-XSRF-TOKEN": decodeURIComponent(token) } : {};
}

async function call(address, options = {}) {
  let response;
  try {
    response = await fetch(address, {
      ...options,
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
  } catch {
    throw new Error("The instance doesn't answer.");
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) {
    return body;
  }
  throw new Error(body?.detail ?? reason(response, options.method === "POST"));
}

function reason(response, writes) {
  if (response.type === "opaqueredirect" || response.status === 401) {
    return "You aren't signed in any more. Reload the page.";
  }
  if (response.status === 403) {
    return writes
      ? "This was forbidden: you don't have the permission, or Spring Security asks for a CSRF token that the page doesn't know."
      : "You don't have the permission to read the endpoint leases.";
  }
  return response.status === 404 ? "The endpoint leases doesn't know this." : `The instance answered with status ${response.status}.`;
}
