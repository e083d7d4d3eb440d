/** What was read of a file is kept under a name, when the user says so; until then it is only tried. */
import { postFile, Problem } from "./api.js";
import { keptSeries } from "./kept.js";
import { number, onLanguage, text } from "./language.js";
import { agreed, withdrawQuestion } from "./question.js";
import { showProblem } from "./problems.js";

const $ = (id) => document.getElementById(id);
let offer = null; // {file, options, names, metric}, and nKept once many were kept
let meanwhile = null; // [key, places] of what became of a file that another one has taken the place of
let whenKept;

/** Call a function with the series and what the upload changed, whenever one alone was kept. */
export function setUpKeep(kept) {
  whenKept = kept;
  $("keep").addEventListener("submit", (event) => {
    event.preventDefault();
    keep(offer, $("keep-name").value.trim());
  });
  onLanguage(showWords);
}

/** Offer to keep what was read of a file. */
export function offerToKeep(file, options, read) {
  withdrawOffer();
  const names = new Set(read.series.map((series) => series.name));
  offer = { file, options, names, metric: read.series[0].metric ?? "views" };
  const [name] = names;
  // A file of one series that has no name of its own is called "total" by the reader.
  $("keep-name").value = name === "total" ? file.name.replace(/(\.\w+)+$/, "") : name;
  $("keep-it").disabled = false;
  $("keep").hidden = false;
  showWords();
}

/** Offer nothing: what is under way for the former offer is said in a short word only. */
export function withdrawOffer() {
  offer = meanwhile = null;
  withdrawQuestion();
  for (const id of ["keep", "keep-problem", "kept-many", "kept-meanwhile"]) $(id).hidden = true;
}

function showWords() {
  if (meanwhile) $("kept-meanwhile").textContent = text(...meanwhile);
  if (!offer) return;
  const isOne = offer.names.size === 1;
  $("keep-named").hidden = !isOne;
  $("keep-name").required = isOne;
  $("keep-it").textContent = isOne ? text("keep-it") : text("keep-all", { count: number(offer.names.size) });
  if (offer.nKept) $("kept-many-words").textContent = text("kept-many", { count: number(offer.nKept) });
}

/** Keep what was offered, under the name that stood there when it was asked for. */
async function keep(mine, id, mayReplace = false) {
  const { file, options, names, metric } = mine;
  const isOne = names.size === 1;
  const query = new URLSearchParams({
    ...options,
    ...(isOne && { series: id }),
    ...(mayReplace && { replace: "true" }),
  });
  $("keep-it").disabled = true;
  $("keep-problem").hidden = true;
  try {
    const answer = await postFile(`/series?${query}`, file);
    const series = isOne && (await keptSeries({ id, metric }));
    if (mine !== offer) return sayMeanwhile("kept-meanwhile", { name: file.name });
    if (isOne) return await whenKept(series, answer);
    mine.nKept = answer.series;
    showWords();
    $("keep").hidden = true;
    $("kept-many").hidden = false;
  } catch (problem) {
    await failed(problem, mine, id);
  } finally {
    if (mine === offer) $("keep-it").disabled = false;
  }
}

async function failed(problem, mine, id) {
  if (problem instanceof Problem && mine !== offer)
    return sayMeanwhile("not-kept-meanwhile", { name: mine.file.name, problem: problem.message });
  if (problem.kind !== "replaces-most")
    return showProblem($("keep-problem"), problem, () => keep(mine, $("keep-name").value.trim()));
  showProblem($("keep-problem"), problem);
  if (await agreed(text("replace-question"), text("replace"))) await keep(mine, id, true);
}

function sayMeanwhile(key, places) {
  meanwhile = [key, places];
  showWords();
  $("kept-meanwhile").hidden = false;
}
