import { fileURLToPath } from 'node:url';
import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import license from 'rollup-plugin-license';
import { defaultClientConditions, defaultServerConditions, defineConfig, type Plugin } from 'vite';

declare module '@remix-run/node' {
  interface Future {
    v3_singleFetch: true;
  }
}

/** sonner writes its styles into the page by itself, which our policy forbids: they come as the file that it has besides. */
const stylesOfSonnerAsFile: Plugin = {
  name: 'styles-of-sonner-as-file',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/sonner\/dist\/index\.mjs$/.test(id)) return null;
    const without = code.replace(/^__insertCSS\(".*"\);$/m, '');
    if (without === code) this.error('sonner brings its styles in another way than before.');
    return { code: without, map: null };
  },
};

/** Whose code the browser gets, and under which licence: told once, not in each of a hundred files. */
const noticesOfOthers = license({
  thirdParty: { output: { file: fileURLToPath(new URL('dist/pages/client/licenses.txt', import.meta.url)) } },
}) as Plugin;

export default defineConfig({
  plugins: [
    stylesOfSonnerAsFile,
    { ...noticesOfOthers, apply: (_, { command, isSsrBuild }) => command === 'build' && !isSsrBuild },
    tailwindcss(),
    remix({
      // Cleared before each build: not the folder of what tsc builds.
      buildDirectory: 'dist/pages',
      future: {
        v3_fetcherPersist: true,
        v3_lazyRouteDiscovery: true,
        v3_relativeSplatPath: true,
        v3_routeConfig: true,
        v3_singleFetch: true,
        v3_throwAbortReason: true,
      },
    }),
  ],
  // The SDK's sources, so that only what is used of it is in the bundle.
  resolve: { conditions: ['source', ...defaultClientConditions], dedupe: ['react', 'react-dom'] },
  ssr: {
    noExternal: ['@apollo/client', '@apployd/sdk', 'lucide-react', 'virtua'],
    resolve: { conditions: ['source', ...defaultServerConditions] },
  },
  // They are in licenses.txt.
  esbuild: { legalComments: 'none' },
  build: {
    assetsInlineLimit: 0,
    target: 'es2022',
    rollupOptions: {
      onwarn: (warning, warn) => {
        // Remarks about how packages annotate themselves, and about routes that are all on the server.
        if (warning.code !== 'INVALID_ANNOTATION' && warning.code !== 'EMPTY_BUNDLE') warn(warning);
      },
    },
  },
});
