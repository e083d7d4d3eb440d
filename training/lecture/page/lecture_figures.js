/** Traces and layouts of the lecture's charts, for Plotly. */
import { colour } from "./charts.js";
import { currentLanguage, text } from "./language.js";

const lines = (name, x, y, line, more = {}) => ({ type: "scatter", mode: "lines", name, x, y, line, ...more });
const axis = (key, more = {}) => ({ title: { text: key.length > 1 ? text(key) : key }, tickformat: ",~r", ...more });

export function lineFigure({ x, y }, w, b) {
  const ends = [Math.min(...x), Math.max(...x)];
  return {
    traces: [
      { type: "scatter", mode: "markers", name: text("days-dots"), x, y, marker: { color: colour("history"), size: 4, opacity: 0.45 } },
      lines(text("the-line"), ends, ends.map((end) => b + w * end), { color: colour("accent"), width: 3 }),
    ],
    layout: {
      hovermode: "closest",
      xaxis: axis("yesterday"),
      yaxis: axis("today", { range: [0, Math.max(...y) * 1.05] }),
    },
  };
}

export function surfaceFigure({ w, b, surface, best, path }) {
  return {
    traces: [
      { type: "contour", x: w, y: b, z: surface, colorscale: "Viridis", ncontours: 24, contours: { showlines: false },
        showscale: false, // Plotly's colour bar has inline styles, which the content security policy forbids
        hovertemplate: "w %{x}, b %{y:,.0f}: %{z:,.0f}<extra></extra>" },
      lines(text("path"), path.map((point) => point[0]), path.map((point) => point[1]), { color: "#e39bff", width: 2.5 },
        { mode: "lines+markers", marker: { size: 4 } }),
      { type: "scatter", mode: "markers", name: text("searched"), x: [best[0]], y: [best[1]],
        marker: { symbol: "x", size: 12, color: "#ff5a3c", line: { width: 1, color: "#fff" } } },
    ],
    layout: { hovermode: "closest", xaxis: axis("w", { tickformat: "" }), yaxis: axis("b") },
  };
}

export function periodFigure({ lags, autocorrelation }) {
  return {
    traces: [{ type: "bar", x: lags, y: autocorrelation, marker: { color: lags.map((lag) => colour(lag % 7 ? "copy" : "accent")) },
      hovertemplate: "%{x}: %{y:.2f}<extra></extra>" }],
    layout: { showlegend: false, hovermode: "closest", xaxis: axis("days-apart", { dtick: 7 }), yaxis: { range: [-1, 1] } },
  };
}

export function profileFigure({ profile }) {
  const format = new Intl.DateTimeFormat(currentLanguage(), { weekday: "short", timeZone: "UTC" });
  const monday = Date.UTC(2024, 0, 1);
  const names = profile.map((_, day) => format.format(new Date(monday + day * 86_400_000)));
  return {
    traces: [{ type: "bar", x: names, y: profile, marker: { color: colour("accent") }, hovertemplate: "%{x}: %{y:.0%}<extra></extra>" }],
    layout: { showlegend: false, hovermode: "closest", yaxis: { tickformat: ".0%" } },
  };
}

/** Compute c σ(b + w x), with σ from the table in the course. */
export function sigmoidFigure({ z, hard, smooth }, { b, w, c }) {
  const x = z.filter((value) => Math.abs(value) <= 6);
  const step = z[1] - z[0];
  const looked = (table) =>
    x.map((value) => c * table[Math.min(table.length - 1, Math.max(0, Math.round((b + w * value - z[0]) / step)))]);
  return {
    traces: [
      lines(text("hard"), x, looked(hard), { color: colour("copy"), width: 2, dash: "dash" }),
      lines(text("smooth"), x, looked(smooth), { color: colour("accent"), width: 3 }),
    ],
    layout: { xaxis: { title: { text: "x" } }, yaxis: { range: [-2.1, 2.1] } },
  };
}

export function sumFigure({ days, sums }, fits, kind) {
  const { curve, constant, parts } = sums[kind];
  const blue = parts.map((part, i) =>
    lines(text("each-sigmoid"), days, part, { color: colour("accent"), width: 1 }, { opacity: 0.7, showlegend: i === 0, hoverinfo: "skip" }),
  );
  return {
    traces: [
      ...blue,
      lines(text("constant"), [days[0], days.at(-1)], [constant, constant], { color: colour("quiet"), width: 1.5, dash: "dash" }),
      { type: "scatter", mode: "markers", name: text("days-dots"), x: fits.days, y: fits.views, marker: { color: colour("history"), size: 5 } },
      lines(text("their-sum"), days, curve, { color: colour("down"), width: 3 }),
    ],
    layout: { hovermode: "closest", xaxis: axis("day"), yaxis: axis("views-a-day") },
  };
}

export function fitFigure({ days, views, shown, fits }, index) {
  return {
    traces: [
      { type: "scatter", mode: "markers", name: text("days-dots"), x: days, y: views, marker: { color: colour("history"), size: 6 } },
      lines(text("the-fit"), shown, fits[index].curve, { color: colour("down"), width: 2.5 }),
    ],
    layout: { hovermode: "closest", xaxis: axis("day"), yaxis: axis("views-a-day", { rangemode: "tozero" }) },
  };
}

export function fallFigure({ fits }, index) {
  const { iterations, fall } = fits[index];
  return {
    traces: [lines("L(θ)", iterations, fall, { color: colour("accent"), width: 2.5 }, { mode: "lines+markers", marker: { size: 4 } })],
    layout: { showlegend: false, xaxis: axis("iteration"), yaxis: { title: { text: "L(θ)" }, type: "log", tickformat: "~s", nticks: 6 } },
  };
}

export const rungName = (rung) =>
  text(rung.n_sigmoids ? "rung-sum" : "rung-linear", { n: rung.n_sigmoids, days: rung.n_days });

export function ladderFigure({ rungs, copy_mae }) {
  const names = rungs.map(rungName);
  const rise = (key, field, line) =>
    lines(text(key), names, rungs.map((rung) => rung[field]), line, { mode: "lines+markers", marker: { size: 8 }, hovertemplate: "%{y:,.0f}" });
  return {
    traces: [
      rise("train", "train_mae", { color: colour("copy"), width: 2, dash: "dot" }),
      rise("held-out", "held_out_mae", { color: colour("accent"), width: 3 }),
      lines(text("copy-held-out"), names, names.map(() => copy_mae), { color: colour("straight"), width: 2, dash: "dash" }),
    ],
    layout: { xaxis: { type: "category" }, yaxis: axis("mean-error", { rangemode: "tozero" }) },
  };
}
