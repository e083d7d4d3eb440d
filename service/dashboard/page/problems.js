/** What is wrong, beside what caused it: what happened, what the service says of it, and what can be done. */
import { Problem } from "./api.js";
import { addWords, has, text } from "./language.js";
import { words } from "./problem_words.js";
import { said } from "./sentences.js";

addWords(words);

const paragraph = (words) => Object.assign(document.createElement("p"), { textContent: words });

/** Elements that say what is wrong; what is no `Problem` is a bug, and is left to the console. */
function problemWords(problem) {
  if (!(problem instanceof Problem)) throw problem;
  const { kind, status, message } = problem;
  if (!status) return [paragraph(message)]; // of this page
  const title = has(`problem-${kind}`) ? [paragraph(text(`problem-${kind}`))] : [];
  const service = kind === "unauthorized" ? [] : [said("p", message)]; // that is about headers
  const advice = has(`advice-${kind}`) ? [paragraph(text(`advice-${kind}`))] : [];
  return [...title, ...service, ...advice];
}

/** Show a problem in a box, with a button that tries again where there is something to try. */
export function showProblem(box, problem, again = null) {
  box.replaceChildren(...problemWords(problem));
  if (again) box.append(button(text("try-again"), again));
  box.hidden = false;
}

/** A small button. */
export function button(words, press, style = "") {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `button small ${style}`;
  element.textContent = words;
  element.addEventListener("click", press);
  return element;
}
