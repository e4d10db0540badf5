import { proxy } from 'httpxy';

export const embedded = proxy;
