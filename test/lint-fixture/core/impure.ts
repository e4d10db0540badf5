import { readFile } from 'node:fs/promises'; // refused: house/imports
import { createDb } from '@apployd/prisma/create-db'; // refused: house/imports
import { z } from 'zod';
import { randomBytes } from 'node:crypto';

export const impure = [readFile, createDb, z, randomBytes];
