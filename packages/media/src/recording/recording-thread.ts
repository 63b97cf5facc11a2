import { parentPort } from 'node:worker_threads';
import { Recordings, type ToRecordings } from './recordings.ts';

/*
 * The thread that records: decoding, encoding and the disk may take what they take, the packets of the calls do not wait.
 */

const recordings = new Recordings((message) => parentPort?.postMessage(message));
parentPort?.on('message', (message: ToRecordings) => void recordings.hear(message));
