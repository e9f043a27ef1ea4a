// form[data-keep]: leaving with what was typed but not sent asks first.
let changed = false;

document.addEventListener('input', (event) => {
  if (event.target.closest('form[data-keep]'))
    changed = true;
});
document.addEventListener('submit', (event) => {
  if (event.target.matches('form[data-keep]'))
    changed = false;
});
addEventListener('beforeunload', (event) => {
  if (changed)
    event.preventDefault();
});
