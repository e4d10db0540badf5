import { fakeRuntime } from '../runtime/fake.js';
import Docker from 'dockerode';

export const port = [fakeRuntime, Docker, process.env.DOCKER_HOST!];
