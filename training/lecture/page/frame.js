/** What all pages share: words, language and colours. */
import { words as shared } from "./frame_words.js";
import { addWords, setUpLanguage, store, stored } from "./language.js";

/** Set a page up that has words of its own. */
export function setUpFrame(words) {
  addWords(shared);
  addWords(words);
  const theme = document.getElementById("theme");
  theme.value = stored("theme") ?? "auto";
  theme.addEventListener("change", () => {
    document.documentElement.dataset.theme = theme.value;
    store("theme", theme.value);
  });
  setUpLanguage(document.getElementById("language"));
}
