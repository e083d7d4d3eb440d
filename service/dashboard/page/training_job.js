/** One training job at a time: begun, followed by server-sent events, cancelled; and the list of the latest. */
import { events, getJson, post, remove } from "./api.js";
import { clock, duration, onLanguage, text } from "./language.js";
import { showProblem } from "./problems.js";
import { agreed } from "./question.js";
import { said } from "./sentences.js";
import { fillTable } from "./tables.js";

const $ = (id) => document.getElementById(id);
const MOST_PAST = 8;
let when;
let state = null; // of the job that is shown
let past = [];

const hasEnded = (job) => !["queued", "running"].includes(job.state);

/** `callbacks.ended` is called with the state of a job that has ended. */
export function setUpTraining(callbacks) {
  when = callbacks;
  $("train").addEventListener("click", () => attempt(train));
  $("cancel-job").addEventListener("click", () => attempt(cancel));
  onLanguage(() => {
    if (state) showState();
    showPast();
  });
}

async function attempt(action) {
  $("job-problem").hidden = true;
  try {
    await action();
  } catch (problem) {
    showProblem($("job-problem"), problem, () => attempt(followLatest));
  }
}

/** Follow the job that runs or waits; without one, show how the latest ended. */
export async function followLatest() {
  await attempt(async () => {
    await loadPast();
    const running = past.find((job) => job.state === "running") ?? past.find((job) => !hasEnded(job));
    if (running) return follow(running.id);
    const latest = past.find((job) => job.version);
    if (latest) await when.ended(latest);
  });
}

async function train() {
  $("train").disabled = true;
  try {
    await follow((await post("/retrain")).id);
  } finally {
    $("train").disabled = false;
  }
}

async function follow(id) {
  $("train").disabled = true;
  try {
    for await (const event of events(`/retrain/${id}/events`)) {
      state = event;
      showState();
    }
  } finally {
    $("train").disabled = false;
  }
  await loadPast();
  if (state.version) await when.ended(state);
}

async function cancel() {
  if (await agreed(text("cancel-question"), text("cancel-training"))) await remove(`/retrain/${state.id}`);
}

function showState() {
  const ended = hasEnded(state);
  $("job").hidden = ended;
  $("job-outcome").hidden = !ended;
  if (ended) {
    $("job-outcome").replaceChildren(text(`state-${state.state}`, { version: state.version }));
    if (state.error) $("job-outcome").append(" ", said("span", state.error));
    return;
  }
  $("job-step").replaceChildren(state.state === "queued" ? text("state-queued") : said("span", state.step));
  $("job-progress").value = state.progress;
  const left = state.seconds_left;
  $("job-left").textContent = left === null ? text("time-unknown") : text("time-left", { time: duration(left) });
}

async function loadPast() {
  past = (await getJson("/retrain")).jobs;
  showPast();
}

function showPast() {
  const ended = past.filter(hasEnded).slice(0, MOST_PAST);
  $("past").hidden = ended.length === 0;
  const rows = ended.map((job) => [
    clock(job.started ?? job.queued ?? job.finished),
    job.started ? duration((Date.parse(job.finished) - Date.parse(job.started)) / 1000) : "",
    job.error ? [text(`outcome-${job.state}`), ": ", said("span", job.error)] : text(`outcome-${job.state}`),
    job.version ?? "",
  ]);
  fillTable($("past-jobs"), ["began", "took", "outcome", "version"].map((key) => text(key)), rows);
}
