// Buttons, boxes and messages: none of them answers (crowd-elements 4.2, 4.3).
import { Crowd, FLAG, TEXT, dialog, el, formOf, number, sheet, svg } from './base.js';

// ---- icons: the common ones of iron-icons, drawn as lines in a box of 24 ----

const paths = {
  add: 'M12 5v14M5 12h14', remove: 'M5 12h14', close: 'M6 6l12 12M18 6L6 18', clear: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12l5 5L20 7', done: 'M5 12l5 5L20 7', delete: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  create: 'M4 20l1-5L16 4l4 4L9 19z', search: 'M10 4a6 6 0 100 12 6 6 0 000-12zM15 15l6 6',
  send: 'M3 11l18-8-8 18-2-8z', save: 'M5 3h11l3 3v15H5zM8 3v5h7V3M8 21v-7h8v7',
  settings: 'M12 9a3 3 0 100 6 3 3 0 000-6zM12 2v4M12 18v4M2 12h4M18 12h4',
  refresh: 'M19 12a7 7 0 11-2-5l2 2M19 4v5h-5', undo: 'M8 5L3 10l5 5M3 10h11a6 6 0 010 12h-3',
  redo: 'M16 5l5 5-5 5M21 10H10a6 6 0 000 12h3', menu: 'M4 6h16M4 12h16M4 18h16',
  help: 'M9 9a3 3 0 116 0c0 2-3 2-3 5M12 18v.5', info: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v6M12 7.5V8',
  warning: 'M12 3L2 20h20zM12 10v5M12 17.5v.5', error: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v6M12 16v.5',
  star: 'M12 3l3 6 6 1-4.5 4.5 1 6.5-5.5-3-5.5 3 1-6.5L3 10l6-1z', home: 'M3 12l9-8 9 8M6 10v10h12V10',
  favorite: 'M12 20S3 14 3 8.5A4.5 4.5 0 0112 7a4.5 4.5 0 019 1.5C21 14 12 20 12 20z',
  'arrow-back': 'M20 12H4M10 6l-6 6 6 6', 'arrow-forward': 'M4 12h16M14 6l6 6-6 6',
  'arrow-drop-down': 'M6 10l6 6 6-6', 'chevron-left': 'M15 5l-7 7 7 7', 'chevron-right': 'M9 5l7 7-7 7',
  'expand-more': 'M5 9l7 7 7-7', 'expand-less': 'M5 15l7-7 7 7', 'open-in-new': 'M14 4h6v6M20 4L10 14M18 14v6H4V6h6',
  'thumb-up': 'M7 11l4-8c2 0 2 2 2 6h6l-2 10H7zM3 11h4v8H3z', 'thumb-down': 'M17 13l-4 8c-2 0-2-2-2-6H5L7 5h10zM17 5h4v8h-4z',
  visibility: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z',
  'zoom-in': 'M10 4a6 6 0 100 12 6 6 0 000-12zM15 15l6 6M10 7v6M7 10h6',
  'zoom-out': 'M10 4a6 6 0 100 12 6 6 0 000-12zM15 15l6 6M7 10h6',
};

// An unknown name leaves its room empty.
export function icon(name) {
  const path = paths[name.replace(/^.*:/, '')];
  return svg('svg', { class: 'icon', viewBox: '0 0 24 24', width: '1.15em', height: '1.15em', fill: 'none',
                      stroke: 'currentColor', 'stroke-width': '2', 'stroke-linecap': 'round',
                      'stroke-linejoin': 'round', 'aria-hidden': 'true' }, path && svg('path', { d: path }));
}

const isAddress = (name) => /^(https?:|\/|data:image\/)/.test(name);
const picture = (name) => (isAddress(name)
  ? el('img', { class: 'icon', src: name, alt: '', width: 18, height: 18 }) : icon(name));

export class IronIcon extends Crowd {
  static attributes = { icon: TEXT };
  static css = sheet(':host { display: inline-block; vertical-align: middle; line-height: 0; }');
  draw(root) { root.replaceChildren(icon(this.icon)); }
}

// ---- buttons ----

const buttonLook = sheet(`
  :host { display: inline-block; margin: .25rem .25rem .25rem 0; }
  :host([disabled]) { pointer-events: none; }
  button { display: inline-flex; gap: .45rem; align-items: center; padding: .5rem 1.1rem; border: 1px solid var(--accent); border-radius: 6px; background: #fff; color: var(--accent); font-weight: 600; }
  button:hover:not(:disabled) { background: #eef; }
  .primary { background: var(--accent); color: #fff; }
  .primary:hover:not(:disabled) { background: #333a96; }
  .link-like, .icon-only { border-color: transparent; background: none; }
  .link-like { padding-inline: .2rem; text-decoration: underline; }
  .icon-only { padding: .45rem; }
  .fab { width: 3rem; height: 3rem; justify-content: center; border-radius: 50%; padding: 0; background: var(--accent); color: #fff; box-shadow: 0 2px 6px #0004; }
  .spin { width: 1em; height: 1em; border: 2px solid currentColor; border-right-color: transparent; border-radius: 50%; animation: turn 1s linear infinite; }
  @keyframes turn { to { transform: rotate(1turn); } }
  @media (prefers-reduced-motion: reduce) { .spin { animation: none; } }
`);

