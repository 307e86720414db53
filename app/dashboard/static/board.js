// Niceties of the board; without them the page does the same through its forms.
"use strict";

// The slider moves the day; letting go of it shows the board of that day.
const slide = document.getElementById("slide");
const at = document.getElementById("at");
if (slide && at && at.min) {
  const first = Date.parse(at.min + "T00:00:00Z");
  const dayOf = (days) => new Date(first + days * 86400000).toISOString().slice(0, 10);
  slide.hidden = false;
  slide.addEventListener("input", () => {
    at.value = dayOf(Number(slide.value));
    slide.setAttribute("aria-valuetext", at.value);
  });
  slide.addEventListener("change", () => at.form.requestSubmit());
}

// The country field filters as one types.
const field = document.getElementById("q");
const table = document.getElementById("table");
const nothing = document.getElementById("nothing");
if (field && table && nothing) {
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    nothing.hidden = shown > 0;
  });
}
