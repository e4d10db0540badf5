import { openBench } from '../testing/bench.js';
import { tlsConformance, tlsOptions } from './tls.conformance.js';

tlsConformance('embedded', (options) => openBench({ ...options, tls: tlsOptions }));
