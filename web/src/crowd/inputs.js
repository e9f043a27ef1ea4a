// Fields: text, check boxes, radio buttons, switches, sliders (crowd-elements 4.1).
import { Answering, Crowd, FLAG, TEXT, el, number, sheet } from './base.js';
import { submitByEnter } from './form.js';

const fieldLook = sheet(`
  :host { margin: .5rem 0; max-width: 40rem; }
  label { display: block; margin-bottom: .2rem; font-weight: 600; }
  input, textarea { width: 100%; padding: .45rem .6rem; border: 1px solid #8b887f; border-radius: 6px; background: #fff; color: inherit; font: inherit; }
  input[aria-invalid="true"], textarea[aria-invalid="true"] { border-color: var(--bad); }
  .count { float: right; color: #605d55; font-size: .85rem; }
`);

// What <crowd-input> and <crowd-text-area> share.
class Field extends Answering {
  static delegatesFocus = true;
  static css = fieldLook;
  static shared = {
    'allowed-pattern': TEXT, 'auto-focus': FLAG, 'auto-validate': FLAG, disabled: FLAG,
    'error-message': TEXT, label: TEXT, 'max-length': number(null), name: TEXT, placeholder: TEXT,
    required: FLAG, value: TEXT,
  };

  get inner() { return this.shadowRoot?.querySelector('input, textarea'); }
  get value() { return this.inner?.value ?? this.getAttribute('value') ?? ''; }
  set value(v) {
    const text = String(v ?? '');
    if (this.inner) {
      this.inner.value = text;
      this.typed(false);
    } else {
      this.setAttribute('value', text);
    }
  }

  answer() { return this.value === '' ? undefined : this.value.replaceAll('\r\n', '\n'); }
  restore(text) { this.value = text ?? ''; }
  get draft() { return this.type === 'password' ? undefined : super.draft; }
  set draft(text) { super.draft = text; }
  reset() { this.value = this.getAttribute('value') ?? ''; }

  changed(name) {
    if (name === 'value')
      this.value = this.getAttribute('value');
    else
      this.redraw();
  }

  draw(root) {
    const text = this.value;
    const inner = this.control();
    inner.value = text;
    inner.addEventListener('input', () => this.typed(true));
    inner.addEventListener('change', () => this.tell('change'));
    root.replaceChildren(
      this.label ? el('label', { for: 'in' }, this.label + (this.required ? ' *' : '')) : '',
      inner, el('p', { class: 'error', id: 'why', 'aria-live': 'polite' }), el('slot'));
    if (this.autoFocus)
      inner.focus();
  }

  attributesOfControl() {
    return { id: 'in', part: 'input', placeholder: this.placeholder || null, disabled: this.disabled,
             required: this.required, maxlength: this.maxLength, 'aria-describedby': 'why',
             'aria-label': this.label ? null : this.placeholder || this.name || 'Answer' };
  }

  // Characters that are not allowed are dropped as they come.
  typed(byHand) {
    const inner = this.inner;
    if (this.allowedPattern) {
      const fine = new RegExp(this.allowedPattern, 'u');
      const kept = [...inner.value].filter((c) => fine.test(c)).join('');
      if (kept !== inner.value)
        inner.value = kept;
    }
    if (byHand && this.autoValidate)
      this.showProblem(this.problem());
    else
      this.showProblem('');
  }

  problem() {
    const n = this.value.length;
    if (!n && this.required)
      return this.errorMessage || 'This has to be filled in.';
    if (n && this.minLength && n < this.minLength)
      return this.errorMessage || `At least ${this.minLength} characters.`;
    if (!this.inner.checkValidity())
      return this.errorMessage || this.inner.validationMessage;
    return '';
  }

  showProblem(words) {
    super.showProblem(words);
    this.inner?.setAttribute('aria-invalid', String(words !== ''));
  }
}

export class CrowdInput extends Field {
  static attributes = { ...Field.shared, 'min-length': number(null), type: TEXT };
  control() {
    return el('input', { ...this.attributesOfControl(), type: this.type || 'text',
                         onkeydown: (e) => submitByEnter(this, e) });
  }
}

