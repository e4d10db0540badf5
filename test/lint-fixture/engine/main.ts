import { dockerRuntime } from './runtime/docker.js';
import { gitSource } from './source/git.js';

export const main = [dockerRuntime, gitSource];
