// Pages work without this script; it spares a click where a choice alone says what is wanted.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-on-change]");
  if (form && event.target.tagName === "SELECT") form.requestSubmit();
});
