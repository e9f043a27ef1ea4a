// form[data-upload]: the file goes up with a bar that tells how far it is, and can be stopped. The
// same request as without script; a redirect is followed, a refusal is shown in place.
const mib = (n) => `${(n / 1048576).toFixed(1)} MiB`;

function bar(form, stop) {
  const box = document.createElement('div');
  const line = document.createElement('p');
  const progress = document.createElement('progress');
  const button = document.createElement('button');
  box.className = 'upload-progress';
  line.setAttribute('role', 'status');
  progress.setAttribute('aria-label', 'Upload');
  button.type = 'button';
  button.className = 'small quiet';
  button.textContent = 'Stop';
  button.addEventListener('click', stop);
  box.append(line, progress, button);
  form.append(box);
  return { box, line, progress, button };
}

function lock(form, locked) {
  for (const button of form.querySelectorAll('.actions button'))
    button.disabled = locked;
}

// What was refused comes back as the same page with the reason beside the field.
function showAgain(text) {
  const main = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
  if (!main)
    return false;
  document.querySelector('main').replaceWith(main);
  watch(main);
  const wrong = main.querySelector('[aria-invalid], [role="alert"]');
  wrong?.scrollIntoView({ block: 'center' });
  if (wrong?.matches('input'))
    wrong.focus();
  return true;
}

function send(form, submitter) {
  const request = new XMLHttpRequest();
  const shown = bar(form, () => request.abort());
  const give = (words) => {
    shown.line.textContent = words;
    shown.line.className = 'bad';
    shown.progress.remove();
    shown.button.remove();
    lock(form, false);
  };

  request.upload.addEventListener('progress', (event) => {
    if (!event.lengthComputable)
      return;
    shown.progress.max = event.total;
    shown.progress.value = event.loaded;
    shown.line.textContent = `${mib(event.loaded)} of ${mib(event.total)}, ` +
      `${Math.floor(100 * event.loaded / event.total)}%`;
  });
  request.upload.addEventListener('load', () => {
    shown.progress.removeAttribute('value');
    shown.line.textContent = 'The file is there and is being read. Nothing has changed yet.';
  });
  request.addEventListener('load', () => {
    if (request.status < 400)
      location.assign(request.responseURL);
    else if (!showAgain(request.responseText))
      give('The server has refused the file. Nothing has changed.');
  });
  request.addEventListener('error', () => give('The upload was interrupted. Nothing has changed; try again.'));
  request.addEventListener('abort', () => {
    shown.box.remove();
    lock(form, false);
  });

  const body = new FormData(form, submitter);
  lock(form, true);
  request.open('POST', form.action);
  request.send(body);
}

function watch(root) {
  for (const form of root.querySelectorAll('form[data-upload]'))
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      form.querySelector('.upload-progress')?.remove();
      send(form, event.submitter);
    });
}

watch(document);
