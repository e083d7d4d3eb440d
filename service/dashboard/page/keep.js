/** What was read of a file is kept under a name, when the user says so; until then it is only tried. */
import { postFile, Problem } from "./api.js";
import { number, onLanguage, text } from "./language.js";
import { agreed } from "./question.js";
import { showProblem } from "./problems.js";

const $ = (id) => document.getElementById(id);
let upload = null; // {file, options, names}
let whenKept;

/** Call a function with the key of the series, whenever one alone was kept. */
export function setUpKeep(kept) {
  whenKept = kept;
  $("keep").addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
  });
  onLanguage(() => upload && showWords());
}

/** Offer to keep what was read of a file. */
export function offerToKeep(file, options, read) {
  const names = new Set(read.series.map((series) => series.name));
  upload = { file, options, names, metric: read.series[0].metric ?? "views" };
  const [name] = names;
  // A file of one series that has no name of its own is called "total" by the reader.
  $("keep-name").value = name === "total" ? file.name.replace(/(\.\w+)+$/, "") : name;
  $("keep-problem").hidden = true;
  $("kept-many").hidden = true;
  $("keep").hidden = false;
  showWords();
}

function showWords() {
  const isOne = upload.names.size === 1;
  $("keep-named").hidden = !isOne;
  $("keep-name").required = isOne;
  $("keep-it").textContent = isOne ? text("keep-it") : text("keep-all", { count: number(upload.names.size) });
}

async function keep(mayReplace = false) {
  const { file, options, names, metric } = upload;
  const id = $("keep-name").value.trim();
  const query = new URLSearchParams({
    ...options,
    ...(names.size === 1 && { series: id }),
    ...(mayReplace && { replace: "true" }),
  });
  $("keep-it").disabled = true;
  $("keep-problem").hidden = true;
  try {
    const answer = await postFile(`/series?${query}`, file);
    if (names.size === 1) return await whenKept({ id, metric }, answer);
    $("keep").hidden = true;
    $("kept-many-words").textContent = text("kept-many", { count: number(answer.series) });
    $("kept-many").hidden = false;
  } catch (problem) {
    await failed(problem);
  } finally {
    $("keep-it").disabled = false;
  }
}

async function failed(problem) {
  if (problem instanceof Problem && problem.kind === "replaces-most") {
    showProblem($("keep-problem"), problem);
    if (await agreed(text("replace-question"), text("replace"))) await keep(true);
    return;
  }
  showProblem($("keep-problem"), problem, () => keep());
}
