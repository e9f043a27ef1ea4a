// [data-live]: work of the server that goes on. What stands there is asked for again every second
// and put in place; once the page has no such part any more, the page itself is loaded. Without
// script the page comes anew by itself.
const EVERY = 1000;

async function look() {
  const box = document.querySelector('[data-live]');
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = page.querySelector('[data-live]');
    if (!now && answer.status < 500)
      return location.reload();
    if (now && now.innerHTML !== box.innerHTML)
      box.replaceChildren(...now.childNodes);
  } catch {
    // The server may be on its way up again.
  }
  setTimeout(look, EVERY);
}

if (document.querySelector('[data-live]'))
  setTimeout(look, EVERY);
