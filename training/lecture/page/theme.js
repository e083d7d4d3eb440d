// Before anything is drawn, so that nobody is dazzled: the colours that were chosen last, or the system's.
document.documentElement.dataset.theme = (() => {
  try {
    return localStorage.getItem("theme") || "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
})();
