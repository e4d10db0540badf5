import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { deploy } from '@apployd/engine/deploy/deploy'; // refused: house/imports
import { app } from '../../server/app.js'; // refused: house/imports

export const redis = [Queue, Redis, deploy, app];
