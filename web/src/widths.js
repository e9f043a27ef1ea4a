// Widths of the columns of Review Results: dragged at the right border of a heading, or changed there
// with the arrow keys; Escape takes the width back. Kept in this browser, for each batch.
const LEAST = 64, MOST = 1200, STEP = 16;

function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

function keep(name, widths) {
  try {
    localStorage.setItem(name, JSON.stringify(widths));
  } catch {
    // a browser that keeps nothing: the width lasts as long as the page
  }
}

function watch(table) {
  const name = `widths.${table.dataset.widths}`;
  const widths = kept(name);

  function apply(head, width) {
    for (const row of table.rows) {
      const cell = row.cells[head.cellIndex];
      if (cell)
        cell.style.minWidth = cell.style.maxWidth = width ? `${width}px` : '';
    }
    head.lastElementChild.setAttribute('aria-valuenow', Math.round(head.offsetWidth));
  }

  function set(head, width) {
    const column = head.dataset.column;
    if (width)
      widths[column] = Math.round(Math.min(Math.max(width, LEAST), MOST));
    else
      delete widths[column];
    apply(head, widths[column]);
    keep(name, widths);
  }

  function handle(head) {
    const grip = document.createElement('span');
    grip.className = 'width-grip';
    grip.tabIndex = 0;
    grip.setAttribute('role', 'separator');
    grip.setAttribute('aria-orientation', 'vertical');
    grip.setAttribute('aria-label', `Width of ${head.textContent}`);
    grip.setAttribute('aria-valuemin', LEAST);
    grip.setAttribute('aria-valuemax', MOST);
    head.append(grip);
    grip.addEventListener('pointerdown', (event) => {
      const from = head.offsetWidth - event.clientX;
      const drag = (move) => set(head, from + move.clientX);
      grip.setPointerCapture(event.pointerId);
      grip.addEventListener('pointermove', drag);
      grip.addEventListener('lostpointercapture',
                            () => grip.removeEventListener('pointermove', drag), { once: true });
      event.preventDefault();
    });
    grip.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
      if (!step && event.key !== 'Escape')
        return;
      event.preventDefault();
      set(head, step ? head.offsetWidth + step : 0);
    });
    grip.addEventListener('dblclick', () => set(head, 0));
    apply(head, widths[head.dataset.column]);
  }

  for (const head of table.querySelectorAll('th[data-column]'))
    handle(head);
}

for (const table of document.querySelectorAll('table[data-widths]'))
  watch(table);
