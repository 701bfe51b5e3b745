import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What a build begins with: the application has its window and the compact one. */
function inputs(mode: string): string[] {
  if (mode === 'rehearsal' || mode === 'widget') return [here(`${mode}.html`)]
  return [here('index.html'), here('compact.html')]
}

// `vite build --mode rehearsal` packs the rehearsal instead of the application: the same interface on a platform that lives in
// memory, to be looked at in a browser. The application's own build never contains it. `--mode widget` packs the page that a CRM embeds
// (R12) into the platform's folder, which serves it; its addresses are relative, since the platform may stand below any path.
export default defineConfig(async ({ mode }) => ({
  base: mode === 'widget' ? './' : '/',
  plugins: [
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      strategy: ['globalVariable', 'baseLocale'],
    }),
    svelte(),
    svelteTesting(),
    ...(process.env.VITEST ? [(await import('./tests/salesforce/lightning')).lightning()] : []),
  ],
  resolve: { alias: { $lib: here('src/lib'), $components: here('src/components') } },
  // The desktop shell expects the development server here, and says so in its own configuration.
  server: { port: 5173, strictPort: true },
  build: {
    target: ['safari15', 'chrome105'],
    // An inlined asset would be a data: address, which the content security policy forbids for anything but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    ...(mode === 'widget' ? { outDir: here('../src-tauri/platform/pages/widget'), emptyOutDir: true } : {}),
    rollupOptions: { input: inputs(mode) },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['./tests/setup.ts'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
}))
