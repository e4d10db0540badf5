import { describe } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { openNginxBench } from '../../testing/nginx-bench.js';
import { edgeSettingsConformance } from '../edge-settings.conformance.js';

describe.skipIf(isLeftOut('nginx'))('with Nginx', () => edgeSettingsConformance('nginx', openNginxBench));
