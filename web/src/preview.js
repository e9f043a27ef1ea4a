// The layout being edited, beside its editor: shown again a moment after the last key. It is a
// stranger's program, so it never runs here: the text is posted to the content listener, into a
// frame that is made anew each time, which leaves no trace in the history of the browser. The same
// address and the same two fields as the button has without script.
const button = document.querySelector('button[data-preview]');
const PAUSE = 600;

function post(form, frame, layout) {
  const sent = document.createElement('form');
  sent.method = 'post';
  sent.enctype = 'multipart/form-data';
  sent.action = button.formAction;
  sent.target = frame.name;
  sent.hidden = true;
  for (const [name, value] of [['leave', form.elements.leave.value], ['layout', layout]]) {
    const field = document.createElement('textarea');
    field.name = name;
    field.value = value;
    sent.append(field);
  }
  document.body.append(sent);
  sent.submit();
  sent.remove();
}

if (button) {
  const { form } = button;
  const follow = form.querySelector('[data-follow]');
  let frame = document.querySelector(`iframe[name="${button.formTarget}"]`);
  let next = null, timer = 0, count = 0, shown = null;

  // The old one stays until the new one has something to show.
  function show() {
    clearTimeout(timer);
    shown = form.elements.layout.value;
    next?.remove();
    next = frame.cloneNode();
    next.name = `${button.formTarget}-${++count}`;
    next.classList.add('waiting');
    const coming = next;
    frame.after(coming);
    coming.addEventListener('load', () => {
      if (coming !== next)
        return;
      frame.remove();
      frame = coming;
      next = null;
      frame.classList.remove('waiting');
    });
    post(form, coming, shown);
  }

  form.addEventListener('input', (event) => {
    if (event.target.name !== 'layout' || !follow.checked)
      return;
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  follow.addEventListener('change', () => {
    if (follow.checked && form.elements.layout.value !== shown)
      show();
  });
  button.addEventListener('click', (event) => {
    event.preventDefault();
    show();
  });
  if (form.elements.layout.value.trim())
    show();
}
