// A table that is wider than its place can be scrolled by keyboard too.
function reach() {
  for (const wrap of document.querySelectorAll('.table-wrap')) {
    if (wrap.hasAttribute('role') || wrap.scrollWidth <= wrap.clientWidth)
      continue;
    wrap.tabIndex = 0;
    wrap.setAttribute('role', 'region');
    wrap.setAttribute('aria-label', wrap.querySelector('caption')?.textContent.trim() || 'Table');
  }
}

reach();
addEventListener('resize', reach);
