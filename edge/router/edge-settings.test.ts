import { openBench } from '../testing/bench.js';
import { edgeSettingsConformance } from './edge-settings.conformance.js';

edgeSettingsConformance('embedded', openBench, 'always');
