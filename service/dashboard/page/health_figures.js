/** What the charts of the model's health hold, week by week. */
import { colour } from "./charts.js";
import { text } from "./language.js";

const line = (weeks, name, y, fill, more = {}) => ({
  type: "scatter",
  mode: "lines+markers",
  name,
  x: weeks.map((week) => week.monday),
  y,
  line: { color: colour(fill), width: 2 },
  hovertemplate: "%{y:.1%}",
  ...more,
});
/** A level that the line beside it should keep to. */
const level = (weeks, name, value, fill) =>
  line(weeks, name, weeks.map(() => value), fill, { mode: "lines", line: { color: colour(fill), width: 1.2, dash: "dot" }, hoverinfo: "skip", hovertemplate: undefined });

const layout = (yaxis) => ({
  dragmode: false,
  xaxis: { type: "date", nticks: 5, tickangle: 0, fixedrange: true, hoverformat: "%e %b %Y" },
  yaxis: { tickformat: ".0%", fixedrange: true, ...yaxis },
});

/** The error by that of the weekly copy: above 1, copying would have been better. */
export function errorFigure(weeks) {
  return {
    traces: [
      level(weeks, text("as-copy"), 1, "copy"),
      line(weeks, text("error"), weeks.map((week) => week.relative_error), "accent"),
    ],
    layout: layout({ rangemode: "tozero" }),
  };
}

/** The share of days inside of each interval, and what it promises. */
export function coverageFigure(weeks) {
  const traces = [["80", "accent"], ["95", "straight"]].flatMap(([name, fill]) => [
    { ...level(weeks, name, Number(name) / 100, fill), showlegend: false },
    line(weeks, text("inside", { level: name }), weeks.map((week) => week.coverage[name]), fill),
  ]);
  return { traces, layout: layout({ range: [0, 1.04] }) };
}
