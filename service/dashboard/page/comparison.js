/** Champion and challenger side by side, on the days that were held out of training; and what was decided. */
import { getJson } from "./api.js";
import { colour, draw } from "./charts.js";
import { percent, text, views } from "./language.js";
import { HORIZONS, METHOD, scoreHeadings } from "./scores.js";
import { translated } from "./sentences.js";
import { fillTable } from "./tables.js";

const $ = (id) => document.getElementById(id);
const COPY = "copy seven days ago";
const LINEAR = "linear, 56 days";
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
  fillTable($("comparison-table"), scoreHeadings(), rows(compared));
  $("comparison-chart").setAttribute("aria-label", text("comparison-words"));
  await draw($("comparison-chart"), () => figure(compared));
}

/** What there is to compare: a first version has no champion before it. */
const known = (comparison) => compare(comparison).filter(({ relative }) => relative);

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

function rows(comparison) {
  const shown = (value, write) => (value == null ? "–" : write(value));
  return known(comparison).map(({ key, relative, mae, coverage }) => [
    text(key),
    ...HORIZONS.map((horizon) => shown(relative?.[horizon], (value) => percent(value, 1))),
    shown(mae?.["1-28"], views),
    ...["80", "95"].map((level) => shown(coverage?.[level], (share) => percent(share, 1))),
  ]);
}

function figure(comparison) {
  const traces = known(comparison).map(({ key, relative, fill }) => ({
    type: "bar",
    name: text(key),
    x: HORIZONS.map((horizon) => text(`ahead-${horizon}`).replace(/ (?=\d)/, "<br>")), // a phone is narrow
    y: HORIZONS.map((horizon) => relative[horizon]),
    marker: { color: colour(fill) },
    hovertemplate: "%{y:.1%}",
  }));
  return {
    traces,
    layout: {
      barmode: "group",
      dragmode: false,
      xaxis: { type: "category", fixedrange: true, tickangle: 0 },
      yaxis: { tickformat: ".0%", rangemode: "tozero", fixedrange: true },
    },
  };
}
