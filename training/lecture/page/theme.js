// Set the colours chosen last, or those of the system, before the first drawing, to avoid a bright flash.
document.documentElement.dataset.theme = (() => {
  try {
    return localStorage.getItem("theme") || "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
})();
