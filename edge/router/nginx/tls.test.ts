import { describe } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { openNginxBench } from '../../testing/nginx-bench.js';
import { tlsConformance, tlsOptions } from '../tls.conformance.js';

describe.skipIf(isLeftOut('nginx'))('with Nginx', () => {
  tlsConformance('nginx', () => openNginxBench({ tls: tlsOptions }));
});
