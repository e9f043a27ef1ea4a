// Times as the reader's clock shows them, unless the account has chosen a zone, in which the server
// has written them; the title keeps UTC.
const chosen = document.documentElement.dataset.zone;
const thisYear = new Date().getFullYear();

function format(date) {
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    year: date.getFullYear() === thisYear ? undefined : 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(date);
}

export function localTimes(root) {
  for (const time of root.querySelectorAll('time[datetime]:not([title])')) {
    const date = new Date(time.dateTime);
    if (!time.dateTime.includes('T') || Number.isNaN(date.getTime()))
      continue;
    time.title = `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    if (!chosen)
      time.textContent = format(date);
  }
}

localTimes(document);
