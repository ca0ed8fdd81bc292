// What is left in the outbox, which instance has sent how much, and whether each email was sent exactly once.
import { count, make, number, sorted, write } from "./kinds.js";
import { showShares } from "./summary.js";
import { makeChart } from "./actuator/leasespage/chart.js";

const STAGES = ["again", "held", "waiting"];
const element = (id) => document.getElementById(id);
const chart = makeChart(element("outbox-chart"), { unit: "emails", labelled: false, least: 10, paint: (path, name) => (path.dataset.stage = name) });

export const left = ({ outbox }) => outbox.waiting + outbox.held + outbox.again;

export function showEmails({ emails, orders, instances }) {
  if (!emails) {
    return;
  }
  const { outbox } = emails;
  for (const stage of [...STAGES, "givenUp"]) {
    write(element(`outbox-${stage}`), number(outbox[stage]));
  }
  write(element("emails-sent"), number(emails.sent));
  write(element("emails-rate"), number(emails.perSecond));
  write(element("outbox-oldest"), outbox.oldestMillis === null ? "" : `The oldest has been waiting for ${(outbox.oldestMillis / 1000).toFixed(1)} s.`);
  write(element("outbox-answer"), outbox.givenUp ? `Given up: \u201c${outbox.answer ?? "no answer"}\u201d` : "");
  element("emails-retry").hidden = !outbox.givenUp;
  chart(STAGES, new Map(STAGES.map((stage) => [stage, outbox[stage]])));
  showProgress(emails, orders, instances);
  showVerdict(emails, orders);
}

// Emails of orders that aren't done yet count too, so that the bar never goes back.
function showProgress(emails, orders, instances) {
  const all = emails.sent + left(emails) + emails.outbox.givenUp + orders.total - orders.done;
  const shares = sorted(instances).filter((instance) => instance.emails.sent > 0).map(({ name, emails: { sent } }) => ({ name, part: sent }));
  showShares(element("emails-progress"), shares, all, emails.sent);
}

function showVerdict(emails, orders) {
  const { verdict } = emails;
  const done = orders.total === orders.done && left(emails) === 0;
  const current = done && verdict && verdict.sent === emails.sent;
  const state = !current ? "none" : verdict.lost || verdict.doubled ? "wrong" : "right";
  element("emails-verdict").dataset.state = state;
  write(element("emails-verdict-mark"), { none: "\u2026", right: "\u2713", wrong: "\u2717" }[state]);
  write(element("emails-verdict-title"), current ? title(verdict) : expectation(emails, orders, done));
  write(element("emails-verdict-text"), current ? text(verdict) : reason(emails, orders, done));
  showWrong(current ? verdict : null);
}

export const title = ({ lost, doubled }) =>
  lost || doubled ? [lost && `${count(lost, "email")} lost`, doubled && `${count(doubled, "email")} sent twice`].filter(Boolean).join(", ") : "No email lost or sent twice";

function text({ sent, givenUp, orders, checkedBy, checkedAt }) {
  const at = new Date(checkedAt).toLocaleTimeString("en-GB");
  const aside = givenUp ? `, ${number(givenUp)} given up` : "";
  return `${number(sent)} sent${aside}, for ${count(orders, "order")}, checked by ${checkedBy} at ${at}`;
}

function expectation(emails, orders, done) {
  if (!done) {
    return left(emails) ? `${count(left(emails), "email")} to send` : emails.sent ? "All emails so far are sent" : "No email to send yet";
  }
  return emails.sent || emails.outbox.givenUp ? "Checking the emails" : "There are no emails";
}

function reason(emails, orders, done) {
  if (!done) {
    return "Once all emails are sent, they are compared with the orders.";
  }
  return orders.total && !emails.sent && !emails.outbox.givenUp ? "Orders that were finished before there were emails have none." : "";
}

function showWrong(verdict) {
  const wrong = verdict?.wrong ?? [];
  const box = element("wrong-emails");
  box.hidden = wrong.length === 0;
  const key = wrong.length ? `${verdict.orders}/${verdict.sent}` : "";
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.open = true;
    const more = wrong.length ? verdict.lost + verdict.doubled - wrong.length : 0;
    write(element("wrong-emails-more"), more ? `and ${number(more)} more` : "");
    element("wrong-emails-more").hidden = !more;
    element("wrong-emails-rows").replaceChildren(...wrong.map(({ orderId, times }) =>
      make("tr", {}, make("td", {}, String(orderId)), make("td", {}, times ? `${times} times` : "never"))));
  }
}
