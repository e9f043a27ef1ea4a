// <crowd-form>: collects what is in it and posts it to the worker's site (crowd-elements 3).
import { Crowd, TEXT, el, formOf, sheet } from './base.js';
import { flatten, sortedJson } from './loose.js';

const PREVIEW = 'ASSIGNMENT_ID_NOT_AVAILABLE';
const query = new URLSearchParams(location.search);

// ---- what is collected (3.1) ----

const isMap = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);

function put(out, name, value) {
  if (value === undefined)
    return;
  const merged = isMap(out.get(name)) && isMap(value) ? { ...out.get(name), ...value } : value;
  out.set(name, merged);
}

const buttons = new Set(['submit', 'button', 'image', 'reset']);

function native(control) {
  if (control.type === 'radio' || control.type === 'checkbox')
    return { [control.value]: control.checked };
  if (control.localName === 'select' && control.multiple)
    return [...control.selectedOptions].map((o) => o.value);
  if (control.type === 'file')
    return control.files[0]?.name ?? '';
  return control.value.replaceAll('\r\n', '\n');
}

export function collect(elements) {
  const out = new Map();
  for (const e of elements) {
    const name = e.getAttribute('name');
    if (!name)
      continue;
    if (e.localName.startsWith('crowd-')) {
      if (typeof e.answer === 'function' && !e.disabled)
        put(out, name, e.answer());
    } else if (/^(input|textarea|select)$/.test(e.localName) && !buttons.has(e.type) &&
               !e.matches(':disabled')) {
      put(out, name, native(e));
    }
  }
  return Object.fromEntries(out);
}

// ---- the element ----

const SUBMITS = 'crowd-button[form-action="submit"], crowd-button[data-testid="crowd-submit"], ' +
  'button:not([type]), button[type="submit"], input[type="submit"], input[type="image"]';

export class CrowdForm extends Crowd {
  static attributes = { 'answer-format': TEXT };
  static css = sheet(`
    .said { margin: .75rem 0; padding: .6rem .9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--soft); }
    pre { margin: .5rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  `);

  #form = null;
  #told = false;

  get form() { return this.#form; }

  // Of a saved page the form of its upgrade is there already.
  connectedCallback() {
    if (!this.#form) {
      const there = [...this.children].find((c) => c.localName === 'form');
      this.#form = there ?? el('form');
      if (!there) {
        this.#form.append(...this.childNodes);
        this.append(this.#form);
      }
      this.#form.noValidate = true;
      this.#form.addEventListener('submit', (e) => this.#asked(e), true);
      if (!this.#form.querySelector(SUBMITS))
        this.#form.append(el('crowd-button', { 'form-action': 'submit', variant: 'primary',
                                               'data-testid': 'crowd-submit' }, 'Submit'));
    }
    super.connectedCallback();
  }

  draw(root) {
    root.replaceChildren(el('slot'), el('div', { class: 'out', role: 'status' }));
  }

  changed() { }

  // Everything that may have an answer: in document order, and the element whose shadow root this
  // form stands in.
  #elements() {
    const host = this.getRootNode().host;
    const inside = [...this.#form.querySelectorAll('*')];
    if (!host?.localName.startsWith('crowd-'))
      return inside;
    return [host, ...inside.filter((e) => !e.closest('.frame'))]; // its own controls answer nothing
  }

  #blocked() {
    const button = this.#form.querySelector('crowd-button[form-action="submit"]');
    return button !== null && (button.disabled || button.loading);
  }

  // The browser's own event is stopped; the page gets ours once all is in order, and may prevent it.
  #asked(event) {
    if (this.#told)
      return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if ((!event.submitter && this.#blocked()) || !this.#valid())
      return;
    this.#told = true;
    const ours = new SubmitEvent('submit', { bubbles: true, composed: true, cancelable: true,
                                             submitter: event.submitter });
    const goesOn = this.#form.dispatchEvent(ours);
    this.#told = false;
    if (goesOn)
      this.submit();
  }

  #valid() {
    let first = null;
    for (const e of this.#elements()) {
      let words = '';
      if (e instanceof Crowd && !(e instanceof CrowdForm)) {
        words = e.disabled ? '' : e.broken || e.problem();
        e.showProblem(words);
      } else if (typeof e.checkValidity === 'function' && e.willValidate && !e.checkValidity()) {
        words = e.validationMessage;
      }
      if (words)
        first ??= e;
    }
    if (!first)
      return true;
    const tab = first.closest('crowd-tab');
    tab?.parentElement.reveal?.(tab);
    first.scrollIntoView({ block: 'center' });
    if (first instanceof Crowd)
      first.focus();
    else
      first.reportValidity();
    return false;
  }

  requestSubmit() {
    if (!this.#blocked())
      this.#form.requestSubmit();
  }

  // Posts at once, as a form's own submit() does.
  submit() {
    const answer = collect(this.#elements());
    const id = query.get('assignmentId'), to = query.get('turkSubmitTo');
    if (!id && !to)
      this.#say('This page was opened by itself. Its answer would be:', sortedJson([answer]));
    else if (!id || id === PREVIEW || !to)
      this.#say('This is a preview: accept the task first, then submit.');
    else
      post(to, id, this.answerFormat === 'flatten-objects'
        ? flatten(answer) : [['taskAnswers', sortedJson([answer])]]);
  }

  #say(words, code) {
    this.shadowRoot.querySelector('.out').replaceChildren(
      el('div', { class: 'said' }, words, code ? el('pre', {}, code) : null));
  }

  reset() {
    this.#form.reset();
    for (const e of this.#elements())
      if (e instanceof Crowd && !(e instanceof CrowdForm))
        e.reset?.();
  }
}

function post(to, id, fields) {
  const form = el('form', { method: 'post', hidden: true,
                            action: `${to.replace(/\/+$/, '')}/mturk/externalSubmit` });
  for (const [name, value] of [['assignmentId', id], ...fields]) {
    const field = el('textarea', { name }); // an input would lose line breaks
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form); // a field may be named "submit"
}

// Enter in a field submits, as in any form.
export function submitByEnter(element, event) {
  if (event.key !== 'Enter' || event.isComposing)
    return;
  const form = formOf(element);
  if (form) {
    event.preventDefault();
    form.requestSubmit();
  }
}
