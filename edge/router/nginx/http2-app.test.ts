import { describe } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { openNginxBench } from '../../testing/nginx-bench.js';
import { http2AppConformance } from '../http2-app.conformance.js';
import { tlsOptions } from '../tls.conformance.js';

describe.skipIf(isLeftOut('nginx'))('with Nginx', () =>
  http2AppConformance('nginx', (options) => openNginxBench({ ...options, tls: tlsOptions })),
);
