/** A question that is asked before something that cannot be taken back easily. */
import { closed, openDialog } from "./dialogs.js";

const CONTENT = `
  <p id="question"></p>
  <p class="buttons">
    <button class="button" value="" data-text="cancel"></button>
    <button class="button primary" value="yes" id="question-yes"></button>
  </p>`;

/** Close a question that is open: what it was about has gone. */
export const withdrawQuestion = () => document.getElementById("question-dialog")?.close("");

/** Ask, and give whether the answer was yes. */
export async function agreed(question, yes) {
  const dialog = openDialog("question-dialog", "question", CONTENT);
  document.getElementById("question").textContent = question;
  document.getElementById("question-yes").textContent = yes;
  return (await closed(dialog)) === "yes";
}
