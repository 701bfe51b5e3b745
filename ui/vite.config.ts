import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// `vite build --mode rehearsal` packs the rehearsal instead of the application: the same interface on a platform that lives in
// memory, to be looked at in a browser. The application's own build never contains it.
export default defineConfig(({ mode }) => ({
  plugins: [
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      strategy: ['globalVariable', 'baseLocale'],
    }),
    svelte(),
    svelteTesting(),
  ],
  resolve: { alias: { $lib: here('src/lib'), $components: here('src/components') } },
  // The desktop shell expects the development server here, and says so in its own configuration.
  server: { port: 5173, strictPort: true },
  build: {
    target: ['safari15', 'chrome105'],
    // An inlined asset would be a data: address, which the content security policy forbids for anything but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: here(mode === 'rehearsal' ? 'rehearsal.html' : 'index.html') },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['./tests/setup.ts'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
}))
