/** The page: a file comes in, or a link opens; a forecast stands there. */
import { Problem } from "./api.js";
import { setUpCharts } from "./charts.js";
import chinese from "./chinese.js";
import english from "./english.js";
import { hideForecast, setUpForecast, showForecast } from "./forecast.js";
import { setUpFrame } from "./frame.js";
import { isUntouched, setUpIntake, showKept, startAgain } from "./intake.js";
import { text } from "./language.js";
import { forget, recall } from "./link.js";
import { showProblem } from "./problems.js";

const $ = (id) => document.getElementById(id);

setUpFrame({ en: english, "zh-CN": chinese });
setUpCharts();
setUpForecast();
setUpIntake({
  chosen: (series) => showForecast(series),
  kept: async (series, upload) => {
    showKept(series, upload);
    await showForecast(series);
  },
});
$("start-again").addEventListener("click", () => {
  forget();
  hideForecast();
  startAgain();
});
// Another link that is put into the address: the page itself changes it without such an event.
addEventListener("hashchange", () => location.reload());
await openLink();

async function openLink() {
  try {
    const view = await recall();
    if (!view || !isUntouched()) return;
    const { series, ...choices } = view;
    if (series.kept) showKept(series);
    await showForecast(series, choices);
  } catch (problem) {
    if (!isUntouched()) return;
    const isBroken = problem instanceof SyntaxError;
    showProblem($("intake-problem"), isBroken ? new Problem(text("link-broken")) : problem);
  }
}
