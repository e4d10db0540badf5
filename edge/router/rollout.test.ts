import { openBench } from '../testing/bench.js';
import { rolloutConformance } from './rollout.conformance.js';

rolloutConformance('embedded', openBench);
