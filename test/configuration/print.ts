import { fileURLToPath } from 'node:url';
import { configurationPage } from './page.js';
import { allSettings } from './settings.js';
import { writePage } from '../write-page.js';

// `npm run generate:configuration`
const file = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));
await writePage(file, configurationPage(allSettings()));
