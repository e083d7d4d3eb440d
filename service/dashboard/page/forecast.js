/** The forecast of one series: tomorrow's number, the chart, why, and what can be taken home. */
import { postJson, save } from "./api.js";
import { draw, saveImage } from "./charts.js";
import { forecastFigure, whyFigure } from "./figures.js";
import { change, date, dayAfter, longDate, onLanguage, percent, text, views, weekday } from "./language.js";
import { remember } from "./link.js";
import { showProblem } from "./problems.js";

const $ = (id) => document.getElementById(id);
const LONGEST_HISTORY = 1095; // days that a request carries: more than the model looks at
const TOTALS = [7, 28]; // days whose total is shown, whatever the horizon of the chart
const CHOICES = { "show-copy": "copy", "show-line": "line", "log-scale": "log" };
const view = { series: null, horizon: 28, past: 120, copy: false, line: false, log: false };
let found = null; // {series, forecast, explanation} of the newest answer
let turn = 0;

export function setUpForecast() {
  for (const [id, name] of Object.entries(CHOICES))
    $(id).addEventListener("change", () => {
      view[name] = $(id).checked;
      show();
    });
  for (const id of ["horizon", "horizon-slider"])
    $(id).addEventListener("input", () => {
      const days = Math.round(Number($(id).value));
      if (!(days >= 1 && days <= 365)) return;
      view.horizon = days;
      $(id === "horizon" ? "horizon-slider" : "horizon").value = days;
      load();
    });
  $("horizon").addEventListener("change", () => ($("horizon").value = view.horizon)); // not what is out of range
  $("past").addEventListener("change", () => {
    view.past = Number($("past").value);
    show();
  });
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("save-csv").addEventListener("click", saveCsv);
  $("save-png").addEventListener("click", () => saveImage($("chart"), `${found.series.name} forecast`));
  $("copy-link").addEventListener("click", copyLink);
  $("print").addEventListener("click", () => window.print());
  onLanguage(() => found && show());
}

/** Show the forecast of a series, with choices other than the current ones where they are given. */
export async function showForecast(series, choices = {}) {
  Object.assign(view, choices, { series });
  clear();
  for (const [id, name] of Object.entries(CHOICES)) $(id).checked = view[name];
  $("horizon").value = $("horizon-slider").value = view.horizon;
  $("past").value = view.past;
  $("forecast").hidden = false;
  await load();
}

export function hideForecast() {
  turn += 1; // what is under way is not shown
  clear();
  $("forecast").hidden = true;
}

/** Show no number of one series under the name of another; its place stays, so that nothing jumps. */
function clear() {
  found = null;
  $("result").classList.add("vacant");
  $("forecast-problem").hidden = true;
  $("copied").textContent = "";
}

async function load() {
  const mine = ++turn;
  const { series, horizon } = view;
  const question = { views: series.views.slice(-LONGEST_HISTORY), last_date: series.last_date, horizon };
  // What the service itself knows it remembers its forecast of, to compare it with what comes.
  const reach = Math.max(horizon, ...TOTALS);
  const forecastOf = series.kept ? { ...series.kept, horizon: reach } : { ...question, horizon: reach };
  try {
    const [forecast, explanation] = await Promise.all([postJson("/predict", forecastOf), postJson("/explain", question)]);
    if (mine !== turn) return; // another series or horizon was chosen meanwhile
    forecast.forecast.length = horizon;
    found = { series, forecast, explanation };
    $("forecast-problem").hidden = true;
    $("result").hidden = false;
    $("result").classList.remove("vacant");
    await show();
    performance.measure("drawn", { start: performance.getEntriesByName("dropped").length ? "dropped" : 0 });
  } catch (problem) {
    if (mine !== turn) return;
    found = null;
    $("result").hidden = true;
    showProblem($("forecast-problem"), problem, problem.kind === "invalid-input" ? null : load);
  }
}

