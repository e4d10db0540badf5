import Docker from 'dockerode';
import { limits } from './limits.js';
import { gitEnvironment } from '../source/git-environment.js';

export const docker = [Docker, limits, gitEnvironment];
