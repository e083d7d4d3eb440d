/** What all pages share: words, language, colours, and which of them this is. */
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
  for (const link of document.querySelectorAll("nav a"))
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
  setUpLanguage(document.getElementById("language"));
}
