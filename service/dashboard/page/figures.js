/** What the charts of a forecast hold: traces and layouts for Plotly. */
import { colour } from "./charts.js";
import { change, dayAfter, text, views } from "./language.js";


export function forecastFigure(view, { forecast, explanation }) {
  const { series } = view;
  const past = series.views.map((_, i) => dayAfter(series.last_date, i + 1 - series.views.length));
  const days = forecast.forecast;
  const ahead = days.map((day) => day.date);
  const line = (name, x, y, more) => ({ type: "scatter", mode: "lines", name: text(name), x, y, hovertemplate: "%{y:,.0f}", ...more });
  const edge = (level, side) => ({
    type: "scatter",
    mode: "lines",
    x: ahead,
    y: days.map((day) => day.intervals[level][side]),
    line: { width: 0 },
    hovertemplate: "%{y:,.0f}",
  });
  const band = (level, fill) => [
    { ...edge(level, 0), showlegend: false, hoverinfo: "skip", hovertemplate: undefined },
    {
      ...edge(level, 1),
      name: text(`band-${level}`),
      fill: "tonexty",
      fillcolor: colour(fill),
      customdata: days.map((day) => day.intervals[level].map(views)),
      hovertemplate: "%{customdata[0]} – %{customdata[1]}",
    },
  ];
  const traces = [
    ...band("95", "outer"),
    ...band("80", "inner"),
    {
      ...line("median", [series.last_date, ahead[0]], [series.views.at(-1), days[0].views]),
      line: { color: colour("accent"), width: 1.4, dash: "dot" },
      showlegend: false,
      hoverinfo: "skip",
      hovertemplate: undefined,
    },
    line("history", past, series.views, { line: { color: colour("history"), width: 1.6 } }),
    line("median", ahead, days.map((day) => day.views), { line: { color: colour("accent"), width: 2.6 } }),
  ];
  if (view.copy)
    traces.push(line("copy-line", ahead, explanation.weekly_copy, { line: { color: colour("copy"), width: 1.8, dash: "dot" } }));
  if (view.line)
    traces.push(
      line("straight-line", ahead, explanation.straight_line, { line: { color: colour("straight"), width: 1.8, dash: "dash" } }),
    );
  const start = past[Math.max(0, past.length - view.past)];
  return {
    traces,
    layout: {
      uirevision: `${series.name} ${series.last_date} ${days.length} ${view.past} ${view.log}`,
      xaxis: { type: "date", tickangle: 0, nticks: Math.min(8, Math.floor(innerWidth / 95)), range: [start, ahead.at(-1)], hoverformat: text("hover-date") },
      yaxis: { type: view.log ? "log" : "linear", rangemode: "tozero", tickformat: ",~r", fixedrange: false, ...heights(view, days, start, past) },
    },
  };
}

/** The vertical range of what is shown at first: a viral day years ago would press all the rest flat. */
function heights(view, days, start, past) {
  const shown = view.series.views.filter((count, i) => count !== null && past[i] >= start);
  const highest = Math.max(...shown, ...days.map((day) => day.intervals["95"][1]), 1);
  if (!view.log) return { range: [0, highest * 1.05] };
  const positive = [...shown, ...days.map((day) => day.intervals["95"][0])].filter((count) => count > 0);
  return { range: [Math.log10(Math.max(Math.min(...positive, highest), 0.5) * 0.8), Math.log10(highest * 1.25)] };
}

/** From the level to tomorrow's forecast, a bar for what each group of inputs adds. */
export function whyFigure(steps) {
  const reached = steps.map((step) => step.views);
  const rises = reached.map((value, i) => value - (i ? reached[i - 1] : 0));
  const labels = [...steps.map((step) => text(`why-${step.group}`)), text("why-forecast")];
  const low = Math.min(...reached);
  const high = Math.max(...reached);
  const spread = Math.max(high - low, high * 0.05); // where nothing changes anything, too
  const floor = Math.max(0, low - spread * 0.6);
  return {
    traces: [
      {
        type: "waterfall",
        orientation: "h",
        y: labels,
        x: [...rises, reached.at(-1)],
        measure: ["absolute", ...rises.slice(1).map(() => "relative"), "total"],
        text: [views(reached[0]), ...steps.slice(1).map((step) => change(step.factor - 1)), views(reached.at(-1))],
        textposition: "auto",
        cliponaxis: false,
        increasing: { marker: { color: colour("up") } },
        decreasing: { marker: { color: colour("down") } },
        totals: { marker: { color: colour("accent") } },
        connector: { line: { color: colour("line"), width: 1 } },
        hovertemplate: "%{y}: %{text}<extra></extra>",
      },
    ],
    layout: {
      showlegend: false,
      hovermode: "closest",
      dragmode: false,
      xaxis: { range: [floor, high + (high - floor) * 0.08], tickformat: ",~r", fixedrange: true, nticks: 5 },
      yaxis: { autorange: "reversed", fixedrange: true },
    },
  };
}