export class CrowdButton extends Crowd {
  static delegatesFocus = true;
  static css = buttonLook;
  static attributes = { disabled: FLAG, 'form-action': TEXT, href: TEXT, target: TEXT, icon: TEXT,
                        'icon-align': TEXT, 'icon-url': TEXT, loading: FLAG, variant: TEXT };

  draw(root) {
    const off = this.disabled || this.loading;
    const look = { primary: 'primary', link: 'link-like', icon: 'icon-only' }[this.variant] ?? '';
    const name = this.iconUrl || this.icon;
    const sign = this.loading ? el('span', { class: 'spin', 'aria-hidden': 'true' }) : name && picture(name);
    const label = this.variant !== 'icon' && el('slot');
    const parts = this.iconAlign === 'right' ? [label, sign] : [sign, label];
    root.replaceChildren(
      el('button', { type: 'button', class: look, disabled: off, 'aria-busy': this.loading ? 'true' : null,
                     'aria-label': this.variant === 'icon' ? this.textContent.trim() || name : null },
        ...parts.filter(Boolean)));
    this.onclickAsForm ??= this.addEventListener('click', (e) => this.#clicked(e)) ?? true;
  }

  #clicked(event) {
    if (event.defaultPrevented || this.disabled || this.loading)
      return;
    const action = this.formAction || (this.dataset.testid === 'crowd-submit' ? 'submit' : '');
    const form = formOf(this);
    if (action === 'submit')
      (form ?? this.closest('form'))?.requestSubmit();
    else if (action === 'reset')
      (form ?? this.closest('form'))?.reset();
    else if (/^(https?:|\/|#|\?|mailto:)/.test(this.href))
      window.open(this.href, this.target || '_blank', 'noopener');
  }
}

export class CrowdIconButton extends Crowd {
  static delegatesFocus = true;
  static css = buttonLook;
  static attributes = { disabled: FLAG, icon: TEXT, title: TEXT };
  draw(root) {
    root.replaceChildren(el('button', { type: 'button', class: 'icon-only', disabled: this.disabled,
                                        'aria-label': this.title || this.icon }, picture(this.icon)));
  }
}

export class CrowdFab extends Crowd {
  static delegatesFocus = true;
  static css = buttonLook;
  static attributes = { disabled: FLAG, icon: TEXT, label: TEXT, title: TEXT };
  draw(root) {
    root.replaceChildren(el('button', { type: 'button', class: 'fab', disabled: this.disabled,
                                        'aria-label': this.title || this.label || this.icon },
                            this.label || picture(this.icon)));
  }
}

// ---- layout ----

// Tabs over panels: [title, panel…]; arrow keys go from one to the next.
export function tabs(list) {
  const bar = el('div', { role: 'tablist', class: 'tabs' });
  const show = (at, focus) => {
    list.forEach(([, panel], i) => {
      bar.children[i].setAttribute('aria-selected', String(i === at));
      bar.children[i].tabIndex = i === at ? 0 : -1;
      panel.hidden = i !== at;
    });
    if (focus)
      bar.children[at].focus();
  };
  list.forEach(([title], i) => bar.append(
    el('button', { type: 'button', role: 'tab', onclick: () => show(i) }, title)));
  bar.addEventListener('keydown', (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (step)
      show(([...bar.children].indexOf(e.target) + step + list.length) % list.length, true);
  });
  if (list.length)
    show(0);
  return bar;
}

const tabLook = sheet(`
  .tabs { display: flex; flex-wrap: wrap; gap: .25rem; margin-bottom: .75rem; border-bottom: 1px solid var(--line); }
  .tabs button { padding: .45rem .9rem; border: 0; border-bottom: 3px solid transparent; background: none; color: inherit; }
  .tabs [aria-selected="true"] { border-bottom-color: var(--accent); color: var(--accent); font-weight: 600; }
  ::slotted(crowd-tab) { padding: .25rem 0; }
`);

export class CrowdTab extends Crowd {
  static attributes = { header: TEXT };
  draw(root) {
    this.setAttribute('role', 'tabpanel');
    root.replaceChildren(el('slot'));
  }
}

// All tabs stay in the form and are submitted.
export class CrowdTabs extends Crowd {
  static css = tabLook;
  draw(root) {
    const panels = [...this.children].filter((c) => c.localName === 'crowd-tab');
    root.replaceChildren(tabs(panels.map((p, i) => [p.getAttribute('header') || `Part ${i + 1}`, p])), el('slot'));
  }
  // Shows the tab that something is wanted of.
  reveal(panel) {
    const panels = [...this.children].filter((c) => c.localName === 'crowd-tab');
    this.shadowRoot.querySelectorAll('[role="tab"]')[panels.indexOf(panel)]?.click();
  }
}

// A link or button that opens a dialog.
class Opener extends Crowd {
  static css = tabLook;
  static attributes = { 'link-text': TEXT, 'link-type': TEXT };
  opener(words, box) {
    return [el('button', { type: 'button', class: this.linkType === 'button' ? 'plain' : 'link',
                           onclick: () => box.showModal() }, this.linkText || words), box];
  }
}

export class CrowdModal extends Opener {
  draw(root) {
    root.replaceChildren(...this.opener('Click to open modal', dialog('', el('slot'))));
  }
}

export class CrowdInstructions extends Opener {
  draw(root) {
    const list = [];
    const add = (title, ...tags) => {
      if (this.region(...tags))
        list.push([title, el('div', { role: 'tabpanel' }, ...tags.map((t) => el('slot', { name: t })))]);
    };
    add('Summary', 'short-summary');
    add('Detailed instructions', 'detailed-instructions');
    add('Examples', 'positive-example', 'negative-example');
    root.replaceChildren(
      ...this.opener('Click for instructions', dialog('Instructions', tabs(list), ...list.map(([, p]) => p))),
      el('slot'));
  }
}
CrowdInstructions.css = sheet(`
  .tabs { display: flex; flex-wrap: wrap; gap: .25rem; margin-bottom: .75rem; border-bottom: 1px solid var(--line); }
  .tabs button { padding: .45rem .9rem; border: 0; border-bottom: 3px solid transparent; background: none; color: inherit; }
  .tabs [aria-selected="true"] { border-bottom-color: var(--accent); color: var(--accent); font-weight: 600; }
  ::slotted(*) { display: block; }
  ::slotted(positive-example), ::slotted(negative-example) { margin: .5rem 0; padding: .6rem .9rem; border-left: 4px solid #2e7d4f; background: var(--soft); }
  ::slotted(negative-example) { border-left-color: var(--bad); }
`);

export class CrowdCard extends Crowd {
  static attributes = { heading: TEXT, image: TEXT };
  static css = sheet(`
    :host { margin: .75rem 0; padding: 1rem 1.25rem; border-radius: 8px; background: #fff; box-shadow: 0 1px 4px #0003; }
    img { display: block; max-width: 100%; margin-bottom: .75rem; border-radius: 6px; }
  `);
  draw(root) {
    root.replaceChildren(...[this.image && el('img', { src: this.image, alt: '' }),
      this.heading && el('h2', {}, this.heading), el('slot')].filter(Boolean));
  }
}

export class CrowdAlert extends Crowd {
  static attributes = { type: TEXT, dismissible: FLAG };
  static css = sheet(`
    .box { display: flex; gap: .75rem; align-items: start; margin: .75rem 0; padding: .7rem 1rem; border-left: 4px solid var(--tone); border-radius: 6px; background: color-mix(in srgb, var(--tone) 9%, #fff); }
    .box > div { flex: 1; }
    .info { --tone: #3f46b5; } .success { --tone: #2e7d4f; } .error-tone { --tone: #b3261e; } .warning { --tone: #96620a; }
  `);
  draw(root) {
    const tone = { success: 'success', error: 'error-tone', warning: 'warning' }[this.type] ?? 'info';
    root.replaceChildren(el('div', { class: `box ${tone}`, role: tone === 'error-tone' ? 'alert' : 'status' },
      icon({ success: 'check', 'error-tone': 'error', warning: 'warning' }[tone] ?? 'info'), el('div', {}, el('slot')),
      this.dismissible && el('button', { type: 'button', class: 'link', onclick: () => this.remove() }, 'Dismiss')));
  }
}

// At the corner of another element.
export class CrowdBadge extends Crowd {
  static attributes = { for: TEXT, icon: TEXT, label: TEXT };
  static css = sheet(`
    :host { position: absolute; z-index: 1; }
    span { display: inline-flex; min-width: 1.35rem; height: 1.35rem; padding: 0 .35rem; align-items: center; justify-content: center; border-radius: 1rem; background: var(--bad); color: #fff; font-size: .75rem; font-weight: 600; }
  `);
  draw(root) {
    root.replaceChildren(el('span', {}, this.icon ? picture(this.icon) : this.label));
    requestAnimationFrame(() => this.#place());
    this.watch ??= new ResizeObserver(() => this.#place());
    this.watch.observe(document.documentElement);
  }
  #place() {
    const target = this.getAttribute('for') && document.getElementById(this.getAttribute('for'));
    if (!target)
      return;
    this.style.left = this.style.top = '0';
    const at = target.getBoundingClientRect(), own = this.getBoundingClientRect();
    this.style.left = `${at.right - own.left - own.width / 2}px`;
    this.style.top = `${at.top - own.top - own.height / 2}px`;
  }
}

export class CrowdToast extends Crowd {
  static attributes = { duration: number(3000), text: TEXT, opened: FLAG };
  static css = sheet(`
    :host { position: fixed; z-index: 10; bottom: 1rem; left: 1rem; }
    div { padding: .7rem 1.1rem; border-radius: 6px; background: #2b2a27; color: #fff; }
  `);
  draw(root) {
    root.replaceChildren(el('div', { role: 'status' }, this.text, el('slot')));
    clearTimeout(this.timer);
    if (this.duration > 0)
      this.timer = setTimeout(() => { this.hidden = true; }, this.duration);
  }
}
