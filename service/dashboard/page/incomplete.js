// Say so when a script does not come, as after a change of networks: all words of a page come from scripts.
addEventListener(
  "error",
  (event) => {
    if (event.target.tagName !== "SCRIPT" || document.getElementById("incomplete")) return;
    const words = document.createElement("p");
    words.id = "incomplete";
    words.className = "problem";
    words.setAttribute("role", "alert");
    words.textContent = "This page did not load completely; please load it again. 页面没有完全加载，请重新加载。";
    document.getElementById("main")?.prepend(words);
  },
  true, // such events do not bubble
);
