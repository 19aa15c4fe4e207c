import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// Tests run on the sources: packages find each other through this condition of their `exports` and `imports`.
const source = '@reftable/source';

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.mjs'],
    globalSetup: ['tools/test/global-setup.mjs'],
    testTimeout: 30_000,
  },
});
