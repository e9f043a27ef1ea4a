// Review of results by keyboard, and ticking whole pages. Comfort only: each key presses a button or
// follows a link of the page.
const list = document.querySelector('[data-review-list]');
const one = document.querySelector('[data-review-one]');

function typing(target) {
  return target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]');
}

// ---- a list of results ----

const rows = list ? [...list.querySelectorAll('tbody tr')] : [];
const tick = (row) => row.querySelector('td.tick input');
let current = -1;

function count() {
  const n = rows.filter((row) => tick(row)?.checked).length;
  for (const place of list.querySelectorAll('[data-tick-count]'))
    place.textContent = `${n} selected`;
  const all = list.querySelector('[data-tick-all]');
  if (all) {
    all.checked = n > 0 && n === rows.length;
    all.indeterminate = n > 0 && n < rows.length;
  }
}

function move(step) {
  if (!rows.length)
    return;
  rows[current]?.classList.remove('current');
  current = Math.min(Math.max(current + step, 0), rows.length - 1);
  rows[current].classList.add('current');
  rows[current].scrollIntoView({ block: 'nearest' });
  tick(rows[current])?.focus({ preventScroll: true });
}

function decide(verb) {
  const button = list.querySelector(`button[name="verb"][value="${verb}"]`);
  if (!button)
    return;
  if (!rows.some((row) => tick(row)?.checked) && rows[current] && tick(rows[current]))
    tick(rows[current]).checked = true;
  button.click();
}

if (list) {
  list.addEventListener('change', (event) => {
    if (event.target.matches('[data-tick-all]'))
      for (const row of rows)
        if (tick(row))
          tick(row).checked = event.target.checked;
    count();
  });
  count();
}

const onList = {
  j: () => move(1),
  k: () => move(-1),
  x: () => {
    const box = rows[current] && tick(rows[current]);
    if (box) {
      box.checked = !box.checked;
      count();
    }
  },
  Enter: () => rows[current]?.querySelector('a.row-link')?.click(),
  a: () => decide('approve'),
  r: () => decide('reject'),
  u: () => decide('undo'),
};

// ---- one result ----

const press = (selector) => document.querySelector(selector)?.click();
const onOne = {
  j: () => press('a[rel="next"]'),
  k: () => press('a[rel="prev"]'),
  a: () => press('button[data-key="a"]'),
  r: () => {
    const reason = document.querySelector('#f-reason');
    if (reason && !reason.value.trim())
      reason.focus();
    else
      press('button[data-key="r"]');
  },
  u: () => press('button[data-key="u"]'),
};

const keys = list ? onList : one ? onOne : null;
if (keys)
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target))
      return;
    if (event.key === 'Enter' && event.target.closest('a, button, summary'))
      return;
    if (event.key === '?') {
      document.querySelector('.keys')?.scrollIntoView({ block: 'center' });
      return;
    }
    const act = keys[event.key];
    if (!act)
      return;
    event.preventDefault();
    act();
  });
