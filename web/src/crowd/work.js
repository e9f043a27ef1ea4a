// The layout of the elements that carry a whole task: instructions at the left, the work in the
// middle under its header, choices at the right (crowd-elements 2.5, 2.6). Templates reach for some
// of these class names (6).
import { Answering, dialog, el, sheet } from './base.js';

export const workLook = sheet(`
  .frame { display: grid; grid-template-columns: minmax(11rem, 15rem) minmax(0, 1fr) minmax(11rem, 15rem); gap: 1rem; margin: .5rem 0; }
  .frame.no-help { grid-template-columns: minmax(0, 1fr) minmax(11rem, 15rem); }
  .awsui-app-layout__navigation, aside { padding: .9rem 1rem; border: 1px solid #dedbd3; border-radius: 8px; background: var(--soft); overflow-wrap: break-word; }
  .annotation-area { min-width: 0; }
  .header { margin: 0 0 .75rem; font-size: 1.1rem; font-weight: 600; }
  .category-picker-wrapper, .choices { display: grid; gap: .35rem; }
  .choice { display: flex; gap: .55rem; align-items: center; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; cursor: pointer; overflow-wrap: anywhere; }
  .choice:hover { border-color: var(--accent); }
  .choice:has(input:checked) { border-color: var(--accent); background: #e9eafb; }
  .choice input { flex: none; width: 1.05rem; height: 1.05rem; margin: 0; accent-color: var(--accent); }
  .choice kbd { margin-left: auto; padding: 0 .35rem; border: 1px solid var(--line); border-radius: 4px; color: #605d55; font: .8rem system-ui; }
  fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
  legend { margin-bottom: .5rem; padding: 0; font-weight: 600; }
  textarea { width: 100%; min-height: 6rem; padding: .5rem; border: 1px solid #8b887f; border-radius: 6px; font: inherit; }
  ::slotted(short-instructions), ::slotted(full-instructions), ::slotted(classification-target), ::slotted(worker-comment) { display: block; }
  @media (max-width: 760px) { .frame, .frame.no-help { grid-template-columns: minmax(0, 1fr); } }
`);

export class Work extends Answering {
  static css = workLook;

  // The three columns; the default slot takes what templates leave inside by accident.
  frame(root, middle, right, ...more) {
    const short = this.region('short-instructions'), full = this.region('full-instructions');
    const title = this.querySelector(':scope > full-instructions')?.getAttribute('header') || 'Instructions';
    const box = full > 0 && dialog(title, el('slot', { name: 'full-instructions' }));
    const help = short + full > 0 && el('nav', { class: 'awsui-app-layout__navigation', 'aria-label': 'Instructions' },
      el('slot', { name: 'short-instructions' }),
      box && el('p', {}, el('button', { type: 'button', class: 'link', onclick: () => box.showModal() },
                             'View full instructions')));
    root.replaceChildren(
      el('div', { class: `frame${help ? '' : ' no-help'}` }, help || null,
        el('div', { class: 'annotation-area' }, this.header && el('p', { class: 'header' }, this.header),
           ...middle, el('p', { class: 'error', role: 'alert' })),
        el('aside', {}, ...right)),
      ...[box, ...more].filter(Boolean), el('slot'));
  }
}

// Digits 1 to 9 and 0 choose, where nobody is typing and only one element takes them.
const listening = [];
addEventListener('keydown', (e) => {
  const at = '1234567890'.indexOf(e.key);
  const typing = e.composedPath()[0].closest?.('input:not([type="radio"]):not([type="checkbox"]), textarea, select, [contenteditable]');
  const open = listening.filter((w) => w.isConnected);
  if (at >= 0 && e.key.length === 1 && !typing && !e.ctrlKey && !e.altKey && !e.metaKey && open.length === 1)
    open[0].digit(at);
});
export function takesDigits(element) {
  if (!listening.includes(element))
    listening.push(element);
}
