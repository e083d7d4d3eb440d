/** A file comes in: by dropping, choosing or pasting. What was read of it is shown before anything else happens. */
import { getText, postFile, Problem } from "./api.js";
import { offerToKeep, setUpKeep, withdrawOffer } from "./keep.js";
import { deleteSeries, saveDays } from "./kept.js";
import { date, number, onLanguage, text } from "./language.js";
import { button, showProblem } from "./problems.js";
import { said } from "./sentences.js";

const $ = (id) => document.getElementById(id);
// What a note may advise for the query.
const ADVICE = ["without_last_day", "differences"];
let shown = null; // {read, name, index}, {file, options} of a file, and what an {upload} changed
let sample = null; // the file of it
let turn = 0; // of the newest file
let when;

/** `when.chosen` is called with a series of a file, and `when.kept` with one that was kept. */
export function setUpIntake(callbacks) {
  when = callbacks;
  const drop = $("drop");
  $("file").addEventListener("change", (event) => event.target.files[0] && readFile(event.target.files[0]));
  for (const name of ["dragenter", "dragover"])
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  for (const name of ["dragleave", "drop"])
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.remove("over");
    });
  document.addEventListener("drop", (event) => event.dataTransfer.files[0] && readFile(event.dataTransfer.files[0]));
  $("use-sample").addEventListener("click", readSample);
  $("use-pasted").addEventListener("click", () => {
    const pasted = $("pasted").value;
    if (!pasted.trim()) return showProblem($("intake-problem"), new Problem(text("nothing-pasted")));
    return readFile(new File([pasted], text("pasted-name"), { type: "text/csv" }));
  });
  $("chosen").addEventListener("change", () => pick(Number($("chosen").value)));
  setUpKeep(when.kept);
  setUpKeptActions();
  onLanguage(() => shown && showRead());
}

/** Whether nothing was asked for on this page yet: a link may still open its view. */
export const isUntouched = () => turn === 0;

async function readSample() {
  const name = text("sample-name");
  const mine = beginReading(name);
  try {
    const content = await getText("/sample.csv");
    if (mine !== turn) return; // a file came meanwhile
    sample = new File([content], name, { type: "text/csv" });
  } catch (problem) {
    if (mine !== turn) return;
    endReading();
    return showProblem($("intake-problem"), problem, readSample);
  }
  await readFile(sample);
}

function beginReading(name) {
  $("intake-problem").hidden = true;
  $("intake-progress").textContent = text("reading", { name });
  $("intake-progress").hidden = false;
  return ++turn;
}

/** Send a file to be read in a way; nothing is kept of it. */
async function readFile(file, options = {}) {
  const mine = beginReading(file.name);
  performance.mark("dropped");
  try {
    const read = await postFile(`/read?${new URLSearchParams(options)}`, file);
    if (mine !== turn) return; // another file came meanwhile, or none is wanted any more
    shown = { read, name: file.name, index: 0, file, options };
    offerToKeep(file, options, read);
    showRead();
    $("read-title").focus(); // what had it may be gone
    pick(0);
  } catch (problem) {
    if (mine === turn) showUnread(problem, file, options);
  } finally {
    if (mine === turn) endReading();
  }
}

function endReading() {
  $("intake-progress").hidden = true;
  $("file").value = "";
}

/** Why a file was not read; where it is that several columns may be the counts, a button for each. */
function showUnread(problem, file, options) {
  const columns = countColumns(problem.message);
  const again = () => readFile(file, options);
  showProblem($("intake-problem"), problem, problem.kind === "invalid-input" ? null : again);
  if (!columns.length) return;
  const words = document.createElement("p");
  words.textContent = text("choose-column");
  const buttons = columns.map((column) => button(column, () => readFile(file, { ...options, views: column })));
  $("intake-problem").append(words, ...buttons);
}

/** The columns that a refusal names as counts to choose from: the service says them in its sentence alone. */
function countColumns(message) {
  const [, names] = message.match(/no column is called views, and (.*) may be counts/) ?? [];
  return names ? Array.from(names.matchAll(/"([^"]+)"/g), (name) => name[1]) : [];
}

function pick(index) {
  shown.index = index;
  describe(shown.read.series[index]);
  when.chosen(shown.read.series[index]);
}

function describe(series) {
  const gaps = series.n_days - series.n_known;
  const words = [
    text("read-one", {
      known: number(series.n_known),
      first: date(series.first_date),
      last: date(series.last_date),
      total: number(series.total),
    }),
  ];
  if (gaps) words.push(text("read-gaps", { missing: number(gaps) }));
  if (shown.read.series.length > 1) words.unshift(text("read-many", { count: number(shown.read.series.length) }));
  $("read-words").textContent = words.join(" ");
}

function showRead() {
  const { read, name, index } = shown;
  $("read-title").textContent = name;
  $("chooser").hidden = read.series.length < 2;
  const titles = read.series.map(({ name: series, metric }) => (metric ? `${series} (${metric})` : series));
  $("chosen").replaceChildren(...titles.map((title, i) => new Option(title, i, false, i === index)));
  showNotes(read.notes);
  showKeptActions();
  describe(read.series[index]);
  $("intake").hidden = true;
  $("read").hidden = false;
}

function showNotes(notes) {
  $("notes").hidden = notes.length === 0;
  $("notes-title").textContent =
    notes.length === 1 ? text("note-title") : text("notes-title", { count: number(notes.length) });
  $("notes-list").replaceChildren(
    ...notes.map((note) => {
      const item = said("li", note);
      for (const option of ADVICE) {
        if (!note.includes(`?${option}=true`)) continue;
        const otherwise = () => readFile(shown.file, { ...shown.options, [option]: "true" });
        item.append(" ", button(text(`read-${option}`), otherwise));
        $("notes").open = shown.file !== sample; // its last day is whole
      }
      return item;
    }),
  );
}

/** Show a series that is kept; after an upload, with what that changed. */
export function showKept(series, upload = null) {
  shown = { read: { series: [series], notes: [] }, name: series.name, index: 0, upload };
  $("keep").hidden = true;
  showRead();
}

/** What can be done with a kept series, where one is shown. */
function showKeptActions() {
  const { read, upload } = shown;
  $("kept-actions").hidden = !read.series[0].kept;
  $("kept-words").textContent = upload
    ? text("kept-now", { new: number(upload.new), changed: number(upload.changed), unchanged: number(upload.unchanged) })
    : text("kept-already");
}

function setUpKeptActions() {
  const act = (id, action) =>
    $(id).addEventListener("click", async () => {
      $("keep-problem").hidden = true;
      try {
        await action(shown.read.series[0].kept);
      } catch (problem) {
        showProblem($("keep-problem"), problem);
      }
    });
  act("save-days", saveDays);
  act("delete-series", async (key) => {
    if (await deleteSeries(key)) location.assign("/page/series");
  });
}

export function startAgain() {
  shown = null;
  turn += 1;
  endReading();
  withdrawOffer();
  $("intake-problem").hidden = true;
  $("read").hidden = true;
  $("kept-actions").hidden = true;
  $("intake").hidden = false;
  $("file").focus();
}