export class CrowdTextArea extends Field {
  static attributes = { ...Field.shared, 'char-counter': FLAG, 'max-rows': number(null), rows: number(null) };
  control() {
    return el('textarea', { ...this.attributesOfControl(), rows: this.rows || 3 });
  }
  draw(root) {
    super.draw(root);
    if (this.charCounter)
      root.querySelector('.error').before(el('span', { class: 'count' }));
    this.#grow();
  }
  typed(byHand) {
    super.typed(byHand);
    this.#grow();
  }
  // As high as its text, up to max-rows.
  #grow() {
    const inner = this.inner, count = this.shadowRoot.querySelector('.count');
    if (count)
      count.textContent = this.maxLength ? `${inner.value.length} of ${this.maxLength}` : inner.value.length;
    const lines = inner.value.split('\n').length;
    inner.rows = Math.max(this.rows || 3, Math.min(this.maxRows || this.rows || 3, lines));
  }
}

// ---- what is on or off ----

const boxLook = sheet(`
  :host { margin: .3rem 0; }
  label { display: inline-flex; gap: .5rem; align-items: baseline; cursor: pointer; }
  input { width: 1.05rem; height: 1.05rem; flex: none; accent-color: var(--accent); }
  :host([disabled]) label { cursor: default; opacity: .6; }
  input[role="switch"] { appearance: none; align-self: center; position: relative; width: 2.3rem; height: 1.3rem; margin: 0; border-radius: 1rem; background: #8b887f; }
  input[role="switch"]::after { content: ""; position: absolute; top: .15rem; left: .15rem; width: 1rem; height: 1rem; border-radius: 50%; background: #fff; }
  input[role="switch"]:checked { background: var(--accent); }
  input[role="switch"]:checked::after { left: 1.15rem; }
  :host([invalid]) input[role="switch"]:not(:checked) { background: var(--bad); }
`);

class Tick extends Answering {
  static delegatesFocus = true;
  static css = boxLook;
  static attributes = { checked: FLAG, disabled: FLAG, required: FLAG, invalid: FLAG, name: TEXT };
  static type = 'checkbox';
  static role = null;

  get value() { return this.getAttribute('value') || 'on'; }
  set value(v) { this.setAttribute('value', v); }
  // The property is what is shown; the attribute only how it began.
  get checked() { return this.inner ? this.inner.checked : this.hasAttribute('checked'); }
  set checked(v) {
    if (this.inner)
      this.inner.checked = Boolean(v);
    else
      this.toggleAttribute('checked', Boolean(v));
    if (v)
      this.chosen();
  }
  get inner() { return this.shadowRoot?.querySelector('input'); }

  draw(root) {
    const checked = this.checked;
    const input = el('input', { type: this.constructor.type, role: this.constructor.role,
                                disabled: this.disabled });
    input.checked = checked;
    input.addEventListener('change', () => {
      if (input.checked)
        this.chosen();
      this.showProblem('');
      this.tell('change');
    });
    root.replaceChildren(el('label', {}, input, el('span', {}, el('slot'))),
                         el('p', { class: 'error', role: 'alert' }));
  }

  changed(name) {
    if (name === 'checked')
      this.checked = this.hasAttribute('checked');
    else
      this.redraw();
  }

  chosen() { }
  answer() { return { [this.value]: this.checked }; }
  get _submittableValue() { return this.checked; }
  restore(kept) { this.checked = Boolean(kept?.[this.value]); }
  reset() { this.checked = this.hasAttribute('checked'); }
  problem() { return this.required && !this.checked ? 'This has to be ticked.' : ''; }
}

export class CrowdCheckbox extends Tick { }

export class CrowdToggleButton extends Tick {
  static role = 'switch';
}

export class CrowdRadioButton extends Tick {
  static type = 'radio';
  chosen() {
    for (const other of this.closest('crowd-radio-group')?.querySelectorAll('crowd-radio-button') ?? [])
      if (other !== this)
        other.checked = false;
  }
}

