import { deliveriesContract } from '../testing/deliveries-contract.ts';
import { deskContract } from '../testing/desk-contract.ts';
import { createDeskMemory, createInMemoryDesk } from './in-memory.ts';

const memory = createDeskMemory();
const replicas = [createInMemoryDesk(memory), createInMemoryDesk(memory)] as const;

deskContract(() => replicas);
deliveriesContract(() => replicas);
