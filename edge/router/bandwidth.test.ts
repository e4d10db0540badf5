import { openBench } from '../testing/bench.js';
import { bandwidthConformance } from './bandwidth.conformance.js';

bandwidthConformance('embedded', openBench);
