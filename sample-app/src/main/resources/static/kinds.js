// What the parts of this page use of the page of dbleases, which the actuator serves, and a few words for orders.
export { count, make, number, write } from "./actuator/leasespage/dom.js";
export { kindOf, label, sorted } from "./actuator/leasespage/kinds.js";

// A session that belongs to no instance has the name of its client.
export const describe = (instance) => (instance.port ? instance.name : `Another session of ${instance.name}`);

export const money = (cents) => (cents / 100).toLocaleString("en", { minimumFractionDigits: 2 });
