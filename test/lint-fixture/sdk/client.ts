import { newId } from '@apployd/core/id'; // refused: house/imports
import { documents } from './generated/documents.js';

export const client = [newId, documents];
