/** A question that is asked before something that cannot be taken back easily. */

/** Ask, and give whether the answer was yes. */
export function agreed(question, yes) {
  const dialog = document.getElementById("question-dialog");
  document.getElementById("question").textContent = question;
  document.getElementById("question-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }),
  );
}
