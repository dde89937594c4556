"use strict";
// Filters; without scripts the page shows every mistake under its category.
const form = document.querySelector(".filters");
if (form) {
  const selects = [...form.querySelectorAll("select")];
  const mistakes = [...document.querySelectorAll(".all .mistake")];
  const groups = [...document.querySelectorAll(".all section")];
  const shown = form.querySelector("output");
  const apply = () => {
    let count = 0;
    for (const item of mistakes) {
      item.hidden = !selects.every((select) => !select.value || item.dataset[select.name] === select.value);
      count += !item.hidden;
    }
    for (const group of groups) group.hidden = !group.querySelector(".mistake:not([hidden])");
    shown.textContent = `Showing ${count} of ${mistakes.length}.`;
  };
  form.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
}
