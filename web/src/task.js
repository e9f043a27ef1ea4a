// The worker's task: time left by the server's deadline, and what comes after submitting.
// data-now is the server's clock when the page was made, so a wrong clock of the reader's shows
// the right time.
const clocks = [...document.querySelectorAll('.countdown[data-deadline]')].map((element) => ({
  element,
  deadline: Number(element.dataset.deadline),
  ahead: Number(element.dataset.now) - Date.now(),
}));

function words(seconds) {
  const s = seconds % 60, m = Math.floor(seconds / 60) % 60, h = Math.floor(seconds / 3600) % 24;
  const d = Math.floor(seconds / 86400);
  const two = (n) => String(n).padStart(2, '0');
  if (d)
    return `${d} d ${h} h`;
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// Said once each, above the task, where a screen reader hears it too.
const warnings = [
  [0, 'The time for this task is over, and its place is open to others. What you entered can still be read and copied, but not submitted.'],
  [60, 'Less than a minute is left. Submit now: what comes later can not be paid.'],
  [300, 'Less than five minutes are left. Submit in time, or return the task: that does not touch your approval rate.'],
];
const note = document.querySelector('.time-note');

function warn(left) {
  const [, text] = warnings.find(([from]) => left <= from) ?? [];
  const place = note.querySelector('p');
  if (!text || place.textContent === text)
    return;
  place.textContent = text;
  note.classList.toggle('bad', left === 0);
  note.classList.toggle('warn', left > 0);
  note.hidden = false;
}

function tick() {
  for (const { element, deadline, ahead } of clocks) {
    const left = Math.max(0, Math.round((deadline - Date.now() - ahead) / 1000));
    element.textContent = left ? words(left) : 'none';
    element.classList.toggle('soon', left > 0 && left <= 300);
    element.classList.toggle('over', left === 0);
    if (note)
      warn(left);
  }
}

if (clocks.length) {
  tick();
  setInterval(tick, 1000);
}

// The frame's answer page says that it has submitted (to this origin only), and whether the next
// task of the group was accepted with it; the server knows where that leads. Without script that
// page has a link.
const bar = document.querySelector('.task-bar[data-task]');
if (bar?.dataset.task) {
  addEventListener('message', (event) => {
    if (event.origin !== location.origin || event.data?.submitted !== bar.dataset.task)
      return;
    const query = new URLSearchParams({ done: bar.dataset.task, next: event.data.next ?? 'off' });
    if (bar.dataset.from)
      query.set('from', bar.dataset.from);
    location.assign(`/projects/${bar.dataset.group}/tasks?${query}`);
  });
}

// Whether the next task is accepted is saved as soon as it is ticked, so that what is entered into
// the task stays. Without script there is a button.
for (const form of document.querySelectorAll('form.accept-next')) {
  const [box, button] = [form.elements.accept_next, form.querySelector('button')];
  button.hidden = true;
  box.addEventListener('change', async () => {
    const wanted = box.checked;
    const answer = await fetch(form.action, {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams(new FormData(form)),
    }).catch(() => null);
    if (!answer?.ok) {
      box.checked = !wanted;
      button.hidden = false;
    }
  });
}
