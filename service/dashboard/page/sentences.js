/** The service's sentences in Chinese: it speaks English alone. What is not known here is shown as it came.
 *
 * A sentence is known by its English form with places: `{q}` is in quotes, `{d}` a date, `{#}` a number, `{}`
 * anything or nothing. What stands in a place may be a phrase that is known itself. `{0}` is where the first goes in Chinese.
 */
import { currentLanguage, text } from "./language.js";
import notes from "./reader_notes.js";
import problems from "./reader_problems.js";
import trainings from "./training_sentences.js";

// What a query may ask for; the page has buttons for it.
const ADVICE = /; if [^;]*\?\w+=true [^;]*$|; \?views=[^;]* chooses [^;]*$/;
const PLACES = { "{q}": '(".+")', "{d}": String.raw`(\d{4}-\d\d-\d\d)`, "{#}": String.raw`([\d,]+)`, "{}": "(.*?)" };
const escaped = (words) => words.replace(/[.*+?^$()[\]|\\{}]/g, String.raw`\$&`);
const pattern = (english) =>
  new RegExp(`^${english.split(/(\{[q#d]?\})/).map((part) => PLACES[part] ?? escaped(part)).join("")}$`);
const nPlain = (english) => english.replace(/\{[q#d]?\}/g, "").length;
// Those that say most come first: others may fit by chance.
const CHINESE = Object.entries({ ...notes, ...problems, ...trainings })
  .sort(([one], [other]) => nPlain(other) - nPlain(one))
  .map(([english, chinese]) => [pattern(english), chinese]);
// A cell, and what is wrong with it.
const OF_A_CELL = /^(".*") ((?:is|has|does) .+)$/;

/** A sentence or a phrase in Chinese; null when it is not known. */
function chinese(sentence) {
  for (const [english, words] of CHINESE) {
    const found = sentence.match(english);
    if (found) return words.replace(/\{(\d)\}/g, (_, n) => chinese(found[Number(n) + 1]) ?? found[Number(n) + 1]);
  }
  const [, cell, problem] = sentence.match(OF_A_CELL) ?? [];
  const words = problem && chinese(problem);
  return words ? `${cell} ${words}` : null;
}

/** Where in a file: its name, and perhaps a line and a column. */
const place = (words) => words.replace(/, line (\d+)/, "，第 $1 行").replace(/, column (".*")$/, "，$1 列");

/** A sentence with or without its place before it; the last colons are tried first, names may have some, too. */
function chineseWithPlace(sentence) {
  for (let end = sentence.lastIndexOf(": "); end > 0; end = sentence.lastIndexOf(": ", end - 1)) {
    const words = chinese(sentence.slice(end + 2));
    if (words) return `${place(sentence.slice(0, end))}：${words}`;
  }
  return chinese(sentence);
}

/** A sentence of the service in the chosen language, and which language that came to be. */
export function translated(sentence) {
  if (currentLanguage() === "en") return { words: sentence.replace(ADVICE, ""), language: "en" };
  const words = chineseWithPlace(sentence);
  return words ? { words, language: currentLanguage() } : { words: sentence, language: "en" };
}

/** An element that says a sentence of the service, with a word before it where it is not translated. */
export function said(tag, sentence) {
  const element = document.createElement(tag);
  const { words, language } = translated(sentence);
  if (language === currentLanguage()) {
    element.textContent = words;
    return element;
  }
  const original = document.createElement("span");
  original.lang = "en";
  original.textContent = words;
  element.append(`${text("service-says")} `, original);
  return element;
}