// Exclusive among all its buttons, whatever their names; arrow keys go from one to the next.
export class CrowdRadioGroup extends Crowd {
  draw(root) {
    this.setAttribute('role', 'radiogroup');
    root.replaceChildren(el('slot'));
    root.onkeydown = null;
    this.onkeydown = (e) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[e.key];
      const all = [...this.querySelectorAll('crowd-radio-button')].filter((b) => !b.disabled);
      const at = all.indexOf(e.target.closest('crowd-radio-button'));
      if (!step || at < 0)
        return;
      e.preventDefault();
      const next = all[(at + step + all.length) % all.length];
      next.checked = true;
      next.focus();
      next.tell('change');
    };
  }
}

// ---- slider ----

export class CrowdSlider extends Answering {
  static delegatesFocus = true;
  static attributes = { min: number(0), max: number(100), step: number(1), name: TEXT, disabled: FLAG,
                        editable: FLAG, pin: FLAG, required: FLAG, 'secondary-progress': number(null) };
  static css = sheet(`
    :host { margin: .75rem 0; max-width: 40rem; }
    .row { display: flex; gap: .75rem; align-items: flex-start; }
    .track { position: relative; flex: 1; }
    input[type="range"] { width: 100%; margin: 0; accent-color: var(--accent); }
    input[type="number"] { width: 6rem; padding: .3rem; border: 1px solid #8b887f; border-radius: 6px; font: inherit; }
    progress { position: absolute; inset: auto 0 -.35rem; width: 100%; height: .2rem; }
    output { min-width: 2.5rem; font-variant-numeric: tabular-nums; font-weight: 600; }
    .labels { position: relative; min-height: 1.5rem; }
  `);

  get inner() { return this.shadowRoot?.querySelector('input'); }
  get value() { return this.inner ? Number(this.inner.value) : this.#given(); }
  set value(v) {
    this.setAttribute('value', v);
    if (this.inner)
      this.inner.value = v;
    this.#show();
  }
  #given() {
    const v = parseFloat(this.getAttribute('value'));
    return Number.isNaN(v) ? this.min : v;
  }

  draw(root) {
    const value = this.value;
    const range = { min: this.min, max: this.max, step: this.step, disabled: this.disabled };
    const input = el('input', { type: 'range', 'aria-label': this.name || 'Value', ...range });
    input.value = value;
    const exact = this.editable &&
      el('input', { type: 'number', class: 'exact', 'aria-label': `${this.name || 'Value'}, exactly`, ...range });
    input.addEventListener('input', () => this.#show());
    input.addEventListener('change', () => this.tell('change'));
    if (exact)
      exact.addEventListener('change', () => {
        input.value = exact.value;
        this.#show();
        this.tell('input', 'change');
      });
    const second = this.secondaryProgress;
    root.replaceChildren(
      el('div', { class: 'row' },
        el('div', { class: 'track' }, input,
          second !== null && el('progress', { max: this.max - this.min, value: second - this.min, 'aria-hidden': 'true' }),
          el('div', { class: 'labels' }, el('slot'))),
        exact, this.pin && el('output')));
    this.#show();
  }

  changed(name) {
    if (name === 'value')
      this.value = this.#given();
    else
      this.redraw();
  }

  #show() {
    const root = this.shadowRoot, output = root?.querySelector('output'), exact = root?.querySelector('.exact');
    if (output)
      output.textContent = this.inner.value;
    if (exact)
      exact.value = this.inner.value;
  }

  // A slider that was never moved counts as answered (4.1.3).
  answer() { return this.value; }
  restore(v) {
    if (typeof v === 'number')
      this.value = v;
  }
  reset() {
    this.inner.value = this.#given();
    this.#show();
  }
}

export class CrowdSliderLabel extends Crowd {
  static attributes = { position: number(null) };
  static css = sheet(':host { position: absolute; white-space: nowrap; font-size: .85rem; }');
  draw(root) {
    const slider = this.closest('crowd-slider');
    if (slider && this.position !== null) {
      const at = 100 * (this.position - slider.min) / (slider.max - slider.min || 1);
      this.style.left = `${at}%`;
      this.style.transform = `translateX(-${Math.min(100, Math.max(0, at))}%)`; // none sticks out
    }
    root.replaceChildren(el('slot'));
  }
}
