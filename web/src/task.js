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

function tick() {
  for (const { element, deadline, ahead } of clocks) {
    const left = Math.max(0, Math.round((deadline - Date.now() - ahead) / 1000));
    element.textContent = left ? words(left) : 'none';
    element.classList.toggle('soon', left > 0 && left <= 300);
    element.classList.toggle('over', left === 0);
  }
}

if (clocks.length) {
  tick();
  setInterval(tick, 1000);
}

// The frame's answer page says that it has submitted (to this origin only); the next task of the
// group, or the list, comes next. Without script that page has a link.
const bar = document.querySelector('.task-bar[data-task]');
if (bar?.dataset.task) {
  addEventListener('message', (event) => {
    if (event.origin === location.origin && event.data?.submitted === bar.dataset.task)
      location.assign(`/projects/${bar.dataset.group}/tasks?done=${bar.dataset.task}`);
  });
}
