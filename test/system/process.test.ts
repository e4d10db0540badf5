import { journey } from './journey.js';

journey('process runtime on the embedded PostgreSQL alone', { runtime: 'process', streams: 'websocket' });
