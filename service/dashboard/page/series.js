/** The kept series: found, sorted, looked at. Their pages are fetched as they come into view. */
import { getJson, getText, postJson, save } from "./api.js";
import { setUpFrame } from "./frame.js";
import { deleteSeries, saveDays } from "./kept.js";
import { dayAfter, number, onLanguage, text } from "./language.js";
import { showProblem } from "./problems.js";
import { fillRow } from "./series_row.js";
import { words } from "./series_words.js";
import { VirtualRows } from "./virtual_rows.js";

const $ = (id) => document.getElementById(id);
const AT_ONCE = 100;
const RECENT_DAYS = 56;
const LEAST_DAYS = 7; // that a forecast needs
const PAUSE_MS = 80; // what flies by is not fetched
const ROW_HEIGHT = 64; // pixels, as in the style sheet
let pages = new Map(); // number -> series, or null while they are fetched
let controller = new AbortController();
let pausing = 0;

setUpFrame(words);
const rows = new VirtualRows($("series-list"), {
  height: ROW_HEIGHT,
  fill: (row, index) => fillRow(row, pages.get(Math.floor(index / AT_ONCE))?.[index % AT_ONCE], actions),
  show: (first, last) => {
    clearTimeout(pausing);
    pausing = setTimeout(() => fetchShown(first, last), PAUSE_MS);
  },
});
const actions = {
  save: (series) => attempt(() => saveDays(series)),
  delete: (series) =>
    attempt(async () => {
      if (await deleteSeries(series)) await begin();
    }),
};

for (const [id, event] of [["search", "input"], ["sort", "change"]])
  $(id).addEventListener(event, () => {
    $("series-list").scrollTop = 0;
    begin();
  });
$("find").addEventListener("submit", (event) => event.preventDefault());
$("save-all").addEventListener("click", () =>
  attempt(async () => save(await getText("/series.csv"), "text/csv", "series.csv")),
);
onLanguage(() => {
  rows.refresh(0, rows.total);
  showCount();
});
await begin();

async function attempt(action) {
  $("series-problem").hidden = true;
  try {
    await action();
  } catch (problem) {
    if (problem.name !== "AbortError") showProblem($("series-problem"), problem);
  }
}

/** List anew: what is still on its way for another search is not waited for. */
async function begin() {
  controller.abort();
  controller = new AbortController();
  pages = new Map();
  await attempt(async () => {
    const { total, series } = await list(0);
    pages.set(0, series);
    rows.reset(total);
    showCount();
    await forecast(series, 0);
  });
}

function showCount() {
  $("series-count").textContent = text("series-count", { count: number(rows.total) });
  $("series-none").hidden = rows.total > 0;
  $("series-list").hidden = rows.total === 0;
}

function list(page) {
  const query = new URLSearchParams({
    search: $("search").value.trim(),
    sort: $("sort").value,
    limit: AT_ONCE,
    offset: page * AT_ONCE,
    recent: RECENT_DAYS,
  });
  return getJson(`/series?${query}`, { signal: controller.signal });
}

function fetchShown(first, last) {
  const from = Math.floor(first / AT_ONCE);
  for (let page = from; page * AT_ONCE <= last; page++)
    if (!pages.has(page)) {
      pages.set(page, null);
      attempt(() => fetchPage(page));
    }
}

async function fetchPage(page) {
  const mine = pages;
  try {
    const { series } = await list(page);
    mine.set(page, series);
  } catch (problem) {
    mine.delete(page); // it is asked for again when it comes into view
    throw problem;
  }
  if (mine !== pages) return;
  refresh(page);
  await forecast(mine.get(page), page);
}

function refresh(page) {
  rows.refresh(page * AT_ONCE, (page + 1) * AT_ONCE - 1);
}

/** Forecast the next day of the series of a page; a request has each name once, so a request for each metric. */
async function forecast(series, page) {
  const ready = series.filter((one) => dayAfter(one.first_date, LEAST_DAYS - 1) <= one.last_date);
  for (const metric of new Set(ready.map((one) => one.metric))) {
    const some = ready.filter((one) => one.metric === metric);
    const question = { series: some.map(({ id }) => ({ id, metric })), horizon: 1, levels: [95] };
    const answer = await postJson("/predict", question, { signal: controller.signal });
    answer.series.forEach((one, i) => (some[i].next = one.forecast[0]));
  }
  refresh(page);
}
