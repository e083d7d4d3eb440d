/** A file comes in: by dropping, choosing or pasting. What was read of it is shown before anything else happens. */
import { getText, postFile, Problem } from "./api.js";
import { date, number, onLanguage, text } from "./language.js";

const $ = (id) => document.getElementById(id);
let chosen = null; // {read, file, index}
let whenChosen;

export function setUpIntake(choose) {
  whenChosen = choose;
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
    if (!pasted.trim()) return showProblem(new Problem(text("nothing-pasted")));
    return readFile(new File([pasted], text("pasted-name"), { type: "text/csv" }));
  });
  $("chosen").addEventListener("change", () => pick(Number($("chosen").value)));
  onLanguage(() => chosen && showRead());
}

async function readSample() {
  try {
    await readFile(new File([await getText("/sample.csv")], text("sample-name"), { type: "text/csv" }));
  } catch (problem) {
    showProblem(problem);
  }
}

/** Send a file to be read; nothing is kept of it. */
export async function readFile(file, column = null) {
  $("intake-problem").hidden = true;
  $("intake-progress").textContent = text("reading", { name: file.name });
  $("intake-progress").hidden = false;
  performance.mark("dropped");
  try {
    await file.slice(0, 1).arrayBuffer(); // a folder or a file that has gone is said here
    const read = await postFile(column ? `/read?views=${encodeURIComponent(column)}` : "/read", file);
    chosen = { read, name: file.name, index: 0 };
    showRead();
    pick(0);
  } catch (problem) {
    showProblem(problem, file);
  } finally {
    $("intake-progress").hidden = true;
    $("file").value = "";
  }
}

function showProblem(problem, file = null) {
  const message =
    problem instanceof Problem ? problem.message : text("file-unreadable", { name: file?.name ?? "", reason: problem.message });
  const box = $("intake-problem");
  box.replaceChildren(message);
  const columns = countColumns(problem.message);
  if (columns.length) {
    const words = document.createElement("p");
    words.textContent = text("choose-column");
    const buttons = columns.map((column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = column;
      button.addEventListener("click", () => readFile(file, column));
      return button;
    });
    box.append(words, ...buttons);
  }
  box.hidden = false;
}

/** The columns that a refusal names as counts to choose from: the service says them in its sentence alone. */
function countColumns(message) {
  const [, names] = message.match(/no column is called views, and (.*) may be counts/) ?? [];
  return names ? Array.from(names.matchAll(/"([^"]+)"/g), (name) => name[1]) : [];
}

function pick(index) {
  chosen.index = index;
  describe(chosen.read.series[index]);
  whenChosen(chosen.read.series[index]);
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
  if (chosen.read.series.length > 1) words.unshift(text("read-many", { count: number(chosen.read.series.length) }));
  $("read-words").textContent = words.join(" ");
}

function showRead() {
  const { read, name, index } = chosen;
  $("read-title").textContent = name;
  $("chooser").hidden = read.series.length < 2;
  $("chosen").replaceChildren(...read.series.map((series, i) => new Option(series.name, i, false, i === index)));
  const { notes } = read;
  $("notes").hidden = notes.length === 0;
  $("notes-title").textContent =
    notes.length === 1 ? text("note-title") : text("notes-title", { count: number(notes.length) });
  $("notes-list").replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement("li");
      item.textContent = note;
      return item;
    }),
  );
  describe(read.series[index]);
  $("intake").hidden = true;
  $("read").hidden = false;
}

export function startAgain() {
  chosen = null;
  $("read").hidden = true;
  $("intake").hidden = false;
  $("file").focus();
}
