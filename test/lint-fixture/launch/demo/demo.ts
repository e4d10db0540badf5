import { Apployd } from '@apployd/sdk/client';
import { app } from '@apployd/server/app'; // refused: house/imports

export const demo = [Apployd, app];
