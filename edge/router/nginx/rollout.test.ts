import { describe } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { openNginxBench } from '../../testing/nginx-bench.js';
import { rolloutConformance } from '../rollout.conformance.js';

describe.skipIf(isLeftOut('nginx'))('with Nginx', () => rolloutConformance('nginx', openNginxBench));
