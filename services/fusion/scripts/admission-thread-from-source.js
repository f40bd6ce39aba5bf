// Starts admission-thread.ts where the rooms run from their sources: a thread gets no loader from the process that starts it.
// Holds: plain JavaScript, because it brings the loader; built rooms start admission-thread.js directly.

import { register } from 'tsx/esm/api';

register();
await import('../src/admission-thread.ts');
