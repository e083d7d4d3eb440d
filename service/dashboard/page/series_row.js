/** The cells of a kept series in the list. */
import { pageOf } from "./kept.js";
import { date, text, views } from "./language.js";
import { button } from "./problems.js";
import { sparkline } from "./sparkline.js";

const N_CELLS = 6;

/** Write a series into a row; without one, that it is still on its way. */
export function fillRow(row, series, actions) {
  const cells = series ? cellsOf(series, actions) : Array.from({ length: N_CELLS }, (_, i) => cell(i ? "" : "…"));
  cells[1].classList.add("wide-only");
  cells[N_CELLS - 1].classList.add("wide-only");
  row.replaceChildren(...cells);
}

function cellsOf(series, actions) {
  const link = Object.assign(document.createElement("a"), { href: pageOf(series), textContent: titleOf(series) });
  const known = series.recent.filter((count) => count !== null);
  const words = text("spark-words", { low: views(Math.min(...known)), high: views(Math.max(...known)) });
  return [
    cell(link),
    cell(sparkline(series.recent, words)),
    cell(strong(views(series.last_count)), small(date(series.last_date)), ...flagsOf(series)),
    cell(...expectedOf(series)),
    series.next ? cell(strong(views(series.next.views)), small(rangeOf(series.next.intervals["95"]))) : cell(""),
    cell(...buttonsOf(series, actions)),
  ];
}

const titleOf = ({ id, metric }) => (metric === "views" ? id : `${id} (${metric})`);
const rangeOf = ([low, high]) => text("expected-range", { low: views(low), high: views(high) });

function expectedOf({ expected }) {
  if (!expected) return [small(text("not-forecast"))];
  return [strong(views(expected.views)), small(rangeOf(expected.intervals["95"]))];
}

/** A flag on a day outside of its 95 % interval. */
function flagsOf({ expected, last_count: count }) {
  if (!expected) return [];
  const [low, high] = expected.intervals["95"];
  if (count >= low && count <= high) return [];
  return [flag(count > high ? "unusually-high" : "unusually-low")];
}

function buttonsOf(series, actions) {
  const name = titleOf(series);
  const save = button(text("save-one"), () => actions.save(series));
  save.setAttribute("aria-label", text("save-named", { name }));
  const remove = button(text("delete"), () => actions.delete(series));
  remove.setAttribute("aria-label", text("delete-named", { name }));
  return [save, " ", remove];
}

function cell(...content) {
  const made = document.createElement("td");
  made.append(...content);
  return made;
}

const strong = (words) => Object.assign(document.createElement("span"), { className: "figure", textContent: words });
const small = (words) => Object.assign(document.createElement("span"), { className: "small-words", textContent: words });
const flag = (key) => Object.assign(document.createElement("span"), { className: "flag", textContent: text(key) });
