/** Functions for all charts: colours of the style sheet, the language, and redrawing when either changes. */
import { currentLanguage, onLanguage } from "./language.js";

const drawn = new Map(); // element -> function that draws it
let loading; // of Plotly

const hovers = () => matchMedia("(hover: hover)").matches;

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function chinese() {
  const months = [..."123456789", "10", "11", "12"].map((month) => `${month}月`);
  const days = [..."日一二三四五六"];
  return {
    moduleType: "locale",
    name: "zh-CN",
    dictionary: {},
    format: {
      days: days.map((day) => `星期${day}`),
      shortDays: days.map((day) => `周${day}`),
      months,
      shortMonths: months,
      date: "%Y-%m-%d",
      year: "%Y年",
      month: "%Y年%-m月",
      dayMonth: "%-m月%-d日",
      dayMonthYear: "%Y年%-m月%-d日",
    },
  };
}

export function layout(more = {}) {
  const ink = colour("quiet");
  const axis = { gridcolor: colour("line"), linecolor: colour("line"), zerolinecolor: colour("line"), automargin: true };
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: ink },
    margin: { l: 8, r: 12, t: 16, b: 8 },
    hovermode: "x unified",
    dragmode: hovers() && "zoom",
    modebar: { bgcolor: "rgba(0,0,0,0)", color: ink, activecolor: colour("accent") },
    hoverlabel: { bgcolor: colour("card"), bordercolor: colour("line"), font: { color: colour("ink") } },
    showlegend: true,
    legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom" },
    ...more,
    xaxis: { ...axis, showgrid: false, ...more.xaxis },
    yaxis: { ...axis, ...more.yaxis },
  };
}

/**
 * Load Plotly: to start it takes longer than all else of a page, which does not wait for it. The head of the page
 * has its address; the lecture's file has Plotly in itself.
 */
function plotly() {
  loading ??= (window.Plotly ? Promise.resolve() : loadScript(document.getElementById("plotly").href)).then(() => {
    window.Plotly?.register(chinese());
    return window.Plotly;
  });
  return loading;
}

function loadScript(address) {
  const script = document.createElement("script");
  script.src = address;
  return new Promise((resolve) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", resolve); // the page says by itself when a script did not come
    document.head.append(script);
  });
}

/** Draw into an element, now and after each change of colours or language. `make` returns traces and layout. */
export async function draw(element, make) {
  drawn.set(element, make);
  const library = await plotly();
  if (!library) return;
  const { traces, layout: shape } = drawn.get(element)(); // the newest, if another came meanwhile
  const config = {
    responsive: true,
    displaylogo: false,
    locale: currentLanguage(),
    modeBarButtons: [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
    // On touch screens, dragging scrolls the page, and there is no hover to show the tool bar.
    displayModeBar: hovers() && shape.dragmode !== false && "hover",
  };
  await library.react(element, traces, layout(shape), config);
}

export async function redraw() {
  await Promise.all(Array.from(drawn, ([element, make]) => draw(element, make)));
}

export async function saveImage(element, filename) {
  const library = await plotly();
  if (!library) return;
  const { width, height } = element.getBoundingClientRect();
  const ground = element.layout.paper_bgcolor;
  await library.relayout(element, { paper_bgcolor: colour("card") });
  await library.downloadImage(element, { format: "png", filename, width, height, scale: 2 });
  await library.relayout(element, { paper_bgcolor: ground });
}

/**
 * Load what draws charts when the page has time for it, and redraw them when the colours or the language of the page
 * change; call it after the frame's setup.
 */
export function setUpCharts() {
  setTimeout(plotly); // behind what the page starts with
  document.getElementById("theme").addEventListener("change", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  onLanguage(redraw);
  const root = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light"; // paper is white
    redraw();
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
    redraw();
  });
}
