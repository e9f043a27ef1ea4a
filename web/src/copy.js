// [data-copy]: a press copies the value, and says so for a moment.
document.addEventListener('click', async (event) => {
  const element = event.target.closest('[data-copy]');
  if (!element || !navigator.clipboard)
    return;
  try {
    await navigator.clipboard.writeText(element.dataset.copy || element.textContent.trim());
  } catch {
    return;
  }
  element.classList.add('copied');
  setTimeout(() => element.classList.remove('copied'), 1500);
});
