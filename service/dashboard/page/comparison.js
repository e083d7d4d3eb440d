/** Champion and challenger side by side, on the days that were held out of training; and what was decided. */
import { getJson } from "./api.js";
import { colour, draw } from "./charts.js";
import { number, percent, text, views } from "./language.js";
import { translated } from "./sentences.js";
import { fillTable } from "./tables.js";

const $ = (id) => document.getElementById(id);
const METHOD = "sum of sigmoids"; // what the service calls the model beside the baselines
const COPY = "copy seven days ago";
const LINEAR = "linear, 56 days";
const HORIZONS = ["1", "1-7", "1-28"];
let compared = null; // {scores, champion, manifest}

/** Compare what a job has published with what was current; without a job, write the last comparison anew. */
export async function showComparison(job = null) {
  if (job) compared = { scores: job.scores, champion: job.current_scores, manifest: await getJson(`/models/${job.version}`) };
  if (!compared) return;
  const { verdict, version } = compared.manifest;
  const key = verdict.took_over ? "verdict-took-over" : "verdict-rejected";
  $("verdict").textContent = text(key, { version, reason: translated(verdict.reason).words });
  const { scores } = compared;
  $("comparison").hidden = false;
  $("compared").hidden = !scores;
  if (!scores) return;
  fillTable($("comparison-table"), headings(), rows(compared));
  $("comparison-chart").setAttribute("aria-label", text("comparison-words"));
  await draw($("comparison-chart"), () => figure(compared));
}

const ahead = (horizon) => horizon.replace("-", "–");

/** What is compared: words, errors divided by those of the copy, errors in views, coverage, and a colour. */
const compare = ({ scores, champion }) =>
  [
    ["champion", champion, METHOD, "history"],
    ["challenger", scores, METHOD, "accent"],
    ["weekly-copy", scores, COPY, "copy"],
    ["linear-model", scores, LINEAR, "straight"],
  ].map(([key, measured, method, fill]) => ({
    key,
    fill,
    relative: measured?.methods[method],
    mae: measured?.mae[method],
    coverage: method === METHOD ? measured?.coverage : undefined,
  }));

const headings = () => [
  "",
  ...HORIZONS.map((horizon) => text("relative-error", { horizon: ahead(horizon) })),
  text("mean-error"),
  ...[80, 95].map((level) => text("inside", { level: number(level) })),
];

function rows(comparison) {
  const shown = (value, write) => (value == null ? "–" : write(value));
  return compare(comparison).map(({ key, relative, mae, coverage }) => [
    text(key),
    ...HORIZONS.map((horizon) => shown(relative?.[horizon], (value) => percent(value, 1))),
    shown(mae?.["1-28"], views),
    ...["80", "95"].map((level) => shown(coverage?.[level], (share) => percent(share, 1))),
  ]);
}

function figure(comparison) {
  const traces = compare(comparison)
    .filter(({ relative }) => relative)
    .map(({ key, relative, fill }) => ({
      type: "bar",
      name: text(key),
      x: HORIZONS.map(ahead),
      y: HORIZONS.map((horizon) => relative[horizon]),
      marker: { color: colour(fill) },
      hovertemplate: "%{y:.1%}",
    }));
  return {
    traces,
    layout: {
      barmode: "group",
      dragmode: false,
      xaxis: { type: "category", title: { text: text("days-ahead") }, fixedrange: true },
      yaxis: { tickformat: ".0%", rangemode: "tozero", fixedrange: true },
    },
  };
}
