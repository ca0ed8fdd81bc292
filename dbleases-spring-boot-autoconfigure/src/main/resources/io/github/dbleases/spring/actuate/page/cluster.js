// What the parts of the page ask about an answer of the endpoint.

// The partitions of "0-63,70".
export function* partitionsOf(ranges) {
  for (const range of ranges ? ranges.split(",") : []) {
    const [first, last = first] = range.split("-").map(Number);
    for (let partition = first; partition <= last; partition++) {
      yield partition;
    }
  }
}

// "partition 5", "partitions 0-63,70"
export const partitionWords = (ranges) => `${/^\d+$/.test(ranges) ? "partition" : "partitions"} ${ranges.replaceAll(",", ", ")}`;

export const clientOf = ({ sessions }, session) => sessions.find((one) => one.session === session)?.client ?? null;

export const byNameOf = (map) => Object.entries(map).sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true }));

export const hasExpired = ({ sessions }, session) => sessions.find((one) => one.session === session)?.expiresInMillis < 0;

// Thousands of entries would make the page slow, so the first ones are shown, until a name is typed or a button is clicked.
// `kind` is the beginning of the ids of the field and the button, and `again` shows the entries anew.
export function someOf(items, limit, kind, again) {
  const field = document.getElementById(`${kind}-find`);
  const button = document.getElementById(`${kind}-more`);
  const all = button.dataset.all === "true";
  const wanted = field.value.trim().toLowerCase();
  const found = wanted ? items.filter(({ name }) => name.toLowerCase().includes(wanted)) : items;
  field.closest(kind === "leases" ? ".head" : ".find").hidden = items.length <= limit;
  button.hidden = all || found.length <= limit;
  button.textContent = `Show all ${found.length.toLocaleString("en")}`;
  field.oninput = again;
  button.onclick = () => {
    button.dataset.all = "true";
    again();
  };
  return all ? found : found.slice(0, limit);
}
