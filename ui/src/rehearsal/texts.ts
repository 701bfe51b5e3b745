/** What the rehearsal's customers and advisors say: believable matters in English and French, on three channels. */
export interface Matter {
  language: 'en' | 'fr'
  tags: string[]
  lines: string[]
}

export const matters: Matter[] = [
  {
    language: 'en',
    tags: ['delivery'],
    lines: [
      'Hello, my parcel was due on Tuesday and still has not arrived. The tracking page says “with the carrier” since Monday.',
      '> Hello, I am sorry about the wait. I have asked the carrier, they will deliver tomorrow before noon.',
      'Thank you! Will I get a message when it is on its way?',
      '> Yes, you will get a text message one hour before. Is there anything else I can do for you?',
      'No, that is all. Thanks for the quick help!',
    ],
  },
  {
    language: 'fr',
    tags: ['billing'],
    lines: [
      'Bonjour, j’ai été débitée deux fois pour la même commande. Pouvez-vous vérifier ?',
      '> Bonjour, je regarde cela tout de suite.',
      '> En effet, le paiement a été présenté deux fois. Le second est annulé, vous le verrez sous trois jours ouvrés.',
      'Parfait, merci beaucoup.',
    ],
  },
  {
    language: 'en',
    tags: ['returns'],
    lines: ['Hi! The shoes are lovely but one size too small. Can I exchange them for a 42?'],
  },
  {
    language: 'fr',
    tags: ['delivery', 'urgent'],
    lines: [
      'Bonjour, je pars en voyage jeudi et la valise n’est toujours pas là.',
      'Pouvez-vous l’envoyer en express, s’il vous plaît ? Je paie la différence.',
    ],
  },
  {
    language: 'en',
    tags: ['billing'],
    lines: [
      'Could you send me the invoice for order 48213 with our VAT number on it? Our accounts department will not accept it otherwise.',
      '> Of course. Which VAT number should it show?',
      'GB 123 4567 89. Thanks.',
    ],
  },
  { language: 'en', tags: [], lines: ['Is the blue one still in stock in Leeds?'] },
  {
    language: 'fr',
    tags: ['account'],
    lines: ['Je n’arrive plus à me connecter, le lien de réinitialisation expire avant que je reçoive le mail.'],
  },
  {
    language: 'en',
    tags: ['warranty', 'complaint', 'urgent', 'call-back'],
    lines: [
      'This is the third time I write. The coffee machine leaks, the replacement leaks too, and nobody called me back as promised on Friday. I would like my money back now, please.',
      'Order 39117, bought on the 4th. Photos attached in my first message.',
    ],
  },
]

export const people = [
  'Marie Lefèvre',
  'Tom Baker',
  'Inès Garnier',
  'Oliver Hughes',
  'Chloé Marchand',
  'Priya Natarajan',
  'Hugo Delmas',
  'Emma Thompson',
  'Youssef Benali',
  'Sophie Laurent',
  'Jack Wilson',
  'Camille Roux',
  'Aisha Khan',
  'Lucas Moreau',
  'Grace O’Connor',
  'Nathan Petit',
  'Olivia Clarke',
  'Manon Girard',
  'نور الدين حدّاد',
  'Maximilian von und zu Hohenstein-Wartenberg',
]
