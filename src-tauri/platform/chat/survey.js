/** A survey as a scale to tap on, with room for a comment (D11). */
import { rate, Refusal } from './api.js'
import { words } from './words.js'

/** @typedef {NonNullable<import('./api.js').Entry['survey']>} Survey */

/** @param {Survey} survey */
export function surveyCard(survey) {
  const card = document.createElement('form')
  card.className = 'survey'
  card.lang = survey.language
  const question = document.createElement('p')
  question.className = 'question'
  question.textContent = survey.question
  card.append(question)
  if (!survey.open) {
    card.append(survey.rating === null ? note(words.surveyOver) : thanks(survey, survey.rating))
    return card
  }

  /** @type {number | null} */
  let chosen = null
  const scale = document.createElement('div')
  scale.className = 'scale'
  scale.setAttribute('role', 'radiogroup')
  scale.setAttribute('aria-label', survey.question)
  const comment = document.createElement('textarea')
  comment.rows = 2
  comment.maxLength = 4000
  comment.placeholder = words.comment
  comment.setAttribute('aria-label', words.comment)
  const send = document.createElement('button')
  send.className = 'primary'
  send.textContent = words.sendRating
  const more = document.createElement('div')
  more.className = 'more'
  more.hidden = true
  if (survey.ask_comment) more.append(comment)
  more.append(send)
  const refused = document.createElement('p')
  refused.className = 'refused'
  refused.setAttribute('role', 'alert')
  refused.hidden = true

  /** @type {HTMLButtonElement[]} */
  const steps = []
  /** @param {number} rating */
  const choose = (rating) => {
    chosen = rating
    for (const [at, step] of steps.entries()) {
      const on = survey.from + at === rating
      step.setAttribute('aria-checked', String(on))
      step.tabIndex = on ? 0 : -1
    }
    more.hidden = false
    // The button to send it with stands below what was tapped on.
    more.scrollIntoView({ block: 'nearest' })
  }
  for (let rating = survey.from; rating <= survey.to; rating++) {
    const step = document.createElement('button')
    step.type = 'button'
    step.textContent = String(rating)
    step.setAttribute('role', 'radio')
    step.setAttribute('aria-checked', 'false')
    step.setAttribute('aria-label', words.rate(rating, survey.to))
    step.tabIndex = rating === survey.from ? 0 : -1
    step.addEventListener('click', () => choose(rating))
    step.addEventListener('keydown', (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
      if (by === undefined) return
      event.preventDefault()
      const to = Math.min(survey.to, Math.max(survey.from, rating + by))
      choose(to)
      steps[to - survey.from]?.focus()
    })
    steps.push(step)
    scale.append(step)
  }
  const ends = document.createElement('div')
  ends.className = 'ends'
  ends.setAttribute('aria-hidden', 'true')
  for (const end of [survey.low_label, survey.high_label]) {
    const text = document.createElement('span')
    text.textContent = end
    ends.append(text)
  }

  card.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (chosen === null || send.disabled) return
    send.disabled = true
    refused.hidden = true
    try {
      await rate(survey.token, chosen, comment.value)
      card.replaceChildren(question, thanks(survey, chosen))
    } catch (error) {
      if (error instanceof Refusal && (error.code === 'already-answered' || error.code === 'survey-expired')) {
        card.replaceChildren(question, note(words.surveyOver))
      } else {
        refused.textContent = `${words.failed} ${words.tryAgain}.`
        refused.hidden = false
        send.disabled = false
      }
    }
  })
  card.append(scale, ends, more, refused)
  return card
}

/** @param {Survey} survey @param {number} rating */
function thanks(survey, rating) {
  const line = note(survey.thanks)
  const given = document.createElement('span')
  given.className = 'rating'
  given.lang = document.documentElement.lang
  given.textContent = words.rated(rating)
  line.append(' ', given)
  return line
}

/** @param {string} text */
function note(text) {
  const line = document.createElement('p')
  line.className = 'thanks'
  line.setAttribute('role', 'status')
  line.textContent = text
  return line
}
