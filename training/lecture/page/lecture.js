/** The lecture: draws the numbers of a course, which were computed with SumOfSigmoidsRegressor. */
import { draw, setUpCharts } from "./charts.js";
import { firstSteps, ladderStep } from "./course.js";
import { setUpFrame } from "./frame.js";
import { date, number, onLanguage, text, views } from "./language.js";
import * as figures from "./lecture_figures.js";
import { words } from "./lecture_words.js";

const $ = (id) => document.getElementById(id);
let course = null;

setUpFrame(words);
setUpCharts();

try {
  course = await firstSteps();
  start();
} catch (problem) {
  $("problem").textContent = problem.message;
  $("problem").hidden = false;
} finally {
  $("progress").hidden = true;
}

function start() {
  $("steps").hidden = false;
  for (const [id, values, initial] of [
    ["line-w", course.line.w, 40],
    ["line-b", course.line.b, 30],
  ]) {
    Object.assign($(id), { min: 0, max: values.length - 1, step: 1, value: initial });
    $(id).addEventListener("input", showLine);
  }
  $("line-best").addEventListener("click", () => {
    $("line-w").value = nearest(course.line.w, course.line.best[0]);
    $("line-b").value = nearest(course.line.b, course.line.best[1]);
    showLine();
  });
  for (const id of ["sigmoid-b", "sigmoid-w", "sigmoid-c"]) $(id).addEventListener("input", showSigmoid);
  $("sum-kind").addEventListener("change", showSum);
  Object.assign($("fit-number"), { max: course.fits.fits.length - 1, value: 4 });
  $("fit-number").addEventListener("input", showFit);
  $("climb").addEventListener("click", climb);
  onLanguage(show);
  show();
  if (course.ladder) showLadder();
}

const nearest = (values, wanted) =>
  values.reduce((best, value, i) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? i : best), 0);

function show() {
  $("whose").textContent = text("whose", { name: course.name, first: date(course.first_date), last: date(course.last_date) });
  showLine();
  showSurface();
  showPeriod();
  showSigmoid();
  showSum();
  showFit();
  if (course.ladder?.rungs) showLadder();
}

function showLine() {
  const { line } = course;
  const [i, j] = [Number($("line-w").value), Number($("line-b").value)];
  $("line-w-shown").textContent = number(line.w[i], 3);
  $("line-b-shown").textContent = number(line.b[j]);
  $("line-loss").textContent = text("line-loss", { loss: views(line.surface[j][i]), best: views(line.best[2]) });
  draw($("line-chart"), () => figures.lineFigure(line, line.w[i], line.b[j]));
}

function showSurface() {
  const { best, path } = course.line;
  const end = path.at(-1);
  $("surface-result").textContent = text("surface-result", {
    w: number(best[0], 3),
    b: number(best[1]),
    loss: views(best[2]),
    steps: number(course.line.n_steps),
    w2: number(end[0], 3),
    b2: number(end[1]),
    loss2: views(end[2]),
  });
  draw($("surface-chart"), () => figures.surfaceFigure(course.line));
}

function showPeriod() {
  const { lags, autocorrelation, copy_errors } = course.period;
  const highest = Math.max(...autocorrelation.slice(1));
  const peak = autocorrelation.findIndex((value, i) => i > 0 && value >= highest - 0.05); // multiples peak, too
  // Where nothing changes, or only at random, no distance stands out.
  $("period-result").textContent = text(highest > 0 ? "period-result" : "period-none", {
    lag: lags[peak],
    copy: views(copy_errors[peak]),
    yesterday: views(copy_errors[0]),
  });
  draw($("period-chart"), () => figures.periodFigure(course.period));
  draw($("profile-chart"), () => figures.profileFigure(course.period));
}

function showSigmoid() {
  const chosen = {};
  for (const name of ["b", "w", "c"]) {
    chosen[name] = Number($(`sigmoid-${name}`).value);
    $(`sigmoid-${name}-shown`).textContent = number(chosen[name], 1);
  }
  draw($("sigmoid-chart"), () => figures.sigmoidFigure(course.sigmoids, chosen));
}

function showSum() {
  draw($("sum-chart"), () => figures.sumFigure(course.sigmoids, course.fits, $("sum-kind").value));
}

function showFit() {
  const index = Number($("fit-number").value);
  const fit = course.fits.fits[index];
  $("fit-shown").textContent = number(fit.n_sigmoids);
  $("fit-result").textContent = text(fit.n_sigmoids ? "fit-result" : "fit-line", {
    n: number(fit.n_sigmoids),
    mae: views(fit.mae),
    iterations: number(fit.n_iterations),
    stopped: text(`stop-${fit.stopped}`),
  });
  draw($("fit-chart"), () => figures.fitFigure(course.fits, index));
  draw($("fall-chart"), () => figures.fallFigure(course.fits, index));
}

async function climb() {
  $("climb").disabled = true;
  $("ladder-result").textContent = text("climbing");
  try {
    course.ladder = await ladderStep();
    showLadder();
  } catch (problem) {
    $("ladder-result").textContent = problem.message;
    $("climb").disabled = false;
  }
}

function showLadder() {
  $("climb").hidden = true;
  const { ladder } = course;
  if (ladder.problem) {
    $("ladder-result").textContent = ladder.problem;
    return;
  }
  const best = ladder.rungs.reduce((a, b) => (b.held_out_mae < a.held_out_mae ? b : a));
  $("ladder-result").textContent = text("ladder-result", {
    first: date(ladder.first_held_out),
    best: figures.rungName(best),
    error: views(best.held_out_mae),
  });
  $("ladder-chart").hidden = false;
  draw($("ladder-chart"), () => figures.ladderFigure(ladder));
}
