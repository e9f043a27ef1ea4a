// The choice of colours takes effect in place: what stands half filled on the page stays. Without
// script the form leads back to the page.
const root = document.documentElement;
const form = document.querySelector('form.theme-switch');

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  const chosen = event.submitter.value;
  if (chosen)
    root.dataset.theme = chosen;
  else
    delete root.dataset.theme;
  for (const button of form.querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(button === event.submitter));
  fetch(form.action, {
    method: 'POST',
    body: new URLSearchParams(new FormData(form, event.submitter)),
    redirect: 'manual',
  });
});
