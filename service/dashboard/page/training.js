/** Training and versions: what runs is followed, what came of it compared, and which version forecasts chosen. */
import { setUpCharts } from "./charts.js";
import { showComparison } from "./comparison.js";
import { setUpFrame } from "./frame.js";
import { onLanguage } from "./language.js";
import { followLatest, setUpTraining } from "./training_job.js";
import { words } from "./training_words.js";
import { loadVersions, setUpVersions } from "./versions.js";

setUpFrame(words);
setUpCharts();
setUpVersions();
setUpTraining({
  ended: async (state) => {
    await loadVersions();
    await showComparison(state);
  },
});
onLanguage(() => showComparison());
await Promise.all([loadVersions(), followLatest()]);
