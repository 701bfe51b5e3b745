// An invitation, or a link for a new password. The token stands behind the # of the address: it reaches no log and no other page.
'use strict'

const texts = {
  en: {
    loading: 'One moment…',
    invited: (it) => `Welcome to ${it.workspace}`,
    invited_lead: 'Choose your name and a password. Then you can sign in to Signoff.',
    reset: () => 'Choose a new password',
    reset_lead: 'Your old password and all sessions end when you save the new one.',
    email: 'Email',
    name: 'Your name, as colleagues see it',
    password: 'Password',
    again: 'The password again',
    hint: 'At least 12 characters. A sentence is easy to remember and good enough.',
    save: 'Save',
    saved: 'You can sign in now',
    next: "Open Signoff and enter this address under “Your workspace”:",
    as: 'Sign in as',
    as_with: (it) => `Sign in with ${it.single_sign_on}, as`,
    provider_lead: (it) => `You sign in with ${it.single_sign_on}. There is no password to choose.`,
    copy: 'Copy',
    copied: 'Copied',
    gone: 'This link is not valid any more',
    gone_lead: 'Links work once and for a few days. Ask your administrator for a new one.',
    'invitation-unknown': 'This link is not valid any more. Ask your administrator for a new one.',
    'passwords-off': 'People sign in here without a password now. Open the link again to see how.',
    'password-too-short': 'Too short: use at least 12 characters.',
    'password-too-long': 'Too long: use at most 1,000 characters.',
    'password-too-common': 'This password is among those that are tried first. Take one that only you would think of.',
    'password-says-who': 'The password contains your name or email address. Take one that does not.',
    name_needed: 'Your name is needed.',
    different: 'The two passwords are not the same.',
    failed: 'That did not work. Nothing was changed; please try again.',
  },
  fr: {
    loading: 'Un instant…',
    invited: (it) => `Bienvenue dans ${it.workspace}`,
    invited_lead: 'Choisissez votre nom et un mot de passe. Vous pourrez ensuite vous connecter à Signoff.',
    reset: () => 'Choisissez un nouveau mot de passe',
    reset_lead: 'L’ancien mot de passe et toutes les sessions prennent fin quand vous enregistrez le nouveau.',
    email: 'Adresse e-mail',
    name: 'Votre nom, tel que vos collègues le verront',
    password: 'Mot de passe',
    again: 'Le mot de passe, encore une fois',
    hint: 'Au moins 12 caractères. Une phrase se retient bien et suffit.',
    save: 'Enregistrer',
    saved: 'Vous pouvez maintenant vous connecter',
    next: "Ouvrez Signoff et saisissez cette adresse sous « Votre espace de travail » :",
    as: 'Connectez-vous en tant que',
    as_with: (it) => `Connectez-vous avec ${it.single_sign_on}, en tant que`,
    provider_lead: (it) => `Vous vous connectez avec ${it.single_sign_on}. Il n’y a pas de mot de passe à choisir.`,
    copy: 'Copier',
    copied: 'Copié',
    gone: 'Ce lien n’est plus valable',
    gone_lead: 'Un lien sert une fois et pendant quelques jours. Demandez-en un nouveau à votre administrateur.',
    'invitation-unknown': 'Ce lien n’est plus valable. Demandez-en un nouveau à votre administrateur.',
    'passwords-off': 'On se connecte désormais ici sans mot de passe. Rouvrez le lien pour savoir comment.',
    'password-too-short': 'Trop court : au moins 12 caractères.',
    'password-too-long': 'Trop long : au plus 1 000 caractères.',
    'password-too-common': 'Ce mot de passe est parmi les premiers qu’on essaie. Prenez-en un auquel vous seul penseriez.',
    'password-says-who': 'Le mot de passe contient votre nom ou votre adresse. Prenez-en un autre.',
    name_needed: 'Il faut votre nom.',
    different: 'Les deux mots de passe ne sont pas les mêmes.',
    failed: 'Cela n’a pas marché. Rien n’a été modifié ; réessayez.',
  },
}

const language = (navigator.language || 'en').toLowerCase().startsWith('fr') ? 'fr' : 'en'
const say = texts[language]
const at = (id) => document.getElementById(id)
const token = location.hash.slice(1)

function title(text, lead) {
  document.title = text
  at('title').textContent = text
  at('lead').textContent = lead
}

async function ask(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    cache: 'no-store',
  })
  const answer = await response.json()
  if (!response.ok) throw answer
  return answer
}

function gone() {
  at('form').hidden = true
  title(say.gone, say.gone_lead)
  at('title').focus()
}

function refuse(field, text) {
  for (const id of ['name', 'password', 'again']) at(id).setAttribute('aria-invalid', String(id === field))
  at('problem').textContent = text
  at('problem').hidden = false
  at(field).focus()
}

/** Where to sign in, and as whom. */
function enter(email) {
  at('address').textContent = location.origin
  at('as').textContent = email
  at('done').hidden = false
}

async function submit(event) {
  event.preventDefault()
  const [name, password] = [at('name').value.trim(), at('password').value]
  if (name === '') return refuse('name', say.name_needed)
  if ([...password].length < 12) return refuse('password', say['password-too-short'])
  if (password !== at('again').value) return refuse('again', say.different)
  at('save').disabled = true
  try {
    const accepted = await ask('/v1/invitations/accept', { token, name, password })
    at('form').hidden = true
    enter(accepted.email)
    title(say.saved, '')
    at('title').focus()
    history.replaceState(null, '', location.pathname)
  } catch (problem) {
    if (problem && problem.code === 'invitation-unknown') gone()
    else refuse('password', (problem && typeof say[problem.code] === 'string' && say[problem.code]) || say.failed)
  } finally {
    at('save').disabled = false
  }
}

async function begin() {
  document.documentElement.lang = language
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = say[element.dataset.text]
  title(say.loading, '')
  at('form').addEventListener('submit', submit)
  at('copy').addEventListener('click', async () => {
    await navigator.clipboard.writeText(location.origin)
    at('copy').textContent = say.copied
  })
  try {
    const it = await ask('/v1/invitations/look', { token })
    const invited = it.kind === 'invitation'
    if (!it.takes_password) {
      title(invited ? say.invited(it) : it.workspace, say.provider_lead(it))
      at('how').textContent = say.as_with(it)
      enter(it.email)
      at('title').focus()
      return
    }
    title(invited ? say.invited(it) : say.reset(), invited ? say.invited_lead : say.reset_lead)
    at('email').value = it.email
    at('name').value = it.name
    at('form').hidden = false
    at(it.name === '' ? 'name' : 'password').focus()
  } catch {
    gone()
  }
}

void begin()
