// The receipt's one button. Without it the browser's own menu prints.
document.getElementById("print").addEventListener("click", () => window.print());
