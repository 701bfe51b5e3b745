// Finds what a screen reader would find: elements by role and accessible name, in document order, visible ones only.
// Roles and names follow WAI-ARIA and its name computation as far as an interface like ours goes.
// Arguments: role ("" for any), name, how ("exact", "contains" or "any"), root (an element or null).
// Answers [{element, role, name, text, enabled, checked, selected, value, description, place}].
const [wantedRole, wantedName, how, within] = arguments;

const inputRoles = {
  button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio', range: 'slider',
  number: 'spinbutton', search: 'searchbox', hidden: '',
};
const tagRoles = {
  BUTTON: 'button', SUMMARY: 'button', TEXTAREA: 'textbox', NAV: 'navigation', MAIN: 'main', ASIDE: 'complementary', UL: 'list', OL: 'list',
  LI: 'listitem', TABLE: 'table', TR: 'row', TD: 'cell', TH: 'columnheader', IMG: 'img', DIALOG: 'dialog', ARTICLE: 'article',
  OPTION: 'option', H1: 'heading', H2: 'heading', H3: 'heading', H4: 'heading', H5: 'heading', H6: 'heading', HR: 'separator',
  PROGRESS: 'progressbar', OUTPUT: 'status', FIELDSET: 'group',
};
const namedByContent = new Set([
  'button', 'link', 'tab', 'heading', 'switch', 'checkbox', 'radio', 'option', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'row', 'cell',
  'gridcell', 'columnheader', 'rowheader', 'treeitem', 'tooltip',
]);

const clean = (text) => (text ?? '').replace(/\s+/g, ' ').trim();

const roleOf = (element) => {
  const given = clean(element.getAttribute('role')).split(' ')[0];
  if (given) return given;
  const tag = element.tagName.toUpperCase();
  if (tag === 'INPUT') return inputRoles[element.type] ?? 'textbox';
  if (tag === 'A') return element.hasAttribute('href') ? 'link' : '';
  if (tag === 'SELECT') return element.multiple || element.size > 1 ? 'listbox' : 'combobox';
  if (tag === 'SECTION' || tag === 'FORM') {
    const name = element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby');
    return name ? (tag === 'FORM' ? 'form' : 'region') : '';
  }
  return tagRoles[tag] ?? '';
};

const hidden = (element) => {
  for (let node = element; node; node = node.parentElement) {
    if (node.getAttribute('aria-hidden') === 'true' || node.inert) return true;
  }
  return !element.checkVisibility({ checkVisibilityCSS: true });
};

const content = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (node.nodeType !== Node.ELEMENT_NODE) return '';
  if (node.getAttribute('aria-hidden') === 'true') return '';
  const style = getComputedStyle(node);
  if (style.display === 'none' || style.visibility === 'hidden') return '';
  const label = clean(node.getAttribute('aria-label'));
  if (label) return ` ${label} `;
  if (node.tagName.toUpperCase() === 'IMG') return ` ${node.getAttribute('alt') ?? ''} `;
  const inside = [...node.childNodes].map(content).join('');
  return style.display === 'inline' ? inside : ` ${inside} `;
};

const referred = (element, attribute) => clean(
  clean(element.getAttribute(attribute)).split(' ').filter(Boolean)
    .map((id) => document.getElementById(id)).filter(Boolean)
    .map((other) => clean(other.getAttribute('aria-label')) || other.textContent).join(' '),
);

const nameOf = (element, role) => {
  const labelled = referred(element, 'aria-labelledby');
  if (labelled) return labelled;
  const label = clean(element.getAttribute('aria-label'));
  if (label) return label;
  if (element.labels?.length) {
    const text = clean([...element.labels].map(content).join(' '));
    if (text) return text;
  }
  if (element.tagName.toUpperCase() === 'IMG') return clean(element.getAttribute('alt'));
  if (namedByContent.has(role)) {
    const text = clean(content(element));
    if (text) return text;
  }
  return clean(element.getAttribute('title')) || clean(element.getAttribute('placeholder'));
};

const state = (element, attribute, property) => {
  const given = element.getAttribute(attribute);
  if (given !== null) return given === 'true';
  return property in element ? Boolean(element[property]) : null;
};

const described = (element) => referred(element, 'aria-describedby') || clean(element.getAttribute('aria-description'))
  || clean(element.getAttribute('title'));

const found = [];
for (const element of (within ?? document).querySelectorAll('*')) {
  const role = roleOf(element);
  if (wantedRole ? role !== wantedRole : !role) continue;
  if (hidden(element)) continue;
  const name = nameOf(element, role);
  const wanted = clean(wantedName);
  if (how === 'exact' ? name !== wanted : how === 'contains' && !name.includes(wanted)) continue;
  found.push({
    element, role, name,
    text: element.innerText ?? '',
    enabled: !(element.disabled || element.getAttribute('aria-disabled') === 'true'),
    checked: state(element, 'aria-checked', 'checked'),
    selected: state(element, 'aria-selected', 'selected'),
    value: 'value' in element ? String(element.value) : null,
    description: described(element),
    place: element.getBoundingClientRect().toJSON(),
  });
}
return found;
