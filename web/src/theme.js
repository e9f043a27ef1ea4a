// [data-theme-set]: light, dark or, empty, as the system has it. The server reads the cookie, so that
// the next page comes in these colours at once.
const root = document.documentElement;
const buttons = [...document.querySelectorAll('[data-theme-set]')];

function mark() {
  for (const button of buttons)
    button.setAttribute('aria-pressed', String(button.dataset.themeSet === (root.dataset.theme ?? '')));
}

function remember(theme) {
  const secure = location.protocol === 'https:';
  const age = theme ? 365 * 86400 : 0;
  document.cookie = `${secure ? '__Host-' : ''}hitd_theme=${theme}; path=/; max-age=${age}; ` +
    `samesite=lax${secure ? '; secure' : ''}`;
}

for (const button of buttons)
  button.addEventListener('click', () => {
    const theme = button.dataset.themeSet;
    if (theme)
      root.dataset.theme = theme;
    else
      delete root.dataset.theme;
    remember(theme);
    mark();
  });
mark();
