/** What the page says, in English and French. */

const english = {
  advisor: (/** @type {string} */ name) => `You are talking to ${name}`,
  attach: 'Attach files',
  assistant: 'Assistant',
  bytes: ['B', 'KB', 'MB'],
  close: 'Close the chat',
  closed: 'This conversation is closed. Write again to start a new one.',
  comment: 'Would you like to add something? (optional)',
  connecting: 'Connecting…',
  delivered: 'Sent',
  download: (/** @type {string} */ name) => `Save ${name}`,
  failed: 'Not sent.',
  gone: 'This chat is not available any more.',
  history: 'Conversation',
  message: 'Your message',
  messagePlaceholder: 'Write a message…',
  newMessages: 'New messages ↓',
  offline: 'You are offline. What you write is sent when the connection is back.',
  older: 'Earlier messages',
  pending: 'Not sent yet',
  rate: (/** @type {number} */ rating, /** @type {number} */ to) => `${rating} of ${to}`,
  rated: (/** @type {number} */ rating) => `Your rating: ${rating}`,
  read: 'Read',
  remove: (/** @type {string} */ name) => `Remove ${name}`,
  removeMessage: 'Discard',
  send: 'Send',
  sendRating: 'Send the rating',
  slow: 'That was a little fast. The rest is sent in a moment.',
  surveyOver: 'This survey is over.',
  tooLarge: (/** @type {string} */ name, /** @type {string} */ most) => `${name} is too large. At most ${most}.`,
  tooLong: 'This message is too long.',
  tooMany: (/** @type {number} */ most) => `At most ${most} files at once.`,
  tryAgain: 'Try again',
  typing: (/** @type {string} */ name) => `${name} is typing…`,
  uploadFailed: (/** @type {string} */ name) => `${name} could not be uploaded.`,
  uploading: (/** @type {string} */ name, /** @type {number} */ percent) => `${name}: ${percent} % uploaded`,
  wrongKind: (/** @type {string} */ name) => `Files like ${name} cannot be sent here.`,
  you: 'You',
}

/** @type {typeof english} */
const french = {
  advisor: (name) => `Vous échangez avec ${name}`,
  attach: 'Joindre des fichiers',
  assistant: 'Assistant',
  bytes: ['o', 'Ko', 'Mo'],
  close: 'Fermer le chat',
  closed: 'Cette conversation est close. Écrivez à nouveau pour en commencer une autre.',
  comment: 'Souhaitez-vous ajouter quelque chose ? (facultatif)',
  connecting: 'Connexion…',
  delivered: 'Envoyé',
  download: (name) => `Enregistrer ${name}`,
  failed: 'Non envoyé.',
  gone: 'Ce chat n’est plus disponible.',
  history: 'Conversation',
  message: 'Votre message',
  messagePlaceholder: 'Écrivez un message…',
  newMessages: 'Nouveaux messages ↓',
  offline: 'Vous êtes hors ligne. Vos messages partiront au retour de la connexion.',
  older: 'Messages précédents',
  pending: 'Pas encore envoyé',
  rate: (rating, to) => `${rating} sur ${to}`,
  rated: (rating) => `Votre note : ${rating}`,
  read: 'Lu',
  remove: (name) => `Retirer ${name}`,
  removeMessage: 'Supprimer',
  send: 'Envoyer',
  sendRating: 'Envoyer la note',
  slow: 'C’était un peu rapide. La suite part dans un instant.',
  surveyOver: 'Cette enquête est terminée.',
  tooLarge: (name, most) => `${name} est trop volumineux. Au maximum ${most}.`,
  tooLong: 'Ce message est trop long.',
  tooMany: (most) => `Au maximum ${most} fichiers à la fois.`,
  tryAgain: 'Réessayer',
  typing: (name) => `${name} écrit…`,
  uploadFailed: (name) => `${name} n’a pas pu être transféré.`,
  uploading: (name, percent) => `${name} : ${percent} % transférés`,
  wrongKind: (name) => `Les fichiers comme ${name} ne peuvent pas être envoyés ici.`,
  you: 'Vous',
}

const asked = new URLSearchParams(location.search).get('lang') ?? navigator.languages?.[0] ?? navigator.language ?? 'en'

/** `fr` or `en`: the browser's first language decides. */
export const language = asked.toLowerCase().startsWith('fr') ? 'fr' : 'en'
/** For dates and times: English is written in many ways. */
export const tag = asked.toLowerCase().startsWith(language) ? asked : language
export const words = language === 'fr' ? french : english

/** A size as people say it. @param {number} bytes */
export function size(bytes) {
  const [b, kb, mb] = words.bytes
  if (bytes < 1000) return `${bytes} ${b}`
  const number = (/** @type {number} */ value) => value.toLocaleString(language, { maximumFractionDigits: 1 })
  return bytes < 1_000_000 ? `${number(bytes / 1000)} ${kb}` : `${number(bytes / 1_000_000)} ${mb}`
}
