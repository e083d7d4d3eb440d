/** How the model does: what it forecast beside what came, week by week; and who may use the service. */
import { showAccess } from "./access.js";
import { getJson } from "./api.js";
import { draw, setUpCharts } from "./charts.js";
import { setUpFrame } from "./frame.js";
import { coverageFigure, errorFigure } from "./health_figures.js";
import { words } from "./health_words.js";
import { pageOf } from "./kept.js";
import { date, number, onLanguage, percent, text, views } from "./language.js";
import { showProblem } from "./problems.js";
import { HORIZONS, METHOD, scoreHeadings } from "./scores.js";
import { fillTable } from "./tables.js";

const $ = (id) => document.getElementById(id);
const MOST_ROWS = 20;
let known = null; // {monitoring, model}
let turn = 0;

setUpFrame(words);
setUpCharts();
$("days").addEventListener("change", load);
onLanguage(() => known && show());
await Promise.all([load(), showAccess()]);

async function load() {
  const mine = ++turn;
  $("health-problem").hidden = true;
  try {
    const [monitoring, model] = await Promise.all([getJson(`/monitoring?days=${$("days").value}`), getJson("/model")]);
    if (mine !== turn) return; // other days were chosen meanwhile
    known = { monitoring, model };
    show();
  } catch (problem) {
    if (mine === turn) showProblem($("health-problem"), problem, load);
  }
}

function show() {
  const { monitoring, model } = known;
  $("health-refused").hidden = model.refused.length === 0;
  $("health-refused").textContent = model.refused.map((refusal) => text("refused-version", refusal)).join(" ");
  const { overall, weeks } = monitoring;
  $("live").hidden = overall.n_days === 0;
  $("live-none").hidden = overall.n_days > 0;
  showOutside(monitoring.outside.slice(0, MOST_ROWS));
  showHard(monitoring.series.slice(0, MOST_ROWS));
  if (overall.n_days === 0) return;
  showScores(overall, model.scores);
  draw($("error-chart"), () => errorFigure(weeks));
  draw($("coverage-chart"), () => coverageFigure(weeks));
  const headings = [text("week"), text("error"), text("inside", { level: 80 }), text("inside", { level: 95 }), text("counted")];
  const share = (value) => (value === null ? "–" : percent(value, 1));
  fillTable(
    $("weeks"),
    headings,
    weeks.map((week) => [
      date(week.monday),
      share(week.relative_error),
      share(week.coverage["80"]),
      share(week.coverage["95"]),
      number(week.n_days),
    ]),
  );
}

/** What came beside what the days that were held out of training had promised. */
function showScores(overall, scores) {
  const headings = [...scoreHeadings(), text("counted")];
  const shown = (value, write = (share) => percent(share, 1)) => (value == null ? "–" : write(value));
  const row = (key, relative, mae, coverage, counted) => [
    text(key),
    ...HORIZONS.map((horizon) => shown(relative?.[horizon])),
    shown(mae?.["1-28"], views),
    shown(coverage?.["80"]),
    shown(coverage?.["95"]),
    shown(counted, number),
  ];
  fillTable($("scores"), headings, [
    row("lived", overall.relative_error, overall.mae, overall.coverage, overall.n_days),
    row("held-out", scores?.methods[METHOD], null, scores?.coverage),
  ]);
}

function link(series) {
  const words = series.metric === "views" ? series.id : `${series.id} (${series.metric})`;
  return Object.assign(document.createElement("a"), { href: pageOf(series), textContent: words });
}

function showOutside(outside) {
  $("unusual").hidden = outside.length === 0;
  const headings = ["day", "series", "count", "interval"].map((key) => text(key));
  const range = ([low, high]) => `${views(low)} – ${views(high)}`;
  fillTable(
    $("outside"),
    headings,
    outside.map((day) => [date(day.date), link(day), views(day.count), range(day.interval)]),
  );
}

function showHard(series) {
  $("hardest").hidden = series.length === 0;
  const headings = [
    text("series"),
    text("error"),
    text("mean-error"),
    ...[80, 95].map((level) => text("inside", { level })),
  ];
  const shown = (value, write = (share) => percent(share, 1)) => (value === null ? "–" : write(value));
  fillTable(
    $("hard"),
    headings,
    series.map((one) => [
      link(one),
      shown(one.relative_error["1-28"]),
      shown(one.mae["1-28"], views),
      shown(one.coverage["80"]),
      shown(one.coverage["95"]),
    ]),
  );
}
