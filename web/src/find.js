// A field that narrows the choices of the list it names (data-find="id"): what does not hold the
// words is hidden. What is ticked is sent all the same.
for (const field of document.querySelectorAll('[data-find]')) {
  const list = document.getElementById(field.dataset.find);
  const choices = list ? [...list.children] : [];
  field.addEventListener('input', () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const choice of choices) {
      const text = choice.textContent.toLowerCase();
      choice.hidden = !words.every((word) => text.includes(word));
    }
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter')
      event.preventDefault(); // it is no field of the form
  });
}
