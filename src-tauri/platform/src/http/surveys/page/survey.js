// The page works without this. With it a second click while the first is under way sends nothing twice.
for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', (event) => {
    const button = form.querySelector('button')
    if (button.getAttribute('aria-disabled') === 'true') event.preventDefault()
    else button.setAttribute('aria-disabled', 'true')
  })
}
// Back again, by the button of the browser: the form is to be used once more.
addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('form button')) button.removeAttribute('aria-disabled')
})