async function show() {
  const { series, forecast, explanation } = found;
  showTomorrow(forecast.forecast[0], explanation.usual);
  for (const days of TOTALS) showTotal(forecast.totals.find((total) => total.days === days), series);
  $("short-history").hidden = !forecast.short_history;
  showTable(forecast.forecast);
  showWhy(explanation.steps);
  const [share80, share95] = ["80", "95"].map((level) => forecast.coverage[level]);
  $("made-by").textContent =
    share80 == null || share95 == null
      ? text("made-by-plain", { model: forecast.model })
      : text("made-by", { model: forecast.model, share80: percent(share80, 1), share95: percent(share95, 1) });
  const days = forecast.forecast;
  $("chart").setAttribute(
    "aria-label",
    text("chart-words", {
      last: date(series.last_date),
      horizon: days.length,
      start: views(days[0].views),
      end: views(days.at(-1).views),
    }),
  );
  remember({ ...view, series: { ...series, views: series.views.slice(-LONGEST_HISTORY) } });
  await draw($("chart"), () => forecastFigure({ ...view, series }, { forecast, explanation }));
}

function showTomorrow(day, usual) {
  const today = new Date();
  const local = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, "0"));
  const names = { [local.join("-")]: "tomorrow-is-today", [dayAfter(local.join("-"), 1)]: "tomorrow-today" };
  $("tomorrow-title").textContent = text(names[day.date] ?? "tomorrow-then", { date: longDate(day.date) });
  $("tomorrow-views").textContent = views(day.views);
  const [low, high] = day.intervals["80"];
  $("tomorrow-range").textContent = text("range-80", { low: views(low), high: views(high) });
  $("tomorrow-usual").hidden = usual === null;
  if (usual === null) return;
  const share = usual > 0 ? day.views / usual - 1 : 0;
  const key = Math.abs(share) < 0.005 ? "usual-same" : share > 0 ? "usual-above" : "usual-below";
  $("tomorrow-usual").textContent = text(usual > 0 ? key : "usual", {
    weekday: weekday(day.date),
    views: views(usual),
    share: percent(Math.abs(share)),
  });
}

/** The total of the coming days, its range, and how the days before compare, where all of them are known. */
function showTotal({ days, total, intervals }, series) {
  const [number, range, before] = $(`total-${days}`).querySelectorAll("p");
  number.textContent = views(total);
  const [low, high] = intervals["80"].map(views);
  range.textContent = text("total-range", { low, high });
  const counts = series.views.slice(-days);
  const past = counts.length === days && !counts.includes(null) ? counts.reduce((sum, count) => sum + count, 0) : 0;
  before.hidden = !past;
  if (!past) return;
  const share = total / past - 1;
  const key = Math.abs(share) < 0.005 ? "total-same" : share > 0 ? "total-above" : "total-below";
  before.textContent = text(key, { days, share: percent(Math.abs(share)), past: views(past) });
}

function showTable(days) {
  const table = $("table");
  table.replaceChildren();
  const heading = table.createTHead().insertRow();
  for (const key of ["date", "low-95", "low-80", "median", "high-80", "high-95"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = text(key);
    heading.append(cell);
  }
  const body = table.createTBody();
  for (const day of days) {
    const [low80, high80] = day.intervals["80"];
    const [low95, high95] = day.intervals["95"];
    const row = body.insertRow();
    for (const value of [date(day.date), ...[low95, low80, day.views, high80, high95].map(views)])
      row.insertCell().textContent = value;
  }
}

function showWhy(steps) {
  $("why").hidden = false;
  $("why-words").replaceChildren(
    ...steps.map(({ group, factor, views: reached }) => {
      const item = document.createElement("li");
      const share = factor - 1;
      item.textContent = text(`say-${group}`, {
        views: views(reached),
        change: Math.abs(share) < 0.0005 ? text("no-change") : change(share),
      });
      return item;
    }),
  );
  const words = { start: views(steps[0].views), end: views(steps.at(-1).views) };
  $("why-chart").setAttribute("aria-label", text("why-chart-words", words));
  draw($("why-chart"), () => whyFigure(steps));
}

function saveCsv() {
  const lines = found.forecast.forecast.map((day) =>
    [day.date, day.views, ...day.intervals["80"], ...day.intervals["95"]].join(","),
  );
  const content = ["date,views,lower_80,upper_80,lower_95,upper_95", ...lines, ""].join("\n");
  save(content, "text/csv", `${found.series.name} forecast.csv`);
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    $("copied").textContent = text(found.series.kept ? "copied-kept" : "copied");
  } catch {
    $("copied").textContent = text("copy-failed");
  }
}
