import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const tauri = {
  group: ['@tauri-apps/*'],
  message: 'Only lib/backend/tauri.ts speaks to Tauri; everything else goes through the backend interface.',
}
const rehearsal = { group: ['**/rehearsal/*', '**/rehearsal'], message: 'The rehearsal is no part of the application.' }

const features = ['welcome', 'inbox', 'conversation', 'queue', 'settings']

export default ts.config(
  { ignores: ['dist/', 'src/lib/paraglide/', 'src/lib/wire/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'no-restricted-imports': ['error', { patterns: [tauri, rehearsal] }],
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: "Customers' text only ever becomes text nodes." },
        { property: 'outerHTML', message: "Customers' text only ever becomes text nodes." },
      ],
      'svelte/no-at-html-tags': 'error',
      // State is replaced whole here ($state.raw); sets and maps are only ever local bookkeeping.
      'svelte/prefer-svelte-reactivity': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: ['.svelte'] } },
  },
  // One feature never imports another: what they share stands in lib or components.
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            tauri,
            rehearsal,
            {
              group: features.filter((other) => other !== feature).map((other) => `**/${other}/*`),
              message: 'Features do not import each other.',
            },
          ],
        },
      ],
    },
  })),
  { files: ['src/lib/backend/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['src/rehearsal/**', 'tests/**', '**/*.test.ts'], rules: { 'no-restricted-imports': 'off' } },
)
