/** Dialogs, made when they are opened: in the language of that moment. */
import { text } from "./language.js";

/** Open a dialog of this content, and give it; its `returnValue` is that of the button, or empty. */
export function openDialog(id, labelledBy, content) {
  const dialog = Object.assign(document.createElement("dialog"), { id, innerHTML: `<form method="dialog">${content}</form>` });
  dialog.setAttribute("aria-labelledby", labelledBy);
  for (const element of dialog.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** What a dialog that was opened is closed with; it is gone then. */
export function closed(dialog) {
  return new Promise((resolve) => {
    const done = () => {
      dialog.remove();
      resolve(dialog.returnValue);
    };
    dialog.addEventListener("close", done, { once: true });
  });
}
