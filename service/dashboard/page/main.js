/** The page: a file comes in, a forecast stands there. */
import { setUpCharts } from "./charts.js";
import chinese from "./chinese.js";
import english from "./english.js";
import { hideForecast, setUpForecast, showForecast } from "./forecast.js";
import { setUpIntake, startAgain } from "./intake.js";
import { addWords, setUpLanguage, text } from "./language.js";
import { forget, recall } from "./link.js";

const $ = (id) => document.getElementById(id);

addWords({ en: english, "zh-CN": chinese });
setUpCharts($("theme"));
setUpForecast();
setUpIntake((series) => showForecast(series));
setUpLanguage($("language"));
$("start-again").addEventListener("click", () => {
  forget();
  hideForecast();
  startAgain();
});

try {
  const view = await recall();
  if (view) {
    const { series, ...choices } = view;
    await showForecast(series, choices);
    $("intake").classList.add("below");
  }
} catch {
  $("intake-problem").textContent = text("link-broken");
  $("intake-problem").hidden = false;
}
