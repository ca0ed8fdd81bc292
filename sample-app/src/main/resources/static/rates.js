// Orders and emails per second, by instance.
import { kindOf, sorted } from "./kinds.js";
import { makeChart } from "./actuator/leasespage/chart.js";

const chart = (id) => makeChart(document.getElementById(id), { unit: "per second", paint: (path, name) => (path.dataset.kind = kindOf(name)) });
const ordersChart = chart("chart");
const emailsChart = chart("emails-chart");

export function showRates({ instances, orders, emails }) {
  const names = [...new Set(sorted(instances).map(({ name }) => name))];
  const rates = (rate) => {
    const values = new Map(names.map((name) => [name, 0]));
    instances.forEach((instance) => values.set(instance.name, values.get(instance.name) + rate(instance)));
    return values;
  };
  ordersChart(names, orders && rates(({ perSecond }) => perSecond));
  emailsChart(names, emails && rates((instance) => instance.emails.perSecond));
}
