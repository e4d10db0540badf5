import { openBench } from '../testing/bench.js';
import { http2AppConformance } from './http2-app.conformance.js';
import { tlsOptions } from './tls.conformance.js';

http2AppConformance('embedded', (options) => openBench({ ...options, tls: tlsOptions }));
