/** The published versions: their reports, and which of them forecasts. */
import { currentKey, getJson, getText, post, remove, save } from "./api.js";
import { date, number, onLanguage, percent, text, views } from "./language.js";
import { button, showProblem } from "./problems.js";
import { agreed } from "./question.js";
import { METHOD } from "./scores.js";
import { fillTable } from "./tables.js";

const $ = (id) => document.getElementById(id);
let versions = [];
let challenger = null; // the version that forecasts along, with its errors
let chosen = null; // what was made current on this page

export function setUpVersions() {
  $("roll-back").addEventListener("click", () => choose("/models/rollback", text("roll-back-question"), text("roll-back")));
  $("end-challenge").addEventListener("click", () => attempt(async () => {
    await remove("/models/challenger");
    await loadVersions();
  }));
  onLanguage(show);
}

/** Load the list anew. */
export async function loadVersions() {
  await attempt(async () => {
    versions = (await getJson("/models")).versions;
    try {
      challenger = (await getJson("/monitoring?days=1")).challenger;
    } finally {
      show(); // the list needs no monitoring, which needs the database
    }
  });
}

async function attempt(action) {
  $("versions-problem").hidden = true;
  try {
    await action();
  } catch (problem) {
    showProblem($("versions-problem"), problem);
  }
}

async function choose(path, question, yes) {
  if (!(await agreed(question, yes))) return;
  await attempt(async () => {
    chosen = (await post(path)).version;
    await loadVersions();
  });
}

async function challenge(version) {
  if (!(await agreed(text("challenge-question", { version }), text("challenge")))) return;
  await attempt(async () => {
    await post(`/models/${version}/challenge`);
    await loadVersions();
  });
}

function show() {
  const isCurrent = versions.some(({ version, is_current }) => is_current && version === chosen);
  $("versions-done").textContent = isCurrent ? text("now-current", { version: chosen }) : "";
  $("roll-back").hidden = versions.length < 2;
  showChallenger();
  const headings = ["version", "trained-on", "error-28", "inside-80"].map((key) =>
    key === "inside-80" ? text("inside", { level: 80 }) : text(key),
  );
  fillTable($("versions"), [...headings, ""], versions.length ? versions.map(rowOf) : [[text("no-versions")]]);
}

function showChallenger() {
  $("challenge").hidden = challenger === null;
  if (challenger === null) return;
  const { version, since, days, n_days, mae, current_mae: current } = challenger;
  const sentences = [text("challenge-since", { version, since: date(since), days: number(days) })];
  if (mae !== null) {
    sentences.push(text("challenge-errors", { days: number(n_days), mae: views(mae), current: views(current) }));
  }
  $("challenge-words").textContent = sentences.join(" ");
}

function rowOf(version) {
  const name = version.is_current ? [version.version, " ", tag(text("current"))] : version.version;
  if (version.refused) return [name, text("refused", { reason: version.refused }), "", "", ""];
  const { history, scores } = version;
  const learned = { series: number(history.series), days: number(history.rows), last: date(history.last_date) };
  const share = (value) => (value == null ? "–" : percent(value, 1));
  return [
    name,
    text("series-and-days", learned),
    share(scores?.methods[METHOD]["1-28"]),
    share(scores?.coverage["80"]),
    actionsOf(version),
  ];
}

function actionsOf({ version, is_current: isCurrent }) {
  const report = Object.assign(document.createElement("a"), {
    className: "button small",
    href: `/models/${version}/report`,
    textContent: text("report"),
  });
  report.setAttribute("aria-label", text("report-of", { version }));
  // A link cannot send the key: the report is saved as a file then.
  report.addEventListener("click", (event) => {
    if (!currentKey()) return;
    event.preventDefault();
    attempt(async () => save(await getText(report.pathname), "text/html", `${version}.html`));
  });
  if (isCurrent) return [report];
  const activate = button(text("activate"), () =>
    choose(`/models/${version}/activate`, text("activate-question", { version }), text("activate")),
  );
  activate.setAttribute("aria-label", text("activate-named", { version }));
  if (version === challenger?.version) return [activate, " ", report];
  const along = button(text("challenge"), () => challenge(version));
  along.setAttribute("aria-label", text("challenge-named", { version }));
  return [activate, " ", along, " ", report];
}

const tag = (words) => Object.assign(document.createElement("span"), { className: "tag", textContent: words });
