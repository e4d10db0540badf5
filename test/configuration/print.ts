import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { configurationPage } from './page.js';
import { allSettings } from './settings.js';

// `npm run generate:configuration`
const file = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));
const layout = await resolveConfig(file);
await writeFile(file, await format(configurationPage(allSettings()), { ...layout, parser: 'markdown' }));
