/** Series that are kept by the service: looked up, saved as a file, deleted. */
import { getJson, getText, remove, save } from "./api.js";
import { words } from "./kept_words.js";
import { addWords, text } from "./language.js";
import { agreed } from "./question.js";

addWords(words);

const address = ({ id, metric }) => `/series/${encodeURIComponent(id)}?${new URLSearchParams({ metric })}`;

/** The link that opens a kept series. */
export const pageOf = ({ id, metric }) => `/#${new URLSearchParams({ kept: id, metric })}`;

/** A kept series in the form that a file's series have. */
export async function keptSeries(key) {
  const { views, first_date, last_date } = await getJson(address(key));
  const counts = views.filter((count) => count !== null);
  return {
    kept: key,
    name: key.id,
    first_date,
    last_date,
    n_days: views.length,
    n_known: counts.length,
    total: counts.reduce((sum, count) => sum + count, 0),
    views,
  };
}

/** Save the days of a kept series as CSV. */
export async function saveDays(key) {
  save(await getText(address(key), { Accept: "text/csv" }), "text/csv", `${key.id}.csv`);
}

/** Delete a kept series, once it was agreed to; give whether it was. */
export async function deleteSeries(key) {
  if (!(await agreed(text("delete-question", { name: key.id }), text("delete")))) return false;
  await remove(address(key));
  return true;
}
