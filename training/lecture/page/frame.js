/** Functions for all pages: texts, language and colours. */
import { words as shared } from "./frame_words.js";
import { addWords, setUpLanguage, store, stored } from "./language.js";

/** Set up a page with its texts. */
export function setUpFrame(words) {
  addWords(shared);
  addWords(words);
  const theme = document.getElementById("theme");
  theme.value = stored("theme") ?? "auto";
  theme.addEventListener("change", () => {
    document.documentElement.dataset.theme = theme.value;
    store("theme", theme.value);
  });
  // Not by the address, as links do it: that holds the view.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  setUpLanguage(document.getElementById("language"));
}
