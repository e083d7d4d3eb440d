/** The navigation of every page: its words, and the mark on the page that is open. Loaded before the page's own module. */
import { addWords } from "./language.js";
import { words } from "./navigation_words.js";

addWords(words);
for (const link of document.querySelectorAll("nav a"))
  if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
