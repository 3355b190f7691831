"use strict";
const input = document.getElementById("search");
const found = document.getElementById("found");
const items = [...document.querySelectorAll("nav li[data-words]")];
const search = () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const item of items) {
    const fits = words.every((word) => item.dataset.words.includes(word));
    item.hidden = !fits;
    if (fits) count += 1;
  }
  found.textContent = words.length === 0 ? "" : count === 1 ? "1 found" : `${count} found`;
};
input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter") items.find((item) => !item.hidden)?.querySelector("a").click();
  if (event.key === "Escape") {
    input.value = "";
    search();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== input) {
    event.preventDefault();
    input.focus();
  }
});
search();
