import LANGUAGE from '@salesforce/i18n/lang';

const en = {
  title: 'Conversation',
  none: 'This record belongs to no Signoff conversation.',
  unreadable: 'Salesforce did not show the field with the conversation’s id.',
  again: 'Try again',
  refused: 'Signoff gave no access to this conversation.',
  misconfigured: 'The component needs the address of the platform, the id of the widget application and a field with the conversation’s id.',
};

const fr = {
  title: 'Conversation',
  none: 'Cette fiche n’est liée à aucune conversation Signoff.',
  unreadable: 'Salesforce n’a pas donné accès au champ contenant l’identifiant de la conversation.',
  again: 'Réessayer',
  refused: 'Signoff n’a pas donné accès à cette conversation.',
  misconfigured: 'Le composant a besoin de l’adresse de la plateforme, de l’identifiant de l’application et d’un champ contenant l’identifiant de la conversation.',
};

export const labels = LANGUAGE.startsWith('fr') ? fr : en;
export const language = LANGUAGE.startsWith('fr') ? 'fr' : 'en';
