/** Which keys and limits are in force. */
import { getJson } from "./api.js";
import { date, number, onLanguage, text } from "./language.js";
import { showProblem } from "./problems.js";
import { fillTable } from "./tables.js";

const $ = (id) => document.getElementById(id);
const BYTES = new Set(["max_predict_bytes", "max_history_bytes", "max_bytes_in_flight"]);
let limits = null;
let keys = [];

/** Load and show them; a key that may not see the keys is told so. */
export async function showAccess() {
  try {
    limits = await getJson("/limits");
    show();
    keys = (await getJson("/keys")).keys;
    show();
    $("no-keys").hidden = keys.length > 0;
  } catch (problem) {
    showProblem($("keys-problem"), problem);
  }
}

onLanguage(() => limits && show());

/** Whether there is something to say: what may be kept is bounded only when that is set. */
function isLimit([name, value]) {
  return value !== null || !name.startsWith("max_kept");
}

function show() {
  $("limits").replaceChildren(
    ...Object.entries(limits).filter(isLimit).map(([name, value]) => {
      const amount = BYTES.has(name) ? `${number(value / 2 ** 20, 1)} MiB` : number(value ?? 0, 1);
      const words = text(value === null ? `limit-${name}-none` : `limit-${name}`, { amount });
      return Object.assign(document.createElement("li"), { textContent: words });
    }),
  );
  $("keys-list").hidden = keys.length === 0;
  const headings = ["name", "id", "scopes", "prefix", "created", "state"].map((key) => text(`key-${key}`));
  const day = (time) => date(time.slice(0, 10));
  fillTable(
    $("keys"),
    headings,
    keys.map((key) => [
      key.name,
      key.id,
      key.scopes.join(", "),
      key.prefix || text("key-all"),
      day(key.created),
      key.revoked ? text("key-revoked", { date: day(key.revoked) }) : text("key-in-force"),
    ]),
  );
}
